import type { Lesson } from '../stage/lesson.ts';

export const lesson: Lesson = {
  number: 2,
  title: 'Two writes, one read',
  flags: ['--order', 'free'],
  try: 'Join, press “in one”, then “more” and “coalesce”. Send two lines: they leave in one write, and one read has both. Both are answered, in one write.',
  play: async (stage) => {
    const one = await stage.client();
    await one.send('first\n');
    await stage.pause(700);
    await one.send('second\n');
    await one.gets('SECOND\n');
    await stage.caption(
      'Client 1 wrote twice, with a pause between, and the server read twice. So is one write one read? Next, Client 1 does the same without the pause.',
      one,
    );
    one.write('first\n');
    await one.send('second\n');
    await one.gets('SECOND\n');
    await stage.caption(
      'Again two writes, of 6 and 7 bytes, but only one read, of 13: TCP has put them together. The server finds both LFs and answers both lines.',
      one,
    );
    one.write('third');
    await one.send('fourth\n');
    await one.gets('THIRDFOURTH\n');
    await stage.caption(
      'This time the first write, “third”, had no LF. The server can’t see where one write ended and the next began. It found one line: “thirdfourth”.',
      one,
    );
    one.write('fifth\n');
    one.write('sixth\n');
    await one.send('seventh\n');
    await one.gets('SEVENTH\n');
    await stage.caption(
      'Three writes, one read, three lines. It also works the other way: the server put its three answers into one write.',
      one,
    );
    await stage.caption(
      'Remember: a read doesn’t show how many writes went into it. Here, 9 writes came in 5 reads. A server without framing would have seen 5 messages.',
    );
  },
};
