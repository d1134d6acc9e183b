import { signal } from '@preact/signals';
import { type BridgeOp, parseBridgeSaid } from '@proto/watch';
import { own, picked } from '../state.ts';
import { knownToken, openSocket, TRIES } from './socket.ts';

/** The client of this page, as far as its connection has got. */
export const bridge = signal<Bridge | undefined>(undefined);
/** Why the last client is gone. */
export const bridgeGone = signal('');

/** The name of this page: the server limits the clients of one page. */
const PAGE = Math.random().toString(36).slice(2);

/** A TCP connection that the server opens to itself for this page. The page controls it. */
class Bridge {
  readonly #socket = openSocket(`bridge?page=${PAGE}`);
  readonly client = signal<number | undefined>(undefined);
  readonly canWrite = signal(false);
  /** The server requires a token before it gives a seat. */
  readonly isAsked = signal(false);
  /** It has stopped reading. */
  readonly isDeaf = signal(false);

  constructor() {
    this.#socket.addEventListener('message', ({ data }) => this.#hear(String(data)));
    this.#socket.addEventListener('close', ({ reason }) => {
      if (bridge.peek() !== this) return;
      bridge.value = own.value = undefined;
      bridgeGone.value ||= reason || 'the server is gone';
    });
  }

  /** Writes these parts in order. */
  write(parts: readonly string[], apartMs: number): void {
    this.#tell({ op: 'write', parts, apartMs });
  }

  /** FIN: sends nothing more; the answers still come. */
  end(): void {
    this.canWrite.value = false;
    this.#tell({ op: 'end' });
  }

  /** RST. */
  reset(): void {
    this.#tell({ op: 'reset' });
  }

  /** Stops reading, or resumes. */
  setDeaf(isDeaf: boolean): void {
    this.isDeaf.value = isDeaf;
    this.#tell({ op: isDeaf ? 'pause' : 'resume' });
  }

  #hear(text: string): void {
    const parsed = parseBridgeSaid(text);
    if (parsed.is !== 'known') return;
    const said = parsed.value;
    if (said.op === 'locked') this.#locked(said.tries);
    if (said.op === 'gone') bridgeGone.value = said.why;
    if (said.op === 'asked') this.isAsked.value = this.canWrite.value = true;
    if (said.op !== 'seat') return;
    this.client.value = own.value = picked.value = said.c;
    this.canWrite.value = true;
  }

  #locked(tries: number): void {
    const token = knownToken();
    if (token !== undefined && tries === TRIES) return this.#tell({ op: 'token', token });
    bridgeGone.value = token === undefined ? 'the page has no token' : 'the token of the page is wrong';
    this.#socket.close();
  }

  #tell(operation: BridgeOp): void {
    if (this.#socket.readyState === WebSocket.OPEN) this.#socket.send(JSON.stringify(operation));
  }
}

/** Becomes a client. */
export function joinAsClient(): void {
  bridgeGone.value = '';
  bridge.value = new Bridge();
}
