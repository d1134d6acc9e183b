import { nameOf, stayOf } from '../../model/moment.ts';
import { planOf } from '../../model/writes.ts';
import { bridge, bridgeGone, joinAsClient } from '../../net/bridge.ts';
import { moment, news, session, source } from '../../state.ts';
import { clientName, Label, seatClass } from '../seat.tsx';
import { apartMs, clear, cut, cutting, hasCr, parts, text, type } from './draft.ts';
import { Tape } from './tape.tsx';

/** A client of this page: joins, and says how the bytes of each line are cut. */
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
              ? 'This session is recorded: you can try the cuts, and send nothing.'
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

/** Why a browser needs a bridge, and the way in; or why there is none. */
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
          ? 'A browser cannot open a TCP connection. The server opens one to itself for you, and this page holds its other end: each write, FIN and RST is a real one.'
          : 'This page may watch and not join: the server was started so.'}
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
  if (!canSend()) return;
  bridge.peek()?.write(parts.peek(), apartMs.peek());
  clear();
}

function canSend(): boolean {
  return bridge.value?.canWrite.value === true;
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

const WAYS = [
  ['one', 'in one'],
  ['two', 'cut in two'],
  ['drip', 'drip'],
] as const;

function Switches() {
  const client = bridge.value;
  return (
    <div class="switches">
      <div class="choice" role="group" aria-label="How it is cut">
        {WAYS.map(([how, name]) => (
          <button key={how} type="button" aria-pressed={cutting.value === how} onClick={() => cut(how)}>
            {name}
          </button>
        ))}
      </div>
      <label class="apart">
        apart
        <input
          type="range"
          min="0"
          max="1500"
          step="50"
          value={apartMs.value}
          onInput={({ currentTarget }) => (apartMs.value = Number(currentTarget.value))}
        />
        <span>{apartMs.value} ms</span>
      </label>
      <button
        type="button"
        class="switch"
        aria-pressed={hasCr.value}
        onClick={() => (hasCr.value = !hasCr.value)}
      >
        CR LF
      </button>
      <span class="ends">
        <button
          type="button"
          class="switch"
          title="Reads nothing more: TCP pushes back"
          aria-pressed={client?.isDeaf.value === true}
          disabled={client === undefined}
          onClick={() => client?.setDeaf(!client.isDeaf.peek())}
        >
          deaf
        </button>
        <button
          type="button"
          class="switch"
          title="Half-close: sends nothing more, and still reads"
          disabled={!canSend()}
          onClick={() => client?.end()}
        >
          FIN
        </button>
        <button
          type="button"
          class="switch bad"
          title="Reset: gone both ways"
          disabled={client === undefined}
          onClick={() => client?.reset()}
        >
          RST
        </button>
      </span>
    </div>
  );
}
