import type { FoundRight, Note, Plan, Refusal, Step } from '../../runtime/kafka/plan.ts';
import type { Right } from '../../runtime/kafka/rights.ts';
import type { Messages } from '../messages/index.ts';

/** One line for each step (`+` new, `~` changed), refusal (`!`) and note (`·`). */
export const planView = ({ steps, refusals, notes }: Plan, t: Messages): readonly string[] => [
  ...steps.map((step) => stepLine(step, t)),
  ...refusals.map((refusal) => `! ${refusalText(refusal, t)}`),
  ...notes.map((note) => `· ${noteText(note, t)}`),
];

/** An object a line; `what` tells them apart. */
export const planJson = ({ steps, refusals, notes }: Plan): readonly string[] => [
  ...steps.map((step) => JSON.stringify({ what: 'step', ...step })),
  ...refusals.map((refusal) => JSON.stringify({ what: 'refusal', ...refusal })),
  ...notes.map((note) => JSON.stringify({ what: 'note', ...note })),
];

function stepLine(step: Step, { topics: t }: Messages): string {
  switch (step.kind) {
    case 'create': {
      const settings = Object.entries(step.settings).map(([name, value]) => `${name}=${value}`);
      return `+ ${t.create(step.topic, step.partitions, step.replicas)} ${settings.join(' ')}`;
    }
    case 'set':
      return `~ ${t.set(step.topic, step.setting, step.from ?? '-', step.to)}`;
    case 'grant':
      return `+ ${t.grant(rightText(step.right))}`;
  }
}

const refusalText = ({ kind, topic, found, wanted }: Refusal, { topics: t }: Messages): string =>
  kind === 'partitions' ? t.partitionsFrozen(topic, found, wanted) : t.compactionFrozen(topic, found, wanted);

function noteText(note: Note, { topics: t }: Messages): string {
  switch (note.kind) {
    case 'unused-partitions':
      return t.unusedPartitions(note.topic, note.found, note.wanted);
    case 'replicas':
      return t.replicas(note.topic, note.found, note.wanted);
    case 'kept-topic':
      return t.keptTopic(note.topic);
    case 'foreign-right':
      return t.foreignRight(rightText(note.right));
    case 'no-authorizer':
      return t.noAuthorizer;
  }
}

/** As Kafka's own tools name it: `User:hub ALL TOPIC hub.*`. */
function rightText(right: Right | FoundRight): string {
  const { principal, operation, resource, name, pattern } = right;
  const denied = 'isDenial' in right && right.isDenial ? ['DENY'] : [];
  return [...denied, principal, operation, resource, pattern === 'PREFIXED' ? `${name}*` : name].join(' ');
}
