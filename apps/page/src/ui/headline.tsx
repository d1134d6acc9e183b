import { computed } from '@preact/signals';
import { useEffect, useRef, useState } from 'preact/hooks';
import type { Why } from '../model/scene.ts';
import { why } from '../model/why.ts';
import { seconds } from '../model/words.ts';
import { moment, news, room, session } from '../state.ts';
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
      {deadline !== undefined && <Deadline {...deadline} t={t} />}
      <Spoken text={plain(now)} />
    </section>
  );
}

function plain({ head, more }: Why): string {
  const parts = head.map((part) => (typeof part === 'string' ? part : clientName(part.seat, part.name)));
  return `${parts.join('')} ${more}`;
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

/** Says the headline to a screen reader, at most once in three seconds. */
function Spoken({ text }: { text: string }) {
  const [spoken, speak] = useState(text);
  const last = useRef({ at: performance.now(), text });
  last.current.text = text;
  useEffect(() => {
    const timer = setInterval(() => speak(last.current.text), SPOKEN_MS);
    return () => clearInterval(timer);
  }, []);
  return (
    <p class="sr" aria-live="polite">
      {spoken}
    </p>
  );
}
