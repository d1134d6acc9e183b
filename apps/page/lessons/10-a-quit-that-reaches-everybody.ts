import type { Lesson } from '../stage/lesson.ts';

export const lesson: Lesson = {
  number: 10,
  title: 'A quit that reaches everybody',
  flags: [],
  try: 'Join in three tabs. Send a line from the third: it waits. Send quit from the second: the third gets QUIT, its answer, BYE and FIN, and the server ends.',
  play: async (stage) => {
    const one = await stage.client();
    const two = await stage.client();
    const three = await stage.client();
    for (const client of [one, two, three]) client.hangsUp();
    await three.send('my line waits\n');
    await stage.caption(
      'Nothing happens: it is Client 1’s turn, and Client 1 is silent. Client 3’s line has been accepted, and waits.',
      three,
    );
    await two.send('mine too\n');
    await stage.caption(
      'Client 2 has sent a line, which waits, too. Now it wants to end everything. What becomes of the two lines, and how do the others know?',
      two,
    );
    const closed = stage.witness.next('quitDone');
    await two.send('quit\n');
    await closed;
    await stage.caption(
      'Client 2 has sent “quit”. The server told all three clients at once: QUIT. And a moment later, all was over. But nobody was cut off: look at the others.',
      two,
    );
    await stage.caption(
      'It wasn’t Client 3’s turn, but its line had been accepted. So it was answered: QUIT, MY LINE WAITS, then BYE. Only then came the FIN.',
      three,
    );
    await stage.caption(
      'Remember: BYE is the last line, and says that nothing is missing. If a stream ends without it, it was cut off. TCP alone doesn’t tell you that.',
      one,
    );
  },
};
