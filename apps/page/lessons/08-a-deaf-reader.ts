import type { Lesson } from '../stage/lesson.ts';

/** The limit of an outbox. In bytes. */
const MOST = 131_072;
/** How many short lines go together. In the outbox, each counts 256 bytes more than it has. */
const MANY = 100;

/** A line of 1,000 bytes. */
const news = (n: number): string => `${`news ${n} `.padEnd(999, '.')}\n`;

export const lesson: Lesson = {
  number: 8,
  title: 'A deaf reader',
  flags: ['--order', 'free', '--deliver', 'others', '--clients', '2', '--max-outbox-bytes', String(MOST)],
  try: 'Join and press “deaf”. Then send line after line from a terminal: (sleep 2; while sleep 0.003; do printf "%01000d\\n" 0; done) | proto-client :6677 >/dev/null. TCP’s buffers take megabytes, so wait a little: then your outbox fills, and you are dropped.',
  play: async (stage) => {
    const one = await stage.deafClient();
    const two = await stage.client();
    const outbox = (): number | undefined => stage.loadOf(one)?.outboxBytes;
    let n = 0;
    const sendLine = async (): Promise<void> => {
      await two.send(news(++n));
      await two.gets('* OK\n');
      await stage.pause(130);
    };
    const sendMany = async (): Promise<void> => {
      await two.send('a\n'.repeat(MANY));
      await two.gets('* OK\n'.repeat(MANY));
      await stage.pause(700);
    };
    for (let i = 0; i < 5; i++) await sendLine();
    await stage.caption(
      'Client 1 reads nothing. Client 2 has sent it 5 lines, and the server has written all of them. Nothing looks wrong: they wait in TCP’s buffers.',
      one,
    );
    while (outbox() === 0) await sendLine();
    await sendMany();
    await stage.caption(
      'Now TCP’s buffers are full. (They are small here. Usually, they hold megabytes.) Client 2 sent 100 short lines: they wait in Client 1’s outbox.',
      one,
    );
    while (outbox()! <= MOST / 2) await sendMany();
    await stage.caption(
      'The outbox is more than half full, so the server calls Client 1 slow: it takes no lines from it until three quarters of the outbox are free.',
      one,
    );
    while (outbox() !== undefined) await sendMany();
    await stage.caption(
      'More didn’t fit into the outbox of 128 KiB, so the server dropped Client 1: it did not read. Client 1 doesn’t even see this, because it doesn’t read.',
      one,
    );
    await sendLine();
    await stage.caption(
      'Client 2 was never held up: each of its lines was answered with OK. A server that waits in send for Client 1 could serve nobody else.',
      two,
    );
    await stage.caption(
      'Remember: buffers are finite. If a client doesn’t read, you wait, or you run out of memory, or you drop it. Decide which, and set a limit.',
    );
  },
};
