import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { lines } from '../../src/index.ts';
import { presets } from '../../src/presets/index.ts';
import { frames } from '../../src/node/index.ts';
import { dial, directory, freePort, isInstalled, serve } from './peer.ts';

const COUNT = 1000;
const smtp = lines(presets.smtp);
const body = (index: number): readonly string[] => [
  `Subject: ${index}`,
  '',
  '.',
  '..',
  `.${index}`,
  '',
  'end',
];
/** What is said, and the reply code that must come before the next. */
const hello = [
  { say: '', reply: '220' },
  { say: 'EHLO localhost', reply: '250' },
];

function message(index: number): { say: string; reply: string }[] {
  const stuffed = body(index).map((line) => (line.startsWith('.') ? `.${line}` : line));
  return [
    { say: 'MAIL FROM:<a@example.org>', reply: '250' },
    { say: 'RCPT TO:<b@example.org>', reply: '250' },
    { say: 'DATA', reply: '354' },
    { say: [...stuffed, '.'].join('\r\n'), reply: '250' },
  ];
}

test.runIf(isInstalled('aiosmtpd', ['--version'], 'python3-aiosmtpd'))(
  'aiosmtpd: a dialogue with strict CRLF, dot-stuffed bodies',
  { timeout: 60_000 },
  async () => {
    const port = await freePort();
    const mail = join(directory(), 'mail');
    serve('aiosmtpd', ['-n', '-l', `127.0.0.1:${port}`, '-c', 'aiosmtpd.handlers.Mailbox', mail]);
    const socket = await dial(port);
    const script = [...hello, ...Array.from({ length: COUNT }, (_, index) => message(index)).flat()];
    let step = 0;
    for await (const frame of frames(socket, smtp)) {
      expect(frame).toMatch(new RegExp(`^${script[step]?.reply}[ -]`));
      // A hyphen: more lines of this reply follow.
      if (typeof frame === 'string' && frame[3] === '-') continue;
      const next = script[++step];
      if (next === undefined) break;
      socket.write(
        next.say
          .split('\r\n')
          .map((line) => smtp.encodeToLatin1(line))
          .join(''),
        'latin1',
      );
    }
    const stored = readdirSync(join(mail, 'new')).map((name) =>
      readFileSync(join(mail, 'new', name), 'latin1'),
    );
    const wanted = Array.from({ length: COUNT }, (_, index) => body(index).slice(2).join('\n'));
    const bodies = stored.map((text) => text.slice(text.indexOf('\n\n') + 2).trimEnd());
    expect(bodies.toSorted()).toEqual(wanted.toSorted());
  },
);
