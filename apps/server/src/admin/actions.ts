import { count, nearest } from '@proto/protocol';
import { escape } from '@proto/xray';
import { whyNotClose } from '../options/close-options.ts';
import type { Server } from '../server.ts';
import { durationMs, durationText } from './duration.ts';

/** What is shown of a server: nothing, what `--log` says, or also every chunk. */
export const LEVELS = ['none', 'log', 'xray'] as const;

/** One of `LEVELS`. */
export type Level = (typeof LEVELS)[number];

/** What the process does for an operator. */
export interface ActionsOwner {
  /** Begins a quit. */
  quit(reason: string): void;
  /** Begins a quit, after `drainMs`. */
  drain(reason: string): void;
  reload(): Promise<void>;
  level(): Level;
  setLevel(level: Level): Promise<void>;
}

/** The answer to a command: lines, and the last one, which says whether it was done. */
interface Answer {
  readonly lines?: readonly string[];
  readonly ok: string;
}

/** Why a command isn't done. */
class Refused extends Error {}

interface Action {
  readonly usage: string;
  readonly does: string;
  /** It only asks: always, or if nothing follows it. */
  readonly asks?: 'always' | 'alone';
  /** `rest`: what follows the verb. Errors: throws `Refused`, or a `RangeError` of the server. */
  act(rest: string): Answer | Promise<Answer>;
}

const REASON = 'the operator';

/** The commands of operators. */
export class Actions {
  readonly #server: Server;
  readonly #owner: ActionsOwner;
  readonly #actions: ReadonlyMap<string, Action>;

  constructor(server: Server, owner: ActionsOwner) {
    this.#server = server;
    this.#owner = owner;
    this.#actions = new Map(Object.entries(this.#table()));
  }

  /**
   * Does what a line says, and returns the answer: lines that begin with `* `, then one that begins with `ok` or `error`. What
   * changes anything is told as the event `admin`, before it is done.
   */
  async answer(line: string): Promise<string> {
    const [, verb = '', rest = ''] = /^\s*(\S*)\s*(.*?)\s*$/.exec(line) ?? [];
    const action = this.#actions.get(verb.toLowerCase());
    if (action === undefined)
      return `error ${escape(verb)} is not a command.${nearest(verb, [...this.#actions.keys()])} Try help`;
    const isChange = action.asks !== 'always' && !(action.asks === 'alone' && rest === '');
    // If nothing is shown, what ends that is told once it's done.
    const isLate = verb.toLowerCase() === 'level' && this.#owner.level() === 'none';
    const audit = (): void => this.#server.audit({ verb: verb.toLowerCase(), rest });
    if (isChange && !isLate) audit();
    try {
      const { lines = [], ok } = await action.act(rest);
      if (isChange && isLate) audit();
      return [...lines.map((each) => `* ${each}`), `ok ${ok}`].join('\n');
    } catch (error) {
      if (error instanceof Refused || error instanceof RangeError) return `error ${escape(error.message)}`;
      throw error;
    }
  }

