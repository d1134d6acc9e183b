import type { Lesson } from '../stage/lesson.ts';

export const lesson: Lesson = {
  number: 5,
  title: 'Whose turn it is, and why nothing happens',
  flags: [],
  try: 'Open this page in three tabs, and join in each. Send a line from the third: the headline says who is waited for, and why. Then send a line from the first, and /pass from the second.',
  play: async (stage) => {
    const one = await stage.client();
    const two = await stage.client();
    await two.send('early\n');
    await stage.caption(
      'Client 2 has sent a line and gets no answer. Two of three clients are here: the first turn comes when the third has connected.',
      two,
    );
    const three = await stage.client();
    await three.send('me first\n');
    await stage.caption(
      'All three are here, and still nothing happens. Nothing is broken: it is Client 1’s turn, and Client 1 has sent nothing. Two lines wait behind it.',
      three,
    );
    await one.send('after');
    await stage.caption(
      'Client 1 has sent 5 bytes without an LF. Half a line takes no turn: the room still waits for Client 1, and the other lines wait behind it.',
      one,
    );
    await one.send(' you\n');
    await three.gets('ME FIRST\n');
    await stage.caption(
      'The LF has come. Turn 1 served Client 1. Turns 2 and 3 followed at once, because their lines were there already. Now it is Client 1’s turn again.',
      three,
    );
    await three.send('next\n');
    await stage.pause(1_200);
    await one.send('/pass\n');
    await two.gets('TURN 2\n');
    await stage.caption(
      'Client 3 has sent another line. Client 1 has given up its turn: /pass. That doesn’t serve Client 3, because Client 2 is next. The order is 1, 2, 3, 1.',
      one,
    );
    await two.send('here\n');
    await three.gets('NEXT\n');
    await stage.caption(
      'Turn 5 served Client 2, and turn 6 Client 3. Remember: if nothing happens, somebody else has the turn. A server should be able to say who.',
      three,
    );
  },
};
