import { HANDLER_WORDS } from '../world/handler.ts';
import type { Random } from '../random.ts';
import type { ClientKind, ClientStep } from './plan.ts';

/** What a script needs to know of its world. */
export interface ScriptSetup {
  readonly random: Random;
  readonly client: number;
  /** When the client connects, and when it should be done. In milliseconds. */
  readonly from: number;
  readonly until: number;
  readonly maxLineBytes: number;
  readonly handler: boolean;
}

type Act = ClientStep extends infer Each
  ? Each extends ClientStep
    ? Omit<Each, 'at' | 'client'>
    : never
  : never;

const WORDS = [
  'hello',
  'wor',
  'ld',
  'a',
  '',
  'it is',
  '*',
  '* OK',
  '**',
  'z9',
  'one two',
  '\tx',
  '//no',
  'quits',
];
const NAMES = ['Ann', 'ann', 'Bob', 'x', 'Zoe-1', 'n_2'];
const ROOMS = ['main', 'side', 'q'];
const BAD_COMMANDS = ['/nothing', '/name 1', '/name', '/join UP', '/to', '/to 1', '/auth x', '/', '/pass x'];
const GREETINGS = [
  'GET / HTTP/1.1\r\nHost: x\r\n\r\n',
  '\x16\x03\x01\x02\x00',
  'PROXY TCP4 1.2.3.4 1.2.3.4 1 2\r\nhello\n',
  '\r\n\r\n\x00\r\nQUIT\n\x21\x11',
  'EHLO me\r\n',
  'SSH-2.0-x\r\n',
  '*1\r\n$4\r\nPING\r\n',
];
const BAD_BYTES = ['\x00', '\x07', '\x80', '\xe9', '\x7f', '\x1b[2J'];
const TELNET = [
  '\xff\xfb\x1f',
  '\xff\xfd\x03',
  '\xff\xf4',
  '\xff\xff',
  '\xff',
  '\xff\xfa\x1f\x00\x50\xff\xf0',
];
const ENDS = ['\n', '\n', '\n', '\r\n'];

/** The steps of one client. */
export function script(kind: ClientKind, setup: ScriptSetup): ClientStep[] {
  const { random, client, from, until } = setup;
  const write = new Script(setup);
  const acts = SCRIPTS[kind](write);
  const times = acts.map(() => random.int(from, until)).toSorted((one, other) => one - other);
  return [
    { at: from, client, do: 'connect' },
    ...acts.map((act, index) => ({ at: times[index]!, client, ...act })),
  ];
}

class Script {
  readonly random: Random;
  readonly #maxLineBytes: number;
  readonly #handler: boolean;

  constructor({ random, maxLineBytes, handler }: ScriptSetup) {
    this.random = random;
    this.#maxLineBytes = maxLineBytes;
    this.#handler = handler;
  }

