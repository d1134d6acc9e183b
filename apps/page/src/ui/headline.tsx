import { computed } from '@preact/signals';
import { useEffect, useRef, useState } from 'preact/hooks';
import { isAtCaption } from '../model/captions.ts';
import { boundsOf } from '../model/moment.ts';
import type { Why } from '../model/scene.ts';
import { why } from '../model/why.ts';
import { gist, seconds } from '../model/words.ts';
import { moment, news, own, room, session } from '../state.ts';
import { Chip, clientName } from './seat.tsx';

/** The sentence about the moment shown. */
const said = computed(() => {
  void news.value;
  return why(session.value, room.value, moment.value);
});

/** Whose turn it is, and why nothing happens, in words. */
export function Headline() {
  const now = said.value;
  const { tone, turn, since, head, more, deadline } = now;
  const t = moment.value;
  const bounds = boundsOf(session.value, t);
  const label = turn !== undefined ? `Turn ${turn}` : tone === 'end' ? 'Quit' : 'Now';
  return (
    <section class={`headline ${tone}`} aria-labelledby="why">
      <p class="eyebrow">
        <span class="lamp" />
        {label}
        {since !== undefined && <span class="since">for {seconds(t - since)}</span>}
      </p>
      <h1 id="why">
        {head.map((part) => (typeof part === 'string' ? part : <Chip key={part.c} {...part} />))}
      </h1>
      <p class="more">{more}</p>
      {bounds !== '' && <p class="aside bounds">{bounds}</p>}
      {deadline !== undefined && <Deadline {...deadline} t={t} />}
      <Spoken text={isAtCaption(session.value.captions, t) ? '' : plain(now)} isBad={tone === 'bad'} />
    </section>
  );
}

/** The headline for somebody who listens: no colour tells the turn or which client is that of the page. */
function plain({ turn, head, more }: Why): string {
  const parts = head.map((part) =>
    typeof part === 'string'
      ? part
      : clientName(part.seat, part.name) + (part.c === own.value ? ' (you)' : ''),
  );
  return `${turn === undefined ? '' : `Turn ${turn}. `}${parts.join('')} ${more}`;
}

function Deadline({ from, to, t }: { from: number; to: number; t: number }) {
  const left = Math.max(0, to - t);
  return (
    <p class="deadline">
      <span class="bar" aria-hidden="true">
        <i style={{ transform: `scaleX(${Math.min(1, left / (to - from))})` }} />
      </span>
      loses the turn in {seconds(left)}
    </p>
  );
}

/** A listener cannot follow words that change faster than this. In milliseconds. */
const SPOKEN_MS = 3_000;
/** How often the words are looked at. In milliseconds. */
const LISTEN_MS = 250;

/**
 * Says the headline to a screen reader: soon, but at most once in three seconds, and only if it says something new. What
 * is bad is said even if it is over by then. At a caption, the caption is said instead.
 */
function Spoken({ text, isBad }: { text: string; isBad: boolean }) {
  const [spoken, speak] = useState(text);
  const state = useRef({ text, bad: '', spoken, at: -SPOKEN_MS }).current;
  state.text = text;
  if (isBad) state.bad = text;
  useEffect(() => {
    const timer = setInterval(() => {
      const now = performance.now();
      if (now - state.at < SPOKEN_MS) return;
      const next = state.bad || state.text;
      state.bad = '';
      if (gist(next) === gist(state.spoken)) return;
      state.at = now;
      speak((state.spoken = next));
    }, LISTEN_MS);
    return () => clearInterval(timer);
  }, []);
  return (
    <p class="sr" aria-live="polite">
      {spoken}
    </p>
  );
}
