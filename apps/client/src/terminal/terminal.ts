import { createInterface, type Interface } from 'node:readline';
import type { ReadStream, WriteStream } from 'node:tty';
import { badByteAt, count, type Event, TOLD_CLIENTS } from '@proto/protocol';
import { ClientError } from '../dial/client-error.ts';
import type { Lab } from '../lab/lab.ts';
import type { Client, Incoming } from '../library/client.ts';
import type { Ending } from '../library/ending.ts';
import { excerpt } from '../library/excerpt.ts';
import { EXIT, exitCodeOf } from '../mode/exit-codes.ts';
import type { Reconnect } from '../mode/reconnect.ts';
import { complete } from './completion.ts';
import { type History, recall } from './history.ts';
import { Keyboard } from './keyboard.ts';
import { localHelp, localMeant, obey } from './local-commands.ts';
import { prompt } from './prompt.ts';
import { Screen } from './screen.ts';
import { after, NOWHERE, type Standing } from './standing.ts';
import { Suspension } from './suspension.ts';
import { closedBy, failure, here, notice, type Shown, wording } from './wording.ts';

/** How long a server has to end the connection of a terminal that is gone, ms. */
const LINGER_MS = 1000;

/** What to say instead of an error after a reset that the user asked for. */
const RESET = 'RST sent: both directions ended at once, and what was on its way is lost';

/** What the terminal program needs. */
export interface TerminalParts {
  /** The first connection. */
  readonly client: Client;
  readonly input: ReadStream;
  readonly output: WriteStream;
  readonly colour: boolean;
  readonly classic: boolean;
  /** Takes over if the connection ends and this side didn't ask for it. */
  readonly reconnect?: Reconnect | undefined;
  readonly lab: Lab;
  readonly history: History;
}

/**
 * The program on a terminal: a prompt that shows what is going on, lines out as they are typed, lines in above the one
 * being typed. `quit` quits; Ctrl-C clears the line being typed, or quits after saying whom that closes; Ctrl-D
 * half-closes and waits for outstanding answers. While it reconnects, the line being typed stays and you can keep typing,
 * but what you enter then isn't sent.
 */
export class Terminal {
  #client: Client;
  readonly #output: WriteStream;
  readonly #readline: Interface;
  readonly #keyboard: Keyboard;
  readonly #suspension: Suspension;
  readonly #screen: Screen;
  readonly #classic: boolean;
  readonly #reconnect: Reconnect | undefined;
  readonly #lab: Lab;
  readonly #history: History;
  #standing: Standing = NOWHERE;
  /** `asked`: whether a quit would close others too. */
  #leaving: 'no' | 'asked' | 'said' | 'forced' = 'no';
  /** Who was there already. They are shown together. */
  #newcomers: Extract<Event, { verb: 'HERE' }>[] = [];
  #hasToldFin = false;
  #inputOver = false;
  #trying = false;
  #running = true;

