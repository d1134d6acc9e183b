import { nameOf, stayOf } from '../../model/moment.ts';
import { planOf } from '../../model/writes.ts';
import { bridge, bridgeGone, joinAsClient } from '../../net/bridge.ts';
import { moment, news, session, source } from '../../state.ts';
import { clientName, Label, seatClass } from '../seat.tsx';
import { apartMs, clear, hold, parts, text, type } from './draft.ts';
import { canSend, Switches } from './switches.tsx';
import { Tape } from './tape.tsx';

/** A client of this page: joins, and chooses how the bytes of each line are cut. */
export function Composer() {
  void news.value;
  if (bridge.value === undefined && source.value !== 'file') return <Invitation />;
  const client = session.value.clients.get(bridge.value?.client.value ?? 0);
  const seat = client && (stayOf(client, moment.value)?.seat ?? 0);
  return (
    <section class={`you ${seatClass(seat ?? 5)}`} aria-labelledby="you">
      <header>
        <h2 id="you">You</h2>
        {client === undefined || seat === undefined ? (
          <span class="aside">
            {bridge.value === undefined
              ? 'This is a recording: you can try the cuts, but you cannot send.'
              : bridge.value.isAsked.value
                ? 'This server asks for a token. Send /auth and the token.'
                : 'connecting'}
          </span>
        ) : (
          <Label seat={seat} name={clientName(seat, nameOf(client, moment.value))} />
        )}
        <span class="grow" />
        <span class="plan">{planOf(parts.value, apartMs.value)}</span>
      </header>
      <Line />
      <Tape />
      <Switches />
    </section>
  );
}

/** Why a browser needs a bridge, and the button to join; or why joining is not possible. */
function Invitation() {
  const { rights } = session.value;
  const may = rights.includes('join');
  const gone = bridgeGone.value;
  return (
    <section class="you invitation" aria-labelledby="you">
      <h2 id="you">You</h2>
      <p>
        {gone !== '' && <b>{`Your connection is gone: ${gone}. `}</b>}
        {may
          ? 'A browser cannot open a TCP connection. The server opens one to itself for you, and this page controls it: each write, FIN and RST is real.'
          : 'This page can only watch: the server was started with --page watch.'}
      </p>
      {may && (
        <button type="button" class="primary" onClick={joinAsClient}>
          Join as a client
        </button>
      )}
    </section>
  );
}

function send(): void {
  if (!canSend() || hold()) return;
  bridge.peek()?.write(parts.peek(), apartMs.peek());
  clear();
}

/** Who has just joined goes on in the new line: the button that had the focus is gone. */
function focusIfJoined(line: HTMLInputElement | null): void {
  if (bridge.peek() !== undefined) line?.focus();
}

function Line() {
  return (
    <form
      class="say"
      onSubmit={(event) => {
        event.preventDefault();
        send();
      }}
    >
      <input
        ref={focusIfJoined}
        id="say"
        value={text.value}
        placeholder="a line"
        aria-label="A line to send"
        spellcheck={false}
        autocomplete="off"
        maxLength={200}
        onInput={({ currentTarget }) => type(currentTarget.value)}
      />
      <button type="submit" class="primary" disabled={!canSend()}>
        Send
      </button>
    </form>
  );
}
