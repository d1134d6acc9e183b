import type { WatchOp } from '@proto/watch';
import { openFile, saveRecording } from '../net/recording.ts';
import { earlier, source, tab, type Tab, trouble } from '../state.ts';
import { Header } from './header.tsx';
import { Headline } from './headline.tsx';
import { Lanes } from './lanes/lanes.tsx';
import { LinesTable } from './lanes/table.tsx';
import { Keys, Legend } from './legend.tsx';
import { Measures } from './measures/measures.tsx';
import { Ring } from './ring/ring.tsx';
import { TokenForm } from './token.tsx';
import { Transport } from './transport.tsx';
import { TurnControl } from './turn-control.tsx';
import { Wire } from './wire/wire.tsx';
import { Composer } from './you/composer.tsx';

const TABS: readonly (readonly [Tab, string])[] = [
  ['now', 'Now'],
  ['time', 'Time'],
  ['wire', 'Wire'],
  ['fair', 'Fair'],
  ['you', 'You'],
];

/** What the page needs from its source of facts. */
interface AppProps {
  /** Takes a token that the user typed. */
  readonly show: (token: string) => void;
  /** Asks the server for something. */
  readonly tell: (operation: WatchOp) => void;
  /** The live session so far, as a recording. */
  readonly recording: () => string;
}

/** The whole page. */
export function App({ show, tell, recording }: AppProps) {
  return (
    <>
      <Header recording={recording} />
      {trouble.value !== '' && (
        <p class="trouble" role="alert">
          {trouble.value}
          {earlier.value !== undefined && <SaveEarlier {...earlier.value} />}
          <button type="button" class="switch" onClick={() => (trouble.value = '')}>
            Close
          </button>
        </p>
      )}
      <TokenForm show={show} />
      <Keys />
      <main class={`tab-${tab.value}`}>
        <div class="now">
          <Headline />
          {source.value === 'none' ? <Welcome /> : <Ring />}
          <Measures />
        </div>
        <div class="then">
          <section class="time" aria-label="Turns over time">
            <Lanes />
            <Legend />
            <Transport />
            <TurnControl tell={tell} />
            <LinesTable />
          </section>
          <Wire />
          <Composer />
        </div>
      </main>
      <nav class="tabs" aria-label="Parts of the page">
        {TABS.map(([id, name]) => (
          <button
            key={id}
            type="button"
            aria-current={tab.value === id ? 'page' : undefined}
            onClick={() => (tab.value = id)}
          >
            {name}
          </button>
        ))}
      </nav>
    </>
  );
}

function SaveEarlier({ text, at }: { text: string; at: string }) {
  return (
    <button
      type="button"
      class="switch"
      onClick={() => {
        saveRecording(text, at);
        earlier.value = undefined;
      }}
    >
      Save the session before
    </button>
  );
}

/** Nothing to show yet: offers to open a recording. */
function Welcome() {
  return (
    <div class="welcome">
      <p>Drop a recording here, or open one.</p>
      <label class="primary">
        <input
          type="file"
          accept=".jsonl"
          class="sr"
          onChange={({ currentTarget }) => void openFile(currentTarget.files?.[0])}
        />
        Open a recording
      </label>
    </div>
  );
}
