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
    const closed = stage.witness.next('quitDone');
    await two.send('quit\n');
    await closed;
    await stage.caption(
      'Client 2 has sent “quit”, and a moment later all was over. Step by step: first, the server told all three clients (QUIT), and accepted nobody new.',
      two,
    );
    await stage.caption(
      'It wasn’t Client 3’s turn, but its line had been accepted. So it was answered before the end: QUIT, MY LINE WAITS, then BYE, then FIN.',
      three,
    );
    await stage.caption(
      'Client 1 had nothing waiting. It got QUIT, BYE and FIN, and sent its own FIN. When all three had ended, the server closed.',
      one,
    );
    await stage.caption(
      'Remember: BYE is the last line, and says that nothing is missing. If a stream ends without it, it was cut off. TCP alone doesn’t tell you that.',
    );
  },
};
