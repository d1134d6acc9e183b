import type { Lesson } from '../stage/lesson.ts';

export const lesson: Lesson = {
  number: 9,
  title: 'A line without an end',
  flags: ['--order', 'free', '--max-line-bytes', '64'],
  try: 'Join, press “more” and “long”, and send a line: it is refused at byte 65. Switch “long” off and send a short line: it is served.',
  play: async (stage) => {
    const one = await stage.client();
    const two = await stage.client();
    await one.send('this line has no end, it ');
    await stage.caption(
      'Here, a line may have 64 bytes. Client 1 has sent 25, and no LF. The server has to keep them, because the rest may follow.',
      one,
    );
    await one.send('only goes on and on, and ');
    await stage.caption(
      '50 bytes, and still no LF. A server without a limit collects and collects. If no LF ever comes, its memory runs out.',
      one,
    );
    await one.send('on, for as long as it can');
    await one.gets('FRAME_TOO_LONG');
    await stage.caption(
      'Read 3 brings byte 65: one too many. The server refuses the line without waiting for its end: FRAME_TOO_LONG. It throws away what it has kept.',
      one,
    );
    await one.send(', and then some more of it');
    await stage.pause(500);
    await two.send('meanwhile\n');
    await two.gets('MEANWHILE\n');
    await stage.caption(
      'More bytes of that line arrive. They are read and discarded: nothing is kept, and nothing is said again. Client 2 is served as usual.',
      one,
    );
    await one.send('\nshort\n');
    await one.gets('SHORT\n');
    await stage.caption(
      'At last, an LF: the long line is over. “short” is a new line, and is served: SHORT. Only the long line was lost.',
      one,
    );
    await stage.caption(
      'Remember: whatever collects bytes needs a limit. Here it is 64 bytes, however long the line gets. Many line readers have no limit at all.',
    );
  },
};
