import { Command } from 'commander';
import { pipeline } from '../processors/index.ts';
import type { HubConfig } from '../runtime/config.ts';
import type { Rebuilt } from '../runtime/dedup-index/redis-rebuild.ts';
import { stderrLogger } from '../runtime/telemetry.ts';
import { assemblyOptions } from './assembly.ts';
import { examples } from './examples.ts';
import { configOf } from './hub-at.ts';
import type { GlobalOptions, Shell } from './shell.ts';
import { untilInterrupted } from './until-interrupted.ts';

/** `hub rebuild-index`: the index of possible duplicates in Redis, anew from hub.state, beside workers that go on. */
export function rebuildIndex(shell: Shell): Command {
  const { t, print } = shell;
  return new Command('rebuild-index')
    .summary(t.rebuildIndex.summary)
    .description(t.rebuildIndex.summary)
    .addHelpText('after', examples(t, 'hub rebuild-index --config hub.yaml'))
    .action(async (_, command: Command) => {
      const options = command.optsWithGlobals<GlobalOptions>();
      const config = configOf(options, shell);
      if (config.kafka === undefined) return print(t.rebuildIndex.inMemory(options.data));
      const rebuilt = await untilInterrupted(shell, (signal) => rebuild(config, shell, signal));
      if (rebuilt !== null) await print(t.rebuildIndex.done(rebuilt.generation, rebuilt.entries));
    });
}

/** Loads the clients of Kafka and Redis only now. */
async function rebuild(config: HubConfig, { clock }: Shell, signal: AbortSignal): Promise<Rebuilt | null> {
  const [{ openCommands }, { openSerde }, redisLink, { rebuildRedisIndex }, { KafkaLog }, names, confluent] =
    await Promise.all([
      import('../runtime/core/commands.ts'),
      import('../runtime/core/serde.ts'),
      import('../runtime/dedup-index/redis-link.ts'),
      import('../runtime/dedup-index/redis-rebuild.ts'),
      import('../runtime/log/kafka.ts'),
      import('../runtime/kafka/names.ts'),
      import('../runtime/schema-registry/confluent.ts'),
    ]);
  const { instance } = config;
  const { partitions, catalogueVersion } = assemblyOptions('', config);
  const logger = stderrLogger(config.log.level);
  const link = await redisLink.openRedisLink({ redis: config.redis!, clock, logger });
  try {
    const kafka = config.kafka!;
    const log = await KafkaLog.open({
      kafka,
      instance,
      clientId: 'rebuild-index',
      folder: null,
      clock,
      log: logger,
    });
    try {
      const serde = await openSerde(confluent.confluentSchemaRegistry(config.registry!));
      const { lookAgain } = await openCommands(
        { log, serde, clock, partitions, catalogueVersion },
        'rebuild-index',
      );
      const { prefix } = names.kafkaNames(instance);
      const linkerVersion = pipeline.linker.version;
      const source = { log, serde, clock, linkerVersion, lookAgain };
      return await rebuildRedisIndex({ ...source, link, prefix, partitions, logger, signal });
    } finally {
      await log.close();
    }
  } finally {
    await link.close();
  }
}
