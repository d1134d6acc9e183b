import { styleText } from 'node:util';
import { count } from '@proto/protocol';
import type { Clock } from '@proto/scheduler';
import { escape } from '@proto/xray';
import type { CloseReport } from '../../events/events.ts';
import type { Place } from '../../room/records.ts';
import type { Server } from '../../server.ts';
import { thrown } from '../../text/thrown.ts';
import { backgroundClock } from './background-clock.ts';
import { type Fin, Fins, type QuitFins } from '../fins.ts';
import { FewLines, type LineRows } from './few-lines.ts';
import { howToJoin, rules } from './greeting.ts';
import { hostOf, LINES_A_MINUTE, RateLimit } from '../rate-limit.ts';
import { remind } from './remind.ts';

/** Where the lines for people go, and how they look. */
export interface ConsoleOptions {
  /** Gets each line, without its end. */
  readonly write: (line: string) => void;
  /** Whether to use the colours of a terminal (ANSI escape sequences). */
  readonly colour: boolean;
  /** Whether to show what clients say and get, as long as it is little. Otherwise it is counted. @default true */
  readonly text?: boolean;
  /** Where its times come from. Tests bring their own. */
  readonly clock?: Clock;
}

type Style = 'bold' | 'cyan' | 'dim' | 'green' | 'magenta' | 'red' | 'yellow';

/**
 * Shows on a console what a server does: one line for each event, with control bytes of clients escaped. Events that
 * strangers could flood it with are shown a few times a minute, and then counted. Lines that come faster than anybody
 * can read are counted each second. While lines are counted, nobody listens to them, and the server is as fast as
 * without a console.
 *
 * Returns a function that says what has been counted, and stops listening to lines and rooms. That happens by itself
 * when the server has closed.
 */
