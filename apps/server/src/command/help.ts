import { COMMAND_OPTIONS, type CommandSettings } from './command-options.ts';
import { flagOf } from './flags.ts';

/** The headings of the list, by the option that each comes before. */
const HEADINGS: { readonly [Key in keyof CommandSettings]?: string } = {
  host: 'Where it listens, and who may come in',
  order: 'What happens in a room',
  handshakeTimeoutMs: 'Deadlines, in milliseconds',
  maxLineBytes: 'Limits',
  log: 'Operation',
};

/** The text of `--help`. */
export function helpText(): string {
  return `proto-server: a TCP line server in which clients take turns

Usage: proto-server [options]
       proto-server admin PATH [COMMAND...]   tell a server started with --admin PATH what to do
${Object.keys(COMMAND_OPTIONS)
  .map((key) => entry(key as keyof CommandSettings))
  .join('\n')}

Other options
  --config FILE
      a JSON object of options, named as in { "maxLineBytes": 512 }
  --print-config
      print every option, its value and its source, then exit
  --classic
      for clients that send a sentence without a terminator and take one read as the answer: framing chunk, events
      off, order strict, 3 clients, quit all. One read is one message only while each side waits for the other: TCP
      keeps no boundaries, so two sentences sent at once arrive as one
  --help, --version

Every option is also an environment variable (--max-line-bytes is PROTO_MAX_LINE_BYTES) and a key of the config file
(maxLineBytes). A flag overrides a variable, and a variable overrides the file.

On any address but a loopback one, the server is exposed, and some defaults are stricter.
An option given by name always wins.

SIGHUP: reload the certificate and the token. SIGUSR1, SIGUSR2: ignored.
SIGINT, SIGTERM: quit; a second one ends the process at once. With --drain-ms: not ready any more, quit after that time;
a second one quits at once, a third one ends the process.

Exit codes: 0 after a quit or a handled signal, 64 for an invalid option, 69 if the address is not available,
130 and 143 after a second SIGINT or SIGTERM.
`;
}

function entry(key: keyof CommandSettings): string {
  const { help, expected, loopback, exposed } = COMMAND_OPTIONS[key];
  const defaults = exposed === undefined ? loopback : `${loopback}; exposed: ${exposed}`;
  const heading = HEADINGS[key] === undefined ? '' : `\n${HEADINGS[key]}\n`;
  return `${heading}  ${flagOf(key)}\n      ${help}\n      ${expected} (default: ${defaults})`;
}
