import type { StartedTestContainer } from 'testcontainers';
import type { Running } from './server.ts';

/** A server as a container. It takes ports of this machine, like a process: its settings are the same. */
export interface ContainerForm {
  readonly image: string;
  /** Default: the image's own. */
  readonly command?: readonly string[];
  readonly environment?: Readonly<Record<string, string>>;
  /** Path in the container to content. */
  readonly files?: Readonly<Record<string, string>>;
  readonly user?: string;
}

/** @param engine of Docker, `unix://…` */
export function containerServer(form: ContainerForm, engine: string): Running {
  let container: StartedTestContainer | null = null;
  let pid: number | null = null;
  // The library looks for an engine by itself: it is to find the one that answered.
  process.env.DOCKER_HOST = engine;

  async function own() {
    const { getContainerRuntimeClient } = await import('testcontainers');
    return (await getContainerRuntimeClient()).container.getById(container!.getId());
  }

  return {
    async start() {
      if (container === null) container = await create(form);
      else await (await own()).start();
      pid = (await (await own()).inspect()).State.Pid;
    },
    pid() {
      if (pid === null) throw new Error(`${form.image} is down`);
      return pid;
    },
    async down() {
      pid = null;
      await (await own()).stop();
    },
    async kill() {
      pid = null;
      await (await own()).kill();
    },
    pause: async () => void (await (await own()).pause()),
    resume: async () => void (await (await own()).unpause()),
    async stop() {
      const ended = container;
      container = null;
      pid = null;
      await ended?.stop({ remove: true, removeVolumes: true, timeout: 0 });
    },
    async exitCode() {
      const { State } = await (await own()).inspect();
      return State.Running ? null : State.ExitCode;
    },
    async said() {
      const logs = await (await own()).logs({ stdout: true, stderr: true, tail: 200, follow: false });
      return logs.toString();
    },
  };
}

/** The library ends it when this process has ended, however. */
async function create({ image, command, environment = {}, files = {}, user }: ContainerForm) {
  const { GenericContainer } = await import('testcontainers');
  const content = Object.entries(files).map(([target, text]) => ({ content: text, target, mode: 0o644 }));
  const made = new GenericContainer(image)
    .withNetworkMode('host')
    .withEnvironment({ ...environment })
    .withCopyContentToContainer(content);
  if (command !== undefined) made.withCommand([...command]);
  if (user !== undefined) made.withUser(user);
  try {
    return await made.start();
  } catch (cause) {
    throw new Error(
      `the image ${image} could not be started; where it cannot be fetched, set HUB_SERVICES=processes`,
      { cause },
    );
  }
}