  #table(): Record<string, Action> {
    const server = this.#server;
    return {
      list: {
        usage: 'list [ROOM]',
        does: 'who is here: number, room/seat, name, address, lines that wait',
        asks: 'always',
        act: (room) => this.#list(room),
      },
      kick: {
        usage: 'kick CLIENT [REASON]',
        does: 'end a client, by its number or as ROOM/SEAT',
        act: (rest) => this.#kick(rest),
      },
      ban: {
        usage: 'ban ADDRESS[/BITS] [DURATION]',
        does: 'let nobody in from there, for 90s, 10m, 2h or 7d, and end who is in',
        act: (rest) => this.#ban(rest),
      },
      unban: {
        usage: 'unban ADDRESS[/BITS]',
        does: 'take a ban back',
        act: (block) => {
          if (!server.unban(block)) throw new Refused(`Cannot unban ${block}: it is not banned. Try bans`);
          return { ok: `${block} may come in again` };
        },
      },
      bans: {
        usage: 'bans',
        does: 'who is banned, and for how much longer',
        asks: 'always',
        act: () => {
          const bans = server.bans();
          return {
            lines: bans.map(
              ({ block, leftMs }) => `${block} ${leftMs === undefined ? 'for good' : durationText(leftMs)}`,
            ),
            ok: count(bans.length, 'ban'),
          };
        },
      },
      say: {
        usage: 'say [@ROOM] TEXT',
        does: 'tell everybody, or a room',
        act: (rest) => this.#say(rest),
      },
      quit: {
        usage: 'quit [REASON]',
        does: 'end the server as SIGTERM does, without --drain-ms',
        act: (reason) => {
          this.#checkOpen(reason);
          this.#owner.quit(reason || REASON);
          return { ok: 'closing' };
        },
      },
      drain: {
        usage: 'drain [REASON]',
        does: 'end the server as SIGTERM does: not ready for --drain-ms, then a quit',
        act: (reason) => {
          this.#checkOpen(reason);
          if (server.isDraining) throw new Refused('Cannot drain: it is draining already. Try quit');
          this.#owner.drain(reason || REASON);
          return {
            ok: server.isDraining ? `not ready, closing in ${server.settings.drainMs} ms` : 'closing',
          };
        },
      },
      reload: {
        usage: 'reload',
        does: 'reload the certificate and the token, as SIGHUP does',
        act: () => this.#reload(),
      },
      level: {
        usage: `level [${LEVELS.join('|')}]`,
        does: 'what is shown: nothing, what --log says, or every byte too',
        asks: 'alone',
        act: (level) => this.#level(level),
      },
      help: {
        usage: 'help',
        does: 'list the commands',
        asks: 'always',
        act: () => ({
          lines: Array.from(this.#actions.values(), ({ usage, does }) => `${usage}: ${does}`),
          ok: count(this.#actions.size, 'command'),
        }),
      },
    };
  }

  #list(room: string): Answer {
    const people = [...this.#server.people()].filter((person) => room === '' || person.room === room);
    const { shared } = this.#server;
    return {
      lines: people.map(({ client, room: in_, seat, name, address, waiting }) => {
        const node = shared && ` ${shared.nodeOf(client) ?? '?'}`;
        return `${client} ${in_}/${seat} ${name} ${address} ${waiting}${node ?? ''}`;
      }),
      ok: count(people.length, 'client'),
    };
  }

  #kick(rest: string): Answer {
    const [, who = '', reason = ''] = /^(\S*)\s*(.*)$/.exec(rest) ?? [];
    const client = this.#clientOf(who);
    if (client === undefined || !this.#server.kick(client, reason || 'kicked'))
      throw new Refused(
        `Cannot kick ${who}: there is no such client. Expected a number of list, or ROOM/SEAT`,
      );
    return { ok: `client ${client} kicked` };
  }

  #clientOf(who: string): number | undefined {
    if (/^\d{1,15}$/.test(who)) return Number(who);
    for (const { client, room, seat } of this.#server.people()) if (who === `${room}/${seat}`) return client;
    return undefined;
  }

  #ban(rest: string): Answer {
    const [block = '', duration, more] = rest.split(/\s+/);
    const ms = duration === undefined ? undefined : durationMs(duration);
    if (more !== undefined || (duration !== undefined && ms === undefined))
      throw new Refused(
        `Cannot ban ${block} for ${duration}: expected a duration such as 90s, 10m, 2h or 7d`,
      );
    const kicked = this.#server.ban(block, ms);
    return {
      ok: `${block} banned ${ms === undefined ? 'for good' : `for ${duration}`}, ${count(kicked, 'client')} kicked`,
    };
  }

  #say(rest: string): Answer {
    const [, room, text = ''] = /^(?:@(\S*)\s+)?(.*)$/.exec(rest) ?? [];
    if (text === '') throw new Refused('Cannot say nothing: expected say [@ROOM] TEXT');
    const rooms = [...this.#server.status()].filter((each) => room === undefined || each.room === room);
    if (room !== undefined && rooms.length === 0)
      throw new Refused(`Cannot say it to room ${room}: nobody is there`);
    this.#server.say(text, room);
    return {
      ok: `said to ${count(
        rooms.reduce((sum, { have }) => sum + have, 0),
        'client',
      )}`,
    };
  }

  async #reload(): Promise<Answer> {
    const lines: string[] = [];
    const reloaded = ({ what }: { readonly what: string }): void => void lines.push(`reloaded: ${what}`);
    const warned = ({ text }: { readonly text: string }): void => void lines.push(`warning: ${text}`);
    this.#server.on('reload', reloaded).on('warning', warned);
    try {
      await this.#owner.reload();
    } finally {
      this.#server.off('reload', reloaded).off('warning', warned);
    }
    return { lines: lines.map(escape), ok: 'reloaded' };
  }

  async #level(level: string): Promise<Answer> {
    if (level === '') return { ok: this.#owner.level() };
    if (!isLevel(level)) throw new Refused(`Cannot show ${level}: expected ${LEVELS.join(', ')}`);
    await this.#owner.setLevel(level);
    return { ok: level };
  }

  #checkOpen(reason: string): void {
    const { isClosing, settings } = this.#server;
    if (isClosing) throw new Refused('Cannot close: it is closing already');
    const wrong = whyNotClose({ reason }, settings.maxLineBytes);
    if (wrong !== undefined) throw new Refused(wrong);
  }
}

function isLevel(text: string): text is Level {
  return (LEVELS as readonly string[]).includes(text);
}
