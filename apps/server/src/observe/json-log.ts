import { escapeJson } from '@proto/xray';
import pino, { type Logger } from 'pino';
import type { Server } from '../server.ts';
import { thrown } from '../text/thrown.ts';
import { Fins } from './fins.ts';
import { hostOf, LINES_A_MINUTE, RateLimit } from './rate-limit.ts';

/** Where the log goes, and how much it tells. */
export interface JsonLogOptions {
  /** Gets each line, without its end. */
  readonly write: (line: string) => void;
  /** Whether the text of messages and of faults is logged. */
  readonly text: boolean;
}

/**
 * Logs what a server does: one JSON object per line for each event, in printable ASCII.
 *
 * Shape:  `level`, `time` (ISO 8601), `pid`, `event`, then the fields of the event. Beyond the limits of a minute,
 *         `more`. With `text` on, it includes messages, both ways and with their text; otherwise only the metrics count
 *         them.
 *
 * Returns a function that reports what was counted but not shown.
 */
export function logJson(server: Server, { write, text }: JsonLogOptions): () => void {
  const log = createLog(write);
  const limit = new RateLimit((more, kind) => log.warn({ event: 'more', kind, more }));
  server.on('listening', ({ address }) => log.info({ event: 'listening', address }));
  server.on('join', (join) => {
    if (limit.admits('join', LINES_A_MINUTE.join)) log.info({ event: 'join', ...join });
  });
  server.on('leave', (leave) => {
    if (limit.admits('leave', LINES_A_MINUTE.leave)) log.info({ event: 'leave', ...leave });
  });
  const fins = new Fins(server, ({ who, by, bytes, unanswered }) => {
    if (limit.admits('fin', LINES_A_MINUTE.fin)) log.info({ event: 'fin', ...who, by, bytes, unanswered });
  });
  server.on('waited', ({ end, ms, ...place }) => {
    if (end !== 'skipped' || !limit.admits('skip', LINES_A_MINUTE.skip)) return;
    log.info({ event: 'skip', ...place, waitedMs: Math.round(ms) });
  });
  server.on('passedOver', (place) => {
    if (limit.admits('passedOver', LINES_A_MINUTE.passedOver)) log.info({ event: 'passedOver', ...place });
  });
  server.on('node', (change) => {
    if (limit.admits('node', LINES_A_MINUTE.node)) log.warn({ event: 'node', ...change });
  });
  server.on('away', ({ isAway, ms }) => log.warn({ event: 'away', isAway, ms: Math.round(ms) }));
  server.on('hold', (hold) => {
    if (limit.admits('hold', LINES_A_MINUTE.hold)) log.warn({ event: 'hold', ...hold });
  });
  server.on('admin', ({ verb, rest }) => log.info({ event: 'admin', command: commandOf(verb, rest) }));
  server.on('drain', (drain) => log.info({ event: 'drain', ...drain }));
  server.on('quit', ({ told, ...quit }) => {
    if (quit.scope !== 'all' && !limit.admits('quit', LINES_A_MINUTE.quit)) return;
    log.info({ event: 'quit', ...quit, told: told.length });
  });
  server.on('quitDone', ({ told, clean, forced, tookMs, ...quit }) => {
    const { sent, received } = fins.take({ told });
    if (quit.scope === 'all') limit.flush();
    else if (!limit.admits('quitDone', LINES_A_MINUTE.quit)) return;
    const ends = { told: told.length, finSent: sent.length, finReceived: received.length };
    const went = { ...ends, clean: clean.length, forced, tookMs: Math.round(tookMs) };
    log.info({ event: 'quitDone', ...quit, ...went });
  });
  logTroubles(server, log, limit, text);
  if (text) logMessages(server, log);
  return () => limit.flush();
}

function logTroubles(server: Server, log: Logger, limit: RateLimit, text: boolean): void {
  server.on('wrongToken', ({ address }) => {
    if (limit.admits('wrongToken', LINES_A_MINUTE.wrongToken)) log.warn({ event: 'wrongToken', address });
  });
  server.on('refuse', ({ address, code }) => {
    if (limit.admits(`refuse ${code}`, LINES_A_MINUTE.refuse)) log.warn({ event: 'refuse', address, code });
  });
  server.on('cut', ({ text: why, ...cut }) => {
    if (limit.admits(`${cut.code} from ${hostOf(cut.address)}`, LINES_A_MINUTE.cut)) {
      log.warn({ event: 'cut', ...cut, why });
    }
  });
  server.on('warning', ({ text: why }) => log.warn({ event: 'warning', why }));
  server.on('reload', ({ what }) => log.info({ event: 'reload', what }));
  server.on('drop', (drop) => {
    if (limit.admits(`drop ${drop.reason}`, LINES_A_MINUTE.drop)) log.warn({ event: 'drop', ...drop });
  });
  server.on('throttle', (throttle) => {
    if (limit.admits('throttle', LINES_A_MINUTE.throttle)) log.warn({ event: 'throttle', ...throttle });
  });
  server.on('fault', ({ text: said, ...fault }) => {
    if (!limit.admits(`fault ${fault.code}`, LINES_A_MINUTE.fault)) return;
    // The text of a fault may quote the line.
    log.warn({ event: 'fault', ...fault, ...(text && { text: said }) });
  });
  server.on('handlerError', ({ error, ...place }) => {
    if (limit.admits('handlerError', LINES_A_MINUTE.handlerError))
      log.error({ event: 'handlerError', ...place, ...described(error) });
  });
}

function commandOf(verb: string, rest: string): string {
  return rest === '' ? verb : `${verb} ${rest}`;
}

function logMessages(server: Server, log: Logger): void {
  server.on('line', (line) => log.info({ event: 'line', ...line }));
  server.on('send', ({ line, ...place }) => log.info({ event: 'send', ...place, text: line }));
}

function described(error: unknown): { error: string; stack?: string } {
  const { text, stack } = thrown(error);
  return { error: text, ...(stack !== undefined && { stack }) };
}

function createLog(write: (line: string) => void): Logger {
  return pino(
    {
      base: { pid: process.pid },
      timestamp: pino.stdTimeFunctions.isoTime,
      formatters: { level: (level) => ({ level }) },
    },
    { write: (line) => write(escapeJson(line.trimEnd())) },
  );
}
