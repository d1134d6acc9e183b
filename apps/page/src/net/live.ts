import { effect } from '@preact/signals';
import { MessageReader, MOST_FOLLOWED, type WatchOp } from '@proto/watch';
import { Facts } from '../model/facts.ts';
import { isElsewhere } from '../model/nodes.ts';
import * as state from '../state.ts';
import { Heard } from './heard.ts';
import { dropToken, keepToken, knownToken, openSocket, TRIES } from './socket.ts';

/** The delay before the next attempt. In milliseconds. */
const AGAIN_MS = 1_500;
const AGAIN = 'The page tries again.';
const LOST = `The connection to the server is lost. What was seen is kept. ${AGAIN}`;
/** The close code of a server that is closing. */
const CLOSED_IN_ORDER = 1001;
/** How long time runs without a message before it stops. In milliseconds. */
const AHEAD_MS = 400;
/** How often words may change, with few clients and with many. In milliseconds. */
const NEWS_MS = 100;
const NEWS_CROWD_MS = 250;

/** Follows the server that this page came from, and reconnects. */
export class Live {
  #socket: WebSocket | undefined;
  /** The time of the last message, and when it arrived. */
  #told = { t: 0, at: 0 };
  #isFresh = false;
  #saidAt = 0;
  #followed = '';
  #heard = new Heard();
  /** The live session: it goes on while a recording is shown. */
  #facts = new Facts();

  constructor() {
    this.#open();
    effect(() => this.#follow());
  }

  /** Sends a token that the user has typed. */
  show(token: string): void {
    keepToken(token);
    this.tell({ op: 'token', token });
  }

  /** The session so far, as a recording. */
  get recording(): string {
    return this.#heard.text;
  }

  /** Follows the time of the server. Called for every frame; `now`: the clock of the browser, in milliseconds. */
  tick(now: number): void {
    const isCrowd = state.here.peek().length > 24;
    if (this.#isFresh && now - this.#saidAt >= (isCrowd ? NEWS_CROWD_MS : NEWS_MS)) {
      this.#isFresh = false;
      this.#saidAt = now;
      state.news.value++;
    }
    if (state.source.peek() !== 'live' || !state.isFollowing.peek()) return;
    const { t, at } = this.#told;
    const ahead = state.link.peek() === 'open' ? Math.min(AHEAD_MS, now - at) : 0;
    // Time does not go back. The words follow the playhead, even if it stops because the server is gone.
    const to = Math.max(state.playhead.peek(), t + ahead);
    if (to !== state.playhead.peek() || to !== state.moment.peek()) state.moveTo(to, now);
  }

  #open(): void {
    const socket = openSocket('watch');
    const reader = new MessageReader();
    this.#socket = socket;
    this.#followed = '';
    socket.addEventListener('message', ({ data }) => this.#hear(reader, String(data)));
    socket.addEventListener('close', ({ code, reason }) => {
      const { link, trouble } = state;
      if (link.peek() !== 'locked' && link.peek() !== 'lost') {
        link.value = 'lost';
        if (code !== CLOSED_IN_ORDER) trouble.value = reason === '' ? LOST : `${reason}. ${AGAIN}`;
      }
      this.#isFresh = true;
      setTimeout(() => this.#open(), AGAIN_MS);
    });
  }

  #hear(reader: MessageReader, text: string): void {
    const { messages, damages } = reader.push(text);
    for (const message of messages) {
      if (message.k === 'locked') this.#locked(message.tries);
      // After a resync the session continues; any other `hello` starts a new one.
      if (message.k === 'hello' && message.why !== 'resync') this.#begin();
      if (message.k === 'hello') state.link.value = 'open';
      this.#facts.take(message);
    }
    const { last } = this.#facts;
    this.#heard.keep(text, last);
    state.trouble.value = damages.at(-1)?.text ?? state.trouble.peek();
    this.#told = { t: last, at: performance.now() };
    this.#isFresh = true;
  }

  /** A session begins. What was seen of the one before can still be saved. */
  #begin(): void {
    const { at, clients } = this.#facts;
    if (clients.size > 0) state.earlier.value = { text: this.#heard.text, at };
    state.trouble.value = clients.size > 0 ? 'The server is back. A new session begins here.' : '';
    this.#facts = new Facts();
    this.#heard = new Heard();
    if (state.source.peek() !== 'file') state.begin(this.#facts, 'live');
  }

  #locked(tries: number): void {
    const token = knownToken();
    // Asked again: the known token was wrong.
    if (token !== undefined && tries === TRIES) return this.tell({ op: 'token', token });
    dropToken();
    state.link.value = 'locked';
  }

  /** Asks the server for something. */
  tell(operation: WatchOp): void {
    if (this.#socket?.readyState === WebSocket.OPEN) this.#socket.send(JSON.stringify(operation));
  }

  /** Asks for every byte of these clients: the page's own, the picked one, and those that have a lane. */
  #follow(): void {
    const lanes = state.lanes.value
      .filter(({ client }) => !isElsewhere(client))
      .map(({ client }) => client.c);
    const wanted = [state.own.value, state.picked.value, ...lanes].filter((c) => c !== undefined);
    const clients = [...new Set(wanted)].slice(0, MOST_FOLLOWED);
    const key = clients.toSorted((a, b) => a - b).join();
    if (key === this.#followed || state.link.value !== 'open') return;
    this.#followed = key;
    this.tell({ op: 'follow', clients });
  }
}
