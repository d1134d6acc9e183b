// What splitters made of the inputs of the README that are not installed here any more. To ask one again, install that
// version, write each input's chunks to it, and collect what it gives:
// byline 5.0.0    new byline.LineStream({ encoding: 'utf8' }), the `data` events
// it-split 2.0.2  for await (const line of split(chunks)), each through a TextDecoder
// Recorded on Node 20.20.2.

const LONG = 'x'.repeat(1_048_576);

/** The input as the README names it, and the frames that came out of it. */
type Recorded = Readonly<Record<string, readonly string[]>>;

export const frozenPeers: Readonly<Record<'byline' | 'it-split', Recorded>> = {
  byline: {
    'empty line: `a⏎⏎b⏎`': ['a', 'b'],
    'CRLF cut in two': ['a', 'b'],
    'a lone CR: `a␍b⏎`': ['a', 'b'],
    '`é` cut in two': ['\ufffd\ufffd'],
    'a byte outside UTF-8': ['\ufffd'],
    '1 MiB and no line end': [LONG],
    'a cut tail: `QUIT⏎DROP`': ['QUIT', 'DROP'],
  },
  'it-split': {
    'empty line: `a⏎⏎b⏎`': ['a', '', 'b'],
    'CRLF cut in two': ['a\r', 'b'],
    'a lone CR: `a␍b⏎`': ['a\rb'],
    '`é` cut in two': ['é'],
    'a byte outside UTF-8': ['\ufffd'],
    '1 MiB and no line end': [LONG],
    'a cut tail: `QUIT⏎DROP`': ['QUIT', 'DROP'],
  },
};
