/** How to speak with a server that relays: what to send for a line, and what comes of it. */
export interface Dialect {
  /** What a receiver says first, and the sender; `ready` is in what comes back. */
  readonly receiver: string;
  readonly sender: string;
  readonly ready: string;
  readonly senderReady: string;
  /** Said once everybody is there, where the coming of others is told: what comes before the answer is over. */
  readonly allReady?: readonly [say: string, answer: string];
  send(line: string): string;
  receive(line: string): string;
  /** What the sender gets for a line; the empty string for nothing. */
  answer(receivers: number): string;
  /** What may come between two lines, and what is said to it. */
  readonly noise?: number;
  readonly noiseAnswer?: string;
}

const NATS_CONNECT = 'CONNECT {"verbose":false,"pedantic":false}\r\n';

export const DIALECTS: Readonly<Record<'ours' | 'bare' | 'redis' | 'nats', Dialect>> = {
  ours: {
    receiver: '/ping ready\n',
    sender: '/ping ready\n',
    ready: '* PONG ready\n',
    senderReady: '* PONG ready\n',
    allReady: ['/ping settled\n', '* PONG settled\n'],
    send: (line) => `${line}\n`,
    receive: (line) => `* MSG 1 ${line}\n`,
    answer: () => '* OK\n',
  },
  bare: {
    receiver: 'ready\n',
    sender: 'ready\n',
    ready: 'ready\n',
    senderReady: 'ready\n',
    send: (line) => `${line}\n`,
    receive: (line) => `${line}\n`,
    answer: () => '',
  },
  redis: {
    receiver: '*2\r\n$9\r\nSUBSCRIBE\r\n$1\r\nc\r\n',
    sender: '',
    ready: '*3\r\n$9\r\nsubscribe\r\n$1\r\nc\r\n:1\r\n',
    senderReady: '',
    send: (line) => `*3\r\n$7\r\nPUBLISH\r\n$1\r\nc\r\n$${line.length}\r\n${line}\r\n`,
    receive: (line) => `*3\r\n$7\r\nmessage\r\n$1\r\nc\r\n$${line.length}\r\n${line}\r\n`,
    answer: (receivers) => `:${receivers}\r\n`,
  },
  nats: {
    receiver: `${NATS_CONNECT}SUB c 1\r\nPING\r\n`,
    sender: `${NATS_CONNECT}PING\r\n`,
    ready: 'PONG\r\n',
    senderReady: 'PONG\r\n',
    send: (line) => `PUB c ${line.length}\r\n${line}\r\n`,
    receive: (line) => `MSG c 1 ${line.length}\r\n${line}\r\n`,
    answer: () => '',
    noise: 0x50,
    noiseAnswer: 'PONG\r\n',
  },
};
