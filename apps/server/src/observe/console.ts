import { inspect, styleText } from 'node:util';
import type { CloseReport } from '../events.ts';
import type { Place } from '../room/records.ts';
import type { Server } from '../server.ts';
import { escape } from './escape.ts';
import { hostOf, LINES_A_MINUTE, RateLimit } from './rate-limit.ts';

/** After how many seconds of the same nothing it is said again why. */
const REMIND_SECONDS = [2, 10, 30, 60, 300, 1_800];

/** `npm run client` is there in a clone of the repository only. */
const IS_INSTALLED = import.meta.url.includes('/node_modules/');

export interface ConsoleOptions {
  readonly write: (line: string) => void;
  readonly colour: boolean;
}

type Style = 'bold' | 'cyan' | 'dim' | 'green' | 'magenta' | 'red' | 'yellow';

/**
 * Shows on a console what a server does: one line for each event, control bytes of clients escaped. What a flood of
 * strangers would fill it with is shown a few times a minute, and then counted.
 *
 * Gives a function that stops it.
 */
export function showOnConsole(server: Server, { write, colour }: ConsoleOptions): () => void {
  const paint = (style: Style, text: string): string =>
    colour ? styleText(style, text, { validateStream: false }) : text;
  server.on('listening', ({ address }) => {
    write(`listening on ${paint('bold', address)}`);
    write(paint('dim', howToJoin(server, address)));
    write(rules(server));
  });
  const limit = new RateLimit((more, kind) => write(paint('dim', `and ${more} more: ${kind}`)));
  server.on('join', (who) => {
    if (!limit.admits('join', LINES_A_MINUTE.join)) return;
    const { have, want } = who;
    const clients = server.settings.clients;
    const here = want > have || (have === clients && clients > 1) ? `${have} of ${clients}` : `${have} here`;
    write(`${paint('green', `${name(who)} connected`)} from ${who.address}, ${here}`);
  });
  server.on('leave', (who) => {
    if (!limit.admits('leave', LINES_A_MINUTE.leave)) return;
    write(`${paint('yellow', `${name(who)} left`)}: ${escape(who.reason)}`);
  });
  server.on('refuse', ({ address, code, text }) => {
    if (!limit.admits(`turned away, ${code}`, LINES_A_MINUTE.refuse)) return;
    write(paint('yellow', `turned away ${address}: ${code} ${text}`));
  });
  server.on('cut', ({ address, code, text }) => {
    if (!limit.admits(`${code} from ${hostOf(address)}`, LINES_A_MINUTE.cut)) return;
    write(paint('yellow', `cut ${address}: ${escape(text)}`));
  });
  server.on('warning', ({ text }) => write(paint('yellow', `warning: ${escape(text)}`)));
  server.on('reload', ({ what }) => write(`read the ${what} again: it is for clients to come`));
  server.on('http', (who) => {
    if (!limit.admits('spoke HTTP', LINES_A_MINUTE.drop)) return;
    write(
      paint(
        'red',
        `${name(who)} closed: Cannot serve ${who.address}: its first line is an HTTP request. Nothing in it was obeyed`,
      ),
    );
  });
  server.on('line', (who) => write(`${paint('cyan', `${name(who)} >`)} ${escape(who.text)}`));
  server.on('fault', (who) => {
    if (!limit.admits(who.code, LINES_A_MINUTE.fault)) return;
    write(`${paint('red', `${name(who)} !`)} ${who.code} ${escape(who.text)}`);
  });
  server.on('send', (who) => write(`${paint('magenta', `${name(who)} <`)} ${escape(who.line)}`));
  server.on('turn', (turn) => {
    const said = { served: '', skipped: ', skipped', waiting: ', nothing queued' }[turn.state];
    write(paint('dim', `turn ${turn.number}: ${name(turn)}${said}`));
  });
  server.on('handlerError', (who) => {
    if (!limit.admits('handler failed', LINES_A_MINUTE.handlerError)) return;
    write(paint('red', `${name(who)} !`) + ` handler: ${escape(why(who.error))}`);
  });
  server.on('quit', ({ scope, seat, room, reason, told }) => {
    const by = seat === undefined ? 'the server' : name({ seat, room: room ?? 'main' });
    const reach = scope === 'all' ? 'everybody' : `room ${room}`;
    write(
      `${paint('bold', `${by} quits`)} (${escape(reason)}): this closes ${reach}, ${told.length} told${list(told)}`,
    );
  });
  server.on('quitDone', (report) => {
    limit.flush();
    for (const line of account(report)) write(line);
  });
  const stopReminding = remind(server, (line) => write(paint('dim', line)));
  return () => {
    stopReminding();
    limit.flush();
  };
}

