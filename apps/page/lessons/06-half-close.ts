import type { Lesson } from '../stage/lesson.ts';

export const lesson: Lesson = {
  number: 6,
  title: 'Half-close',
  flags: ['--clients', '2'],
  try: 'Join in two tabs. Send a line from the second and press FIN there: its stream has ended, and the line waits. Send a line from the first: the second gets its answer, BYE and FIN.',
  play: async (stage) => {
    const one = await stage.client();
    const two = await stage.client();
    two.hangsUp();
    await two.send('wait for me\nlast words\n');
    await stage.caption(
      'It is Client 1’s turn, so both lines of Client 2 wait. A connection is two streams: one from Client 2 to the server, and one back.',
      two,
    );
    await two.halfClose();
    await stage.caption(
      'Client 2 has sent FIN: it will send no more. Only that stream has ended. The other one is open, and both lines still wait for their turns.',
      two,
    );
    await one.send('one\n');
    await two.gets('WAIT FOR ME\n');
    await stage.caption(
      'Client 1 has used its turn, so Client 2 was served. Its answer was written after its FIN: a half-closed client still gets its answers.',
      two,
    );
    await one.send('two\n');
    await two.gets('BYE');
    await two.isEnded();
    await stage.caption(
      'Client 2’s last line is answered. There is nothing left to say to it, so the server wrote BYE and then its own FIN. Both streams have ended in good order.',
      two,
    );
    await one.send('three\n');
    await one.gets('THREE\n');
    await stage.caption('Client 1 goes on alone and has every turn. Client 2 has lost nothing.', one);
    await stage.caption(
      'Remember: a FIN ends one direction. A Node server with allowHalfOpen: false ends its stream as soon as yours has ended. Here, both answers would be lost.',
    );
  },
};
