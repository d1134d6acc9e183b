import type { Lesson } from '../stage/lesson.ts';

export const lesson: Lesson = {
  number: 3,
  title: 'One write, two reads',
  flags: ['--order', 'free'],
  try: 'Join, and cut “hello” where you like: click between two bytes. Send it, and see two reads with torn edges, and one line. Then press “drip” and send another.',
  play: async (stage) => {
    const one = await stage.client();
    const two = await stage.client();
    await one.send('he');
    await stage.caption(
      'A line of Client 1 was cut after 2 bytes. “he” has no LF, so line 1 begins in read 1 and isn’t over. Its torn edge shows that: it goes on in a later read.',
      one,
    );
    await two.send('hi\n');
    await two.gets('HI\n');
    await stage.caption(
      'Client 2 has sent a whole line and was answered at once. Half a line of Client 1 holds nobody up: the server keeps it apart, for Client 1 only.',
      two,
    );
    await one.send('llo\nwor');
    await one.gets('HELLO\n');
    await stage.caption(
      'Read 2 has parts of two lines. “llo” and an LF end line 1, which began in read 1: HELLO. The rest, “wor”, begins line 2.',
      one,
    );
    await one.send('ld\n');
    await one.gets('WORLD\n');
    await stage.caption(
      'Read 3 ends line 2: WORLD. Two lines came in three reads, and there are two answers. The cuts have only cost time.',
      one,
    );
    for (const byte of 'drip\n') {
      await one.send(byte);
      await stage.pause(220);
    }
    await one.gets('DRIP\n');
    await stage.caption(
      'One byte at a time: 5 reads, one line. A server that takes each read for a message would have answered D, R, I and P.',
      one,
    );
    await stage.caption(
      'Remember: a line may arrive in any number of pieces. Keep what has no end yet, and wait for the rest. A read isn’t a line.',
    );
  },
};
