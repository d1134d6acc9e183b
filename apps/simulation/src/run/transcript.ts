import { isOfClient, type Plan, type Step } from '../plan/plan.ts';
import type { Told } from './conversation.ts';

/** What happened in a world, as a transcript that `proto-client --expect` plays against a server. */
export function transcriptOf(plan: Plan, { broken, world }: Told): string {
  const heard = world.players.flatMap(({ index, lines }) =>
    lines.map(({ at, line }) => ({ at, index, line })),
  );
  const rows: { readonly at: number; readonly rank: number; readonly text: string }[] = [
    ...plan.steps.map((step) => ({ at: step.at, rank: 0, text: stepText(step) })),
    ...heard.map(({ at, index, line }) => ({ at, rank: 1, text: `${index + 1} < ${lineText(line)}` })),
    ...world.players
      .filter(({ ending }) => ending === 'FIN')
      .map(({ index, lines }) => ({ at: lines.at(-1)?.at ?? 0, rank: 2, text: `${index + 1} closed` })),
  ];
  return [
    `# Seed ${plan.seed}. The promises are those of docs/protocol.md.`,
    ...broken.map(({ promise, text }) => `# Promise ${promise} is broken ${text}`),
    [
      'server',
      ...Object.entries(plan.options)
        .filter(([key]) => key !== 'host')
        .flatMap(flag),
    ].join(' '),
    // The operator closes the server in the end, which nobody can do who plays this.
    ...rows
      .filter(({ at }) => at < plan.closeAt)
      .toSorted((one, other) => one.at - other.at || one.rank - other.rank)
      .map(({ text }) => text),
    '',
  ].join('\n');
}

function flag([key, value]: [string, unknown]): string[] {
  return [`--${key.replaceAll(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`, String(value)];
}

function stepText(step: Step): string {
  if (!isOfClient(step)) return `# at ${step.at} ms, the operator: ${JSON.stringify(step)}`;
  const who = step.client + 1;
  switch (step.do) {
    case 'connect':
      return `${who} connects`;
    case 'send':
      return step.bytes.endsWith('\n')
        ? step.bytes
            .slice(0, -1)
            .split('\n')
            .map((line) => `${who} > ${escaped(line)}`)
            .join('\n')
        : `${who} >> ${escaped(step.bytes)}`;
    case 'fin':
      return `${who} ends`;
    case 'reset':
    case 'vanish':
      return `${who} vanishes`;
    default:
      return `# at ${step.at} ms, client ${who}: ${step.do}`;
  }
}

function escaped(bytes: string): string {
  const named: Readonly<Record<string, string>> = { '\r': '\\r', '\n': '\\n', '\t': '\\t', '\\': '\\\\' };
  return bytes.replaceAll(
    /[^\x20-\x7e]|\\/g,
    (byte) => named[byte] ?? `\\x${byte.charCodeAt(0).toString(16).padStart(2, '0')}`,
  );
}

/** Addresses differ in every run. */
function lineText(line: string): string {
  return line.replace(/^(\* (?:JOIN|HERE|WHO) \S+ \S+) [^\s-]\S*/, '$1 {address}');
}
