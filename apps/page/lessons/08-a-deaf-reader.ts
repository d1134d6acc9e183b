import type { Lesson } from '../stage/lesson.ts';

/** A line of 1,000 bytes. */
const news = (n: number): string => `${`news ${n} `.padEnd(999, '.')}\n`;

/** The limit of an outbox. In bytes. */
const MOST = 6_144;

export const lesson: Lesson = {
  number: 8,
  title: 'A deaf reader',
  flags: ['--order', 'free', '--deliver', 'others', '--clients', '2', '--max-outbox-bytes', String(MOST)],
  try: 'Join and press “deaf”. Then send a line every 10 ms from a terminal: (sleep 2; while sleep 0.01; do printf "%01000d\\n" 0; done) | proto-client :6677 >/dev/null. After some seconds your outbox fills, and you are dropped.',
  play: async (stage) => {
    const one = await stage.deafClient();
    const two = await stage.client();
    let n = 0;
    /** Client 2 sends one line after the other until this is so. */
    const until = async (isSo: () => boolean): Promise<void> => {
      while (!isSo()) {
        await two.send(news(++n));
        await two.gets('* OK\n');
        await stage.pause(n < 14 ? 200 : 500);
      }
    };
    await until(() => n === 5);
    await stage.caption(
      'Client 1 reads nothing. Client 2 has sent it 5 lines, and the server has written all of them. Nothing looks wrong: they wait in TCP’s buffers.',
      one,
    );
    await until(() => (stage.loadOf(one)?.outboxBytes ?? 0) > 0);
    await stage.caption(
      'Now those buffers are full. (They are small here. Usually, they hold megabytes.) The last line still waits in the server, in Client 1’s outbox.',
      one,
    );
    await until(() => (stage.loadOf(one)?.outboxBytes ?? 0) > MOST / 2);
    await stage.caption(
      'The outbox is more than half full, so the server calls Client 1 slow: it takes no lines from it until three quarters of the outbox are free.',
      one,
    );
    await until(() => stage.loadOf(one) === undefined);
    await stage.caption(
      'The next line didn’t fit into 6 KiB, so the server dropped Client 1: it did not read. Client 1 doesn’t even see this, because it doesn’t read.',
      one,
    );
    await two.send(news(++n));
    await two.gets('* OK\n');
    await stage.caption(
      'Client 2 was never held up: each of its lines was answered with OK. A server that waits in send for Client 1 could serve nobody else.',
      two,
    );
    await stage.caption(
      'Remember: buffers are finite. If a client doesn’t read, you wait, or you run out of memory, or you drop it. Decide which, and set a limit.',
    );
  },
};
