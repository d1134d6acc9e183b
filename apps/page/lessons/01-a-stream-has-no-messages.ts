import type { Lesson } from '../stage/lesson.ts';

export const lesson: Lesson = {
  number: 1,
  title: 'A stream has no messages',
  flags: ['--order', 'free'],
  try: 'Join and press “in one”: a line is one read. Press “drip” and send another: many reads, and still one line. For half a line, type this in a terminal: printf "one\\ntwo" | nc -N 127.0.0.1 6677',
  play: async (stage) => {
    const one = await stage.client();
    await one.send('one\ntwo\n');
    await one.gets('ONE\nTWO\n');
    await stage.caption(
      'Client 1 wrote once, and the server read once: 8 bytes. But there are two LFs in them, so there are two lines. Both are answered.',
      one,
    );
    await one.send('th');
    await stage.caption(
      'Now 2 bytes have arrived, and no LF. They don’t make a line yet: the server keeps “th” and says nothing.',
      one,
    );
    await one.send('re');
    await stage.pause(600);
    await one.send('e\n');
    await one.gets('THREE\n');
    await stage.caption(
      'Read 4 brings the LF. One line came in three reads, and gets one answer. If each read were a message, there would be three: “th”, “re” and “e”.',
      one,
    );
    await one.send('four');
    await stage.pause(600);
    await one.halfClose();
    await one.isEnded();
    await stage.caption(
      '“four” has no LF, and then comes FIN: the stream ends in the middle of a line. The server refuses it (FRAME_INCOMPLETE). It never executes half a message.',
      one,
    );
    await stage.caption(
      'Remember: there were 5 reads, but 3 whole lines. TCP carries bytes, not messages. Where a message ends is up to you; here, an LF ends it.',
    );
  },
};