  /** A message that keeps to the limit. */
  text(): string {
    const { random } = this;
    const word = this.#handler && random.chance(0.4) ? random.pick(HANDLER_WORDS) : random.pick(WORDS);
    const text = random.chance(0.8) ? word : `${word} ${'y'.repeat(random.int(0, this.#maxLineBytes))}`;
    return text.slice(0, this.#maxLineBytes);
  }

  line(text: string): string {
    return text.slice(0, this.#maxLineBytes) + this.random.pick(ENDS);
  }

  messages(most: number): Act {
    const count = this.random.int(1, most);
    return { do: 'send', bytes: Array.from({ length: count }, () => this.line(this.text())).join('') };
  }

  /** A command that changes nobody's room. */
  command(): Act {
    const { random } = this;
    const commands = [
      '/who',
      '/room',
      '/help',
      '/pass',
      '/ping',
      `/ping ${random.int(1, 99)}`,
      `/name ${random.pick(NAMES)}`,
      `/to ${random.int(1, 4)} hi`,
      `/to ${random.pick(NAMES)} hi`,
      '//slash',
    ];
    return { do: 'send', bytes: this.line(random.pick(commands)) };
  }

  move(): Act {
    return { do: 'send', bytes: this.line(`/join ${this.random.pick(ROOMS)}`) };
  }

  /** What no good client sends. */
  junk(): Act {
    const { random } = this;
    const bytes = [
      `a${random.pick(BAD_BYTES)}b\n`,
      `x\ry\n`,
      `${'l'.repeat(this.#maxLineBytes + random.int(1, 40))}\n`,
      this.line(random.pick(BAD_COMMANDS)),
      random.pick(TELNET),
      'half',
      '\r',
    ];
    return { do: 'send', bytes: random.pick(bytes) };
  }

  /** Parts of lines: one may begin where another ends, and one may be at fault before it ends. */
  part(): Act {
    const { random } = this;
    const bad = random.pick(BAD_BYTES);
    const line = this.line(this.text());
    const parts = ['a', 'a', '\n', `${line}a`, `${line}a`, `\n${line}${bad}a`, bad, `${bad}\na`];
    return { do: 'send', bytes: random.pick(parts) };
  }

  endless(): Act {
    return { do: 'send', bytes: 'e'.repeat(1_100_000) };
  }

  greeting(): Act {
    return { do: 'send', bytes: this.random.pick(GREETINGS) };
  }

  quit(): Act {
    return { do: 'send', bytes: this.random.pick(['quit\n', '/quit\n', '/quit so long\n', 'QUIT\r\n']) };
  }

  /** As many acts as chance has it. */
  some(most: number, act: () => Act): Act[] {
    return Array.from({ length: this.random.int(1, most) }, act);
  }

  /** How a good client may go. */
  end(): Act[] {
    const { random } = this;
    return random.chance(0.3) ? [] : [random.chance(0.7) ? { do: 'fin' } : this.quit()];
  }
}

const SCRIPTS: Readonly<Record<ClientKind, (script: Script) => Act[]>> = {
  honest: (it) => [
    ...it.some(6, () => (it.random.chance(0.75) ? it.messages(3) : it.command())),
    ...it.end(),
  ],
  lockstep: (it) => [
    ...it.some(8, () => ({ do: 'send', bytes: it.line(it.text()), next: true })),
    ...(it.random.chance(0.5) ? [{ do: 'fin' } as const] : []),
  ],
  flooding: (it) => [
    ...it.some(3, () => it.messages(150)),
    ...(it.random.chance(0.3) ? [it.command()] : []),
    ...it.end(),
  ],
  slow: (it) => [...it.some(4, () => it.messages(40)), ...it.end()],
  deaf: (it) => [
    ...it.some(2, () => it.messages(5)),
    { do: 'deafen' },
    ...it.some(4, () => it.messages(120)),
    ...(it.random.chance(0.6) ? [{ do: 'listen' } as const] : []),
    ...it.end(),
  ],
  hostile: (it) => [
    ...it.some(8, () => (it.random.chance(0.6) ? it.junk() : it.messages(2))),
    ...(it.random.chance(0.03) ? [it.endless()] : []),
    ...it.end(),
  ],
  halting: (it) => [
    ...it.some(12, () => (it.random.chance(0.9) ? it.part() : it.messages(150))),
    ...it.end(),
  ],
  foreign: (it) => [
    ...(it.random.chance(0.2) ? it.some(2, () => it.messages(2)) : []),
    it.greeting(),
    ...it.some(2, () => it.messages(2)),
  ],
  vanishing: (it) => [
    ...it.some(5, () => it.messages(8)),
    ...(it.random.chance(0.3) ? [{ do: 'send', bytes: 'half a li' } as const] : []),
    { do: it.random.chance(0.5) ? 'vanish' : 'reset' },
  ],
  quitting: (it) => [...it.some(4, () => it.messages(6)), it.quit(), ...it.some(2, () => it.messages(2))],
  moving: (it) => [
    ...it.some(8, () =>
      it.random.chance(0.5) ? it.move() : it.random.chance(0.7) ? it.messages(4) : it.command(),
    ),
    ...it.end(),
  ],
};