export function showOnConsole(
  server: Server,
  { write, colour, text: showsText = true, clock = backgroundClock }: ConsoleOptions,
): () => void {
  const paint = (style: Style, words: string): string =>
    colour ? styleText(style, words, { validateStream: false }) : words;
  // What it says first is where it listens: programs wait for that.
  let isListening = server.isAccepting;
  server.on('listening', ({ address }) => {
    isListening = true;
    write(`listening on ${paint('bold', address)}`);
    write(paint('dim', howToJoin(server.settings, address)));
    write(rules(server.settings));
    const shared = server.shared?.status();
    if (shared !== undefined) write(`node ${escape(shared.node)}: ${companyOf(shared.nodes)}`);
  });
  const limit = new RateLimit((more, kind) => write(paint('dim', `and ${more} more: ${kind}`)));
  server.on('join', (who) => {
    if (!limit.admits('join', LINES_A_MINUTE.join)) return;
    const { have, want } = who;
    const clients = server.settings.clients;
    const here = want > have || (have === clients && clients > 1) ? `${have} of ${clients}` : `${have} here`;
    const { shared } = server;
    const where =
      shared === undefined || shared.isOwn(who.client)
        ? `from ${who.address}`
        : `to node ${escape(shared.nodeOf(who.client) ?? '?')}`;
    write(`${paint('green', `${name(who)} connected`)} ${where}, ${here}`);
  });
  server.on('leave', (who) => {
    if (!limit.admits('leave', LINES_A_MINUTE.leave)) return;
    write(`${paint('yellow', `${name(who)} left`)}: ${escape(who.reason)}`);
  });
  const fins = new Fins(server, (fin) => {
    if (!limit.admits(fin.by === 'client' ? 'FIN of clients' : 'FIN to clients', LINES_A_MINUTE.fin)) return;
    const [said, why] = finText(fin);
    write(`${paint('yellow', said)}: ${why}`);
  });
  server.on('wrongToken', ({ address }) => {
    if (limit.admits('wrong token', LINES_A_MINUTE.wrongToken))
      write(paint('yellow', `wrong token from ${address}`));
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
  server.on('reload', ({ what }) =>
    write(
      what === 'nothing'
        ? 'nothing to reload: there is no certificate and no token file'
        : `reloaded the ${what} for new clients`,
    ),
  );
  server.on('node', ({ node, state, nodes }) => {
    if (!isListening || !limit.admits('nodes', LINES_A_MINUTE.node)) return;
    const words = { up: 'is up', left: 'has left', gone: 'is gone' }[state];
    write(
      `${paint(state === 'up' ? 'green' : 'yellow', `node ${escape(node)} ${words}`)}: ${companyOf(nodes)}`,
    );
  });
  server.on('away', ({ isAway, ms }) => {
    if (!isListening) return;
    const seconds = `${(ms / 1_000).toFixed(1)} s`;
    write(
      paint(
        'yellow',
        isAway
          ? `the log has not answered for ${seconds}: lines wait, and nobody is let in`
          : `the log answers again, after ${seconds}`,
      ),
    );
  });
  server.on('hold', ({ room, on }) => {
    if (limit.admits('turns held', LINES_A_MINUTE.hold))
      write(paint('yellow', `room ${room}: ${on ? 'turns held' : 'turns go on'}`));
  });
  server.on('throttle', (who) => {
    if (!limit.admits('throttled', LINES_A_MINUTE.throttle)) return;
    const what = who.of === 'lines' ? 'sends too many lines' : 'makes others read too much';
    write(`${paint('yellow', `${name(who)} ${what}`)}: it is read more slowly`);
  });
  server.on('passedOver', (who) => {
    if (limit.admits('passed over', LINES_A_MINUTE.passedOver))
      write(`${paint('yellow', `${name(who)} is passed over`)} until it says a line`);
  });
  server.on('fault', (who) => {
    if (!limit.admits(who.code, LINES_A_MINUTE.fault)) return;
    // The text of a fault may quote the line.
    const said = showsText ? `${who.code} ${escape(who.text)}` : who.code;
    write(`${paint('red', `${name(who)} !`)} ${said}`);
  });
  server.on('handlerError', (who) => {
    if (!limit.admits('handler failed', LINES_A_MINUTE.handlerError)) return;
    write(paint('red', `${name(who)} !`) + ` handler: ${escape(thrown(who.error).text)}`);
  });
  const rows: LineRows = {
    line: (who) => write(`${paint('cyan', `${name(who)} >`)} ${escape(who.text)}`),
    send: (who) => write(`${paint('magenta', `${name(who)} <`)} ${escape(who.line)}`),
    turn: (turn) => {
      const said = { served: '', skipped: ', skipped', waiting: ', nothing queued', held: ', held' }[
        turn.state
      ];
      write(paint('dim', `turn ${turn.number}: ${name(turn)}${said}`));
    },
  };
  const dimly = (words: string): void => write(paint('dim', words));
  const lines = new FewLines(server, { ...(showsText && { rows }), say: dimly, clock });
  const reminder = remind(
    server,
    (words) => {
      if (limit.admits('rooms that wait', LINES_A_MINUTE.remind)) dimly(words);
    },
    clock,
  );
  const stop = (): void => {
    reminder();
    lines.stop();
    limit.flush();
  };
  server.on('admin', ({ verb, rest }) =>
    write(`${paint('bold', 'operator:')} ${escape(rest === '' ? verb : `${verb} ${rest}`)}`),
  );
  server.on('drain', ({ reason, ms }) =>
    write(
      `${paint('bold', 'draining')} (${escape(reason)}): not ready, but clients are let in for ${ms} ms more`,
    ),
  );
  server.on('quit', ({ scope, seat, room, reason, told }) => {
    if (scope === 'all') lines.flush();
    else if (!limit.admits('quits of a room', LINES_A_MINUTE.quit)) return;
    const by = seat === undefined ? 'the server' : name({ seat, room: room ?? 'main' });
    // The server itself closes its own clients only: the rooms are those of the others too.
    const everybody = server.shared !== undefined && seat === undefined ? 'its own clients' : 'everybody';
    const reach = scope === 'all' ? everybody : `room ${room}`;
    write(
      `${paint('bold', `${by} quits`)} (${escape(reason)}): this closes ${reach}, ${told.length} told${server.shared === undefined ? '' : ' here'}${list(told)}`,
    );
  });
  server.on('quitDone', (report) => {
    const ended = fins.take(report);
    if (report.scope === 'all') stop();
    else if (!limit.admits('rooms closed', LINES_A_MINUTE.quit)) return;
    for (const line of account(report, ended)) write(line);
  });
  return stop;
}

/** A client's name for people: its seat, with the room unless that is the first one. */
export function name({ seat, room }: Pick<Place, 'seat' | 'room'>): string {
  return room === 'main' ? `client ${seat}` : `client ${room}/${seat}`;
}

/** Who shares the rooms. */
function companyOf(nodes: readonly string[]): string {
  if (nodes.length === 0) return 'none is left';
  const names = escape(nodes.join(', '));
  return nodes.length === 1 ? `${names} is alone` : `${names} share the rooms`;
}

function list(places: readonly Place[]): string {
  if (places.length === 0) return '';
  const shown = places.slice(0, 20).map(name).join(', ');
  return places.length > 20 ? `: ${shown} and ${places.length - 20} more` : `: ${shown}`;
}

/** Who has sent FIN, and what that means. */
function finText({ who, by, unanswered, hasUnread, isBoth }: Fin): [said: string, why: string] {
  if (by === 'server') {
    return [`FIN sent to ${name(who)}`, isBoth ? 'both directions have ended' : 'the server sends no more'];
  }
  const said = `${name(who)} sent FIN`;
  if (isBoth) return [said, 'both directions have ended'];
  const lines = `${count(unanswered, 'line')} still to be answered`;
  const left = [...(unanswered > 0 ? [lines] : []), ...(hasUnread ? ['more to be read'] : [])];
  return [said, `it sends no more; ${left.join(', and ') || 'all its lines are answered'}`];
}

function* account(
  { scope, clean, forced, tookMs }: CloseReport,
  { sent, received }: QuitFins,
): Generator<string> {
  yield `FIN sent to ${sent.length}${list(sent)}`;
  yield `FIN received from ${received.length}${list(received)}`;
  yield `closed cleanly: ${clean.length}${list(clean)}`;
  if (forced.length > 0) yield `forced: ${forced.length}${list(forced)}`;
  yield scope === 'all'
    ? `server closed in ${Math.round(tookMs)} ms`
    : `room closed in ${Math.round(tookMs)} ms`;
}
