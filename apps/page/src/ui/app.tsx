import type { WatchOp } from '@proto/watch';
import { isAlone, saveRecording } from '../net/recording.ts';
import { earlier, link, session, source, tab, type Tab, trouble } from '../state.ts';
import { Header } from './header.tsx';
import { Headline } from './headline.tsx';
import { Lanes } from './lanes/lanes.tsx';
import { LinesTable } from './lanes/table.tsx';
import { Keys, Legend } from './legend.tsx';
import { Lessons } from './lesson/list.tsx';
import { LessonPanel } from './lesson/panel.tsx';
import { Nodes } from './nodes.tsx';
import { Measures } from './measures/measures.tsx';
import { Ring } from './ring/ring.tsx';
import { Start } from './start.tsx';
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
  // The page follows no server, or the server is gone, or it wants a token first.
  const hasNothing = source.value === 'none' && (isAlone || link.value !== 'none');
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
      <Lessons />
      {hasNothing ? <Start /> : <Session tell={tell} />}
    </>
  );
}

/** A session: now on the left, time and bytes on the right. A phone shows one part at a time. */
function Session({ tell }: Pick<AppProps, 'tell'>) {
  const isLesson = session.value.lesson !== undefined;
  return (
    <>
      <main class={`tab-${tab.value}`}>
        <div class="now">
          <LessonPanel />
          <Headline />
          <Ring />
          <Measures />
        </div>
        <div class="then">
          <section class="time" aria-label="Turns over time">
            <Nodes />
            <Lanes />
            <Legend />
            <Transport />
            <TurnControl tell={tell} />
            <LinesTable />
          </section>
          <Wire />
          {!isLesson && <Composer />}
        </div>
      </main>
      <nav class="tabs" aria-label="Parts of the page">
        {TABS.filter(([id]) => !(isLesson && id === 'you')).map(([id, name]) => (
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
