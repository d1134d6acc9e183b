import type { Lesson } from '../stage/lesson.ts';

export const lesson: Lesson = {
  number: 4,
  title: 'Where a line ends',
  flags: ['--order', 'free'],
  try: 'Join, press “in one” and “CR LF”, cut between CR and LF, and send: there is one line, and no empty one. Then press “more” and “garbage”: only that line is refused.',
  play: async (stage) => {
    const one = await stage.client();
    await one.send('lf\n');
    await one.gets('LF\n');
    await stage.pause(700);
    await one.send('crlf\r\n');
    await one.gets('CRLF\n');
    await stage.caption(
      'Two conventions: LF alone (Unix), and CR LF (telnet, HTTP, mail). Here, both end a line. The end isn’t part of the text: both answers end in a plain LF.',
      one,
    );
    await one.send('hello\r');
    await stage.caption(
      'This read ends in a CR. Is the line over, or will an LF follow? The server can’t know yet, so it waits.',
      one,
    );
    await one.send('\n');
    await one.gets('HELLO\n');
    await stage.caption(
      'The LF has come: one line, in two reads. A program that takes the CR for an end, and the LF for another, sees an empty line that nobody sent.',
      one,
    );
    await one.send('cr\rlost\n');
    await one.gets('FRAME_BARE_CR');
    await stage.caption(
      'A CR in the middle of a line. Does it end the line, or is it text? Two programs that disagree can be played off against each other, so it is refused: FRAME_BARE_CR.',
      one,
    );
    await one.send('again\n');
    await one.gets('AGAIN\n');
    await stage.caption(
      'Only that line was lost. The next one is read as if nothing had happened: AGAIN. After an LF, a new line always begins.',
      one,
    );
    await stage.caption(
      'Remember: decide exactly which bytes end a line, and refuse what could be read in two ways. A server without framing would send CR and LF back as text.',
    );
  },
};