/** A client as people see it: by its seat, with the room where that is not the first one. */
export function name({ seat, room }: Pick<Place, 'seat' | 'room'>): string {
  return room === 'main' ? `client ${seat}` : `client ${room}/${seat}`;
}

function list(places: readonly Place[]): string {
  if (places.length === 0) return '';
  const shown = places.slice(0, 20).map(name).join(', ');
  return places.length > 20 ? `: ${shown} and ${places.length - 20} more` : `: ${shown}`;
}

function* account({ scope, clean, forced, tookMs }: CloseReport): Generator<string> {
  yield `closed cleanly: ${clean.length}${list(clean)}`;
  if (forced.length > 0) yield `forced: ${forced.length}${list(forced)}`;
  yield scope === 'all'
    ? `server closed in ${Math.round(tookMs)} ms`
    : `room closed in ${Math.round(tookMs)} ms`;
}

function why(error: unknown): string {
  return error instanceof Error ? `${error.name}: ${error.message}` : inspect(error);
}

function howToJoin({ settings }: Server, address: string): string {
  const { framing, socket, tlsCert, tlsCa, tokenFile } = settings;
  const flags = [
    ...(framing === 'chunk' ? ['--classic'] : []),
    ...(tlsCert === 'none' ? [] : ['--tls']),
    ...(tlsCa === 'none' ? [] : ['--tls-cert FILE --tls-key FILE']),
    ...(tokenFile === 'none' ? [] : ['--token-file FILE']),
    ...(socket === 'none' ? [] : ['--socket']),
  ];
  const words = IS_INSTALLED
    ? ['npx -p @proto/client proto-client', ...flags]
    : ['npm run client', ...(flags.length > 0 ? ['--', ...flags] : [])];
  const client = ['join with:', ...words, address].join(' ');
  if (tlsCert !== 'none') return `${client}, or: openssl s_client -quiet -connect ${address}`;
  return socket === 'none'
    ? `${client}, or: nc ${address.replace(/:(\d+)$/, ' $1')}`
    : `${client}, or: nc -U ${address}`;
}

function rules({ settings }: Server): string {
  const { order, deliver, transform, clients, quit, framing, events } = settings;
  const made = typeof transform === 'function' ? 'a module' : transform;
  const classic = framing === 'chunk' || events === 'off' ? `, framing ${framing}, events ${events}` : '';
  return `order ${order}, deliver ${deliver}, transform ${made}, ${clients} to start, a quit closes ${quit}${classic}`;
}

/** Says why nothing is happening, as long as nothing is happening. */
function remind(server: Server, write: (line: string) => void): () => void {
  const since = new Map<string, { state: string; at: number; said: number }>();
  const look = (): void => {
    const now = performance.now();
    for (const status of server.status()) {
      const { room, have, want, turn, waitedFor, waiting } = status;
      const isWaiting = have < want || waitedFor !== undefined;
      const state = isWaiting ? `${have} ${turn} ${waitedFor}` : '';
      const known = since.get(room);
      if (known?.state !== state) {
        since.set(room, { state, at: now, said: 0 });
        continue;
      }
      const seconds = (now - known.at) / 1_000;
      if (!isWaiting || seconds < (REMIND_SECONDS[known.said] ?? Infinity)) continue;
      known.said++;
      const lines = waiting === 1 ? '1 line waits' : `${waiting} lines wait`;
      const whose = room === 'main' ? '' : `${room}: `;
      if (have < want)
        write(
          `${whose}waiting for ${want - have} more to connect, ${have} of ${want}, ${Math.round(seconds)} s; ${lines}`,
        );
      else
        write(
          `${whose}turn ${turn}: waiting for client ${waitedFor}, ${Math.round(seconds)} s; ${lines} behind it`,
        );
    }
  };
  const timer = setInterval(look, 1_000);
  timer.unref();
  return () => clearInterval(timer);
}
