import type { Lesson } from '../stage/lesson.ts';

export const lesson: Lesson = {
  number: 7,
  title: 'Reset',
  flags: [],
  try: 'Join in three tabs. Send a line from the second: it waits. Press RST there: the line is lost, and the seat breaks. The other two are served as before.',
  play: async (stage) => {
    const one = await stage.client();
    const two = await stage.client();
    const three = await stage.client();
    await two.send('boom\n');
    await stage.caption('It is Client 1’s turn. Client 2’s line, “boom”, has arrived and waits.', two);
    await two.reset();
    await stage.caption(
      'Client 2 has sent RST. An RST isn’t a goodbye: both directions ended at once. “boom” was read, but is lost. After a FIN, it would have been answered.',
      two,
    );
    await one.send('still here\n');
    await one.gets('STILL HERE\n');
    await stage.caption(
      'Client 1 was told that Client 2 has left, and is served as before. The turn skips the empty seat: now it is Client 3’s.',
      one,
    );
    await three.send('half a li');
    await stage.pause(900);
    await three.reset();
    await stage.caption(
      'Client 3 had the turn and had sent half a line. Then it sent RST. The turn went to Client 1 at once: nobody waits for a connection that is gone.',
      three,
    );
    await one.send('and still\n');
    await one.gets('AND STILL\n');
    const four = await stage.client();
    await four.send('new\n');
    await stage.pause(700);
    await one.send('welcome\n');
    await four.gets('NEW\n');
    await stage.caption(
      'Client 4 has connected, and the turns go round again. Seats 2 and 3 stay empty: a seat is given only once.',
      four,
    );
    await stage.caption(
      'Remember: an RST can come at any time, in the middle of a line or of a turn. If a server doesn’t catch this error, one client ends the server for everybody.',
    );
  },
};
