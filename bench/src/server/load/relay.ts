import { someLines } from '../wire.ts';
import { type Client, connectAll } from './client.ts';
import { type Dialect, DIALECTS } from './dialects.ts';
import { Matcher } from './matcher.ts';
import type { Opened, Task } from './task.ts';

/** Writes under way: sent, and not with every receiver yet. */
const WINDOW = 4;

/** One sender whose lines go to many: the next write follows when the one `WINDOW` before it is with everybody. */
export async function openRelay({
  ports,
  receivers: count,
  batch,
  dialect: name,
}: Extract<Task, { kind: 'relay' }>): Promise<Opened> {
  const dialect = DIALECTS[name];
  const lines = someLines(batch);
  const [sender] = await connectAll(1, ports);
  await ready(sender!, dialect.sender, dialect.senderReady);
  const receivers = await connectAll(count, ports);
  await Promise.all(receivers.map((receiver) => ready(receiver, dialect.receiver, dialect.ready)));
  const [say = '', answer = ''] = dialect.allReady ?? [];
  await Promise.all([sender!, ...receivers].map((client) => ready(client, say, answer)));

  const wire = bytes(lines, (line) => dialect.send(line));
  const have = Buffer.concat(wire);
  let sent = 0;
  let answered = 0;
  let complete = 0;
  let until = 0;
  let finish: (() => void) | undefined;
  /** Receivers that have the write `complete + index`. */
  const with_: number[] = [];
  const send = (): void => {
    while (sent - complete < WINDOW && performance.now() < until) {
      sent++;
      sender!.socket.write(have);
    }
  };
  const isAnswered = dialect.answer(count) === '';
  const look = (): void => {
    send();
    if (complete === sent && (isAnswered || answered === sent)) finish?.();
  };
  const arrived = (index: number): void => {
    const at = index - complete;
    with_[at] = (with_[at] ?? 0) + 1;
    while (with_[0] === count) {
      with_.shift();
      complete++;
    }
  };
  for (const receiver of receivers) {
    const matcher = match(
      receiver,
      dialect,
      bytes(lines, (line) => dialect.receive(line)),
    );
    let got = 0;
    receiver.onBytes = (chunk, length): void => {
      const blocks = matcher.feed(chunk, length);
      for (let block = 0; block < blocks; block++) arrived(got++);
      if (blocks > 0) look();
    };
  }
  if (!isAnswered) {
    const matcher = new Matcher({ units: bytes(lines, () => dialect.answer(count)) });
    sender!.onBytes = (chunk, length): void => {
      answered += matcher.feed(chunk, length);
      look();
    };
  }
  return {
    async round(ms) {
      const before = complete;
      const begin = performance.now();
      until = begin + ms;
      await new Promise<void>((resolve) => {
        finish = resolve;
        send();
      });
      finish = undefined;
      return { lines: (complete - before) * batch * count, seconds: (performance.now() - begin) / 1000 };
    },
    close() {
      for (const client of [sender!, ...receivers]) client.close();
    },
  };
}

function bytes(lines: readonly string[], wire: (line: string) => string): Buffer[] {
  return lines.map((line) => Buffer.from(wire(line), 'latin1'));
}

function match(client: Client, { noise, noiseAnswer }: Dialect, units: Buffer[]): Matcher {
  const matcher = new Matcher({ units, ...(noise !== undefined && { noise }) });
  matcher.onNoise = (): void => void (noiseAnswer !== undefined && client.socket.write(noiseAnswer));
  return matcher;
}

/** Says hello, and waits until what comes back ends as it should. */
async function ready(client: Client, hello: string, want: string): Promise<void> {
  if (want === '') return;
  client.socket.write(hello, 'latin1');
  let seen = '';
  await new Promise<void>((resolve) => {
    client.onBytes = (chunk, length): void => {
      seen += chunk.toString('latin1', 0, length);
      if (seen.includes(want)) resolve();
    };
  });
}