  constructor({ client, input, output, colour, classic, reconnect, lab, history }: TerminalParts) {
    this.#reconnect = reconnect;
    this.#client = client;
    this.#output = output;
    this.#classic = classic;
    this.#lab = lab;
    this.#history = history;
    this.#keyboard = new Keyboard({ input, output, show: (shown) => this.#showNow(shown) });
    this.#readline = createInterface({
      input: this.#keyboard,
      output,
      terminal: true,
      history: [...history.lines],
      historySize: 1000,
      removeHistoryDuplicates: true,
      completer: (line: string) => complete(line, this.#standing),
    });
    this.#readline.on('history', recall);
    this.#screen = new Screen({ readline: this.#readline, output, colour });
    this.#keyboard.use(this.#readline);
    this.#suspension = new Suspension({
      readline: this.#readline,
      input: this.#keyboard,
      screen: this.#screen,
    });
    this.#suspension.start();
    this.#readline.on('line', (line) => this.#typed(line));
    this.#readline.on('SIGINT', () => this.#ctrlC());
    this.#readline.on('close', () => this.#inputEnded());
    output.on('resize', this.#resized);
    if (reconnect !== undefined) reconnect.note = (line) => this.#show(failure(line));
  }

  /** Runs until the connection has ended for good, and returns the exit code. */
  async run(greeting: readonly string[]): Promise<number> {
    for (;;) {
      this.#greet(greeting);
      this.#screen.flush();
      this.#keyboard.begin();
      const ending = await this.#converse();
      // A user who asked to leave just as it ended isn't kept.
      const isOver = this.#isLeaving || this.#inputOver;
      if (isOver || !this.#reconnect?.wants(ending)) return this.#end(ending);
      const error = await this.#again(this.#reconnect, ending);
      if (error !== undefined) return this.#end({ ...ending, error });
    }
  }

  /** A signal: quits. The second time, after Ctrl-D, or while there is no connection, it ends at once. */
  interrupt(): void {
    if (this.#isLeaving || this.#inputOver || this.#trying) {
      this.#leaving = 'forced';
      this.#stopTrying();
      void this.#client.close();
      return;
    }
    this.#leaving = 'said';
    this.#show(notice('quitting; press Ctrl-C again to end at once'));
    this.#say('quit');
    if (this.#classic) this.#client.halfClose();
  }

  /** Whether a quit was sent, or the connection was given up. */
  get #isLeaving(): boolean {
    return this.#leaving === 'said' || this.#leaving === 'forced';
  }

  /**
   * The key: gives up the line being typed, if there is one. Otherwise it quits. If that would close others too, it only
   * says so, and quits the next time.
   */
  #ctrlC(): void {
    if (this.#readline.line !== '') return this.#screen.abandon();
    if (this.#leaving !== 'no' || this.#standing.seat === undefined || !this.#client.isOpen)
      return this.interrupt();
    this.#leaving = 'asked';
    this.#say('/room');
  }

  /** What the server says of a quit that was asked about. True: it needs no other words. */
  #learnt(event: Event): boolean {
    if (this.#leaving !== 'asked') return false;
    if (event.verb === 'ROOM') {
      if (event.quit === 'self') this.interrupt();
      else this.#show(notice(`a quit closes ${closedBy(event)}; Ctrl-C again quits`));
      return true;
    }
    // A server that doesn't know the question.
    if (event.verb !== 'ERR' || event.code !== 'UNKNOWN_COMMAND') return false;
    this.interrupt();
    return true;
  }

  #greet(greeting: readonly string[]): void {
    for (const line of [...greeting, ...this.#lab.told]) this.#show(notice(line));
    if (this.#history.problem !== undefined) this.#show(notice(this.#history.problem));
    this.#lab.show = (text, direction) => this.#show({ tone: direction ?? 'xray', text });
    this.#lab.changed = () => this.#redraw();
    this.#redraw();
  }

  /** Shows what comes, until the connection has ended. */
  async #converse(): Promise<Ending> {
    try {
      for await (const incoming of this.#client) await this.#came(incoming);
    } catch {
      // The ending says it too.
    }
    return this.#client.ended;
  }

  /** Connects again, while the user keeps typing. Returns the reason if it can't. */
  async #again(reconnect: Reconnect, ending: Ending): Promise<ClientError | undefined> {
    this.#standing = NOWHERE;
    this.#trying = true;
    this.#redraw();
    try {
      this.#client = await reconnect.again(ending);
      return undefined;
    } catch (error) {
      if (!(error instanceof ClientError)) throw error;
      return error;
    } finally {
      this.#trying = false;
    }
  }

  /**
   * The terminal is gone, or this process is to end: half-closes, so that the server gets the lines entered so far, and
   * closes if the server doesn't. The line being typed isn't sent.
   */
  hangUp(): void {
    this.#leaving = 'forced';
    this.#suspension.stop();
    this.#stopTrying();
    this.#client.halfClose();
    setTimeout(() => void this.#client.close(), LINGER_MS).unref();
  }

  #stopTrying(): void {
    if (this.#trying) this.#reconnect?.stop();
  }

  async #came(incoming: Incoming): Promise<void> {
    if (incoming.kind === 'event' && incoming.event.verb === 'HERE') return this.#isHere(incoming.event);
    this.#introduce();
    // A rename is shown with the old name, a departure with the name still known.
    const isAnswer = incoming.kind === 'event' && this.#learnt(incoming.event);
    const shown = isAnswer ? undefined : wording(incoming, this.#standing);
    if (incoming.kind === 'event') this.#standing = after(this.#standing, incoming.event);
    this.#redraw();
    if (shown !== undefined) await this.#screen.show(shown);
  }

  /** Somebody was there already. The server says so of one after the other. */
  #isHere(event: Extract<Event, { verb: 'HERE' }>): void {
    this.#standing = after(this.#standing, event);
    if (this.#newcomers.length === 0) setImmediate(() => this.#introduce());
    if (this.#newcomers.length < TOLD_CLIENTS) this.#newcomers.push(event);
  }

  #introduce(): void {
    const newcomers = this.#newcomers;
    if (newcomers.length === 0) return;
    this.#newcomers = [];
    this.#show(here(newcomers, this.#standing));
  }

  #typed(line: string): void {
    this.#screen.entered();
    if (this.#leaving === 'asked') this.#leaving = 'no';
    this.#history.add(line);
    const isHelp = /^\/help\s*$/i.test(line);
    const shown = obey(line, this.#lab) ?? (isHelp ? localHelp() : []);
    for (const each of [...shown, ...localMeant(line)]) this.#show(each);
    // A classic server takes every line as a sentence.
    if (shown.length === 0 || (isHelp && !this.#classic)) this.#say(line);
    this.#redraw();
    // Now: text typed ahead or pasted continues in this pass of the event loop, and would appear without a prompt.
    this.#screen.flush();
  }

  #say(line: string): void {
    try {
      this.#client.say(line).catch((error: Error) => {
        // If the connection has ended, `run` says how.
        if (this.#running) this.#show(failure(error.message));
      });
    } catch (error) {
      if (!(error instanceof RangeError)) throw error;
      const strange = badByteAt(line);
      this.#show(failure(strange === -1 ? error.message : onlyAscii(line, strange)));
    }
  }

  #inputEnded(): void {
    this.#inputOver = true;
    if (this.#isLeaving) return;
    this.#output.write('\n');
    this.#stopTrying();
    this.#client.halfClose();
    this.#redraw();
  }

  #show(shown: Shown): void {
    void this.#screen.show(shown);
  }

  /** Before what readline draws next. */
  #showNow(shown: Shown): void {
    this.#show(shown);
    this.#screen.flush();
  }

  readonly #resized = (): void => this.#redraw();

  #redraw(): void {
    const { columns } = this.#output;
    const { owed, isHalfClosed, held } = this.#client;
    if (isHalfClosed && !this.#hasToldFin) {
      this.#hasToldFin = true;
      const waits = owed === 0 ? '' : `; ${count(owed, 'line')} still to be answered`;
      this.#show(notice(`FIN sent (half-close): you send no more${waits}`));
    }
    const state = this.#trying ? 'reconnecting' : isHalfClosed ? 'half-closed' : 'open';
    this.#screen.prompt = prompt({
      standing: this.#standing,
      owed,
      held: held + this.#lab.held,
      state,
      columns,
    });
  }

  #end({ error }: Ending): number {
    this.#running = false;
    this.#introduce();
    if (this.#leaving === 'forced') return this.#leave(EXIT.forced, notice('closed by force'));
    if (error !== undefined && this.#lab.hasReset) return this.#leave(exitCodeOf(error), notice(RESET));
    if (error !== undefined) return this.#leave(exitCodeOf(error), failure(error.message));
    return this.#leave(EXIT.ok, notice('FIN received: the server sends no more'));
  }

  #leave(code: number, last: Shown): number {
    if (!this.#isLeaving) this.#leaving = 'said';
    this.#show(last);
    this.#output.off('resize', this.#resized);
    this.#screen.finish();
    this.#readline.close();
    return code;
  }
}

function onlyAscii(line: string, at: number): string {
  const point = line.codePointAt(at)!.toString(16).toUpperCase().padStart(4, '0');
  return `Cannot send ${excerpt(line)}: only ASCII can be sent, and character ${at + 1} is U+${point}`;
}
