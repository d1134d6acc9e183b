import { signal } from '@preact/signals';
import { bridge } from '../../net/bridge.ts';
import { session } from '../../state.ts';
import { apartMs, cut, cutting, doingOf, hasCr, isCoalescing, spoil, spoilings, tooLong } from './draft.ts';

/** Whether the client of this page may still write. */
export function canSend(): boolean {
  return bridge.value?.canWrite.value === true;
}

/** The injected faults that are seldom wanted are shown. */
const hasMore = signal(false);

const WAYS = [
  ['one', 'in one'],
  ['two', 'cut in two'],
  ['drip', 'drip'],
] as const;

/** How the line is cut, what else becomes of it, and the ends of the connection. */
export function Switches() {
  const client = bridge.value;
  const isUnix = session.value.settings?.transport === 'unix';
  return (
    <div class="switches">
      <div class="choice" role="group" aria-label="How to cut it">
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
      <button
        type="button"
        class="switch"
        aria-expanded={hasMore.value}
        onClick={() => (hasMore.value = !hasMore.value)}
      >
        more
      </button>
      {hasMore.value && <More />}
      <span class="ends">
        <button
          type="button"
          class="switch"
          title="Stops reading: TCP pushes back"
          aria-pressed={client?.isDeaf.value === true}
          disabled={client === undefined}
          onClick={() => client?.setDeaf(!client.isDeaf.peek())}
        >
          deaf
        </button>
        <button
          type="button"
          class="switch"
          title="Half-close: sends no more, but still reads"
          disabled={!canSend()}
          onClick={() => client?.end()}
        >
          FIN
        </button>
        <button
          type="button"
          class="switch bad"
          title="Reset: ends both directions at once"
          disabled={client === undefined || isUnix}
          onClick={() => client?.reset()}
        >
          RST
        </button>
        {isUnix && <span class="aside">A Unix socket has no RST.</span>}
      </span>
    </div>
  );
}

/** Faults on purpose other than cuts. */
function More() {
  return (
    <>
      <button
        type="button"
        class="switch"
        title={doingOf('coalesce')}
        aria-pressed={isCoalescing.value}
        onClick={() => (isCoalescing.value = !isCoalescing.value)}
      >
        coalesce
      </button>
      {(['garbage', 'long'] as const).map((name) => (
        <button
          key={name}
          type="button"
          class="switch"
          title={doingOf(name)}
          aria-pressed={spoilings.value.has(name)}
          disabled={name === 'long' && tooLong.value === undefined}
          onClick={() => spoil(name)}
        >
          {name}
        </button>
      ))}
    </>
  );
}
