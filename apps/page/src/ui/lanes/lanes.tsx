import { effect } from '@preact/signals';
import { useEffect, useRef } from 'preact/hooks';
import { doneAt, isCrowd } from '../../model/moment.ts';
import type { CaptionFact } from '../../model/shapes.ts';
import { seconds } from '../../model/words.ts';
import {
  here,
  jumpTo,
  lanes,
  moment,
  news,
  pointed,
  playhead,
  room,
  session,
  tab,
  theme,
  timeWindow,
} from '../../state.ts';
import { isNarrow } from '../screen.ts';
import { captionAt } from './captions.ts';
import { LaneHead } from './heads.tsx';
import { paint } from './paint.ts';
import { AXIS_HEIGHT, HEAT_HEIGHT, laneHeight, LOOP_HEIGHT, scaleOf } from './scale.ts';

/** With more clients than this, not all have a lane. */
const MOST_LANES = 8;

/** The lines of each client over time, and the path of the turn between them. */
export function Lanes() {
  void news.value;
  const rows = lanes.value;
  const t = moment.value;
  const n = here.value.length;
  const height = laneHeight(rows.length, isNarrow.value && tab.value !== 'time');
  const heat = n > MOST_LANES ? HEAT_HEIGHT : 0;
  const total = AXIS_HEIGHT + Math.max(1, rows.length) * height + heat + LOOP_HEIGHT;
  return (
    <div class="lanes" style={{ height: `${total}px` }}>
      <ol class="heads" style={{ paddingTop: `${AXIS_HEIGHT}px` }}>
        {rows.map((seated) => (
          <LaneHead key={seated.client.c} seated={seated} height={height} isNarrow={isNarrow.value} />
        ))}
        {rows.length === 0 && <li style={{ height: `${height}px` }} />}
        {heat > 0 && (
          <li class="heat-head" style={{ height: `${heat}px` }}>
            <b>everybody</b>
            <small>{n.toLocaleString('en')} by seat; more colour: more lines wait</small>
          </li>
        )}
        <li class="loop-head">event loop</li>
      </ol>
      <Canvas height={height} heat={heat} t={t} />
    </div>
  );
}

function Canvas({ height, heat, t }: { height: number; heat: number; t: number }) {
  const canvas = useRef<HTMLCanvasElement>(null);
  useEffect(() => drawing(canvas.current!, height, heat), [height, heat]);
  return (
    <canvas
      ref={canvas}
      tabIndex={0}
      role="slider"
      aria-label="Time; the arrow keys step"
      aria-valuemin={0}
      aria-valuemax={Math.round(session.value.last)}
      aria-valuenow={Math.round(t)}
      aria-valuetext={seconds(t)}
      onPointerDown={(event) => {
        event.currentTarget.setPointerCapture(event.pointerId);
        jumpTo(captionUnder(event)?.t ?? momentAt(event));
      }}
      onPointerMove={(event) => {
        if ((event.buttons & 1) === 1) jumpTo(momentAt(event));
        else point(event, height);
      }}
      onPointerLeave={() => (pointed.value = undefined)}
    />
  );
}

/** Draws when something has changed, at most once per frame, until stopped. */
function drawing(canvas: HTMLCanvasElement, height: number, heat: number): () => void {
  const size = { width: 0, height: 0 };
  let frame = 0;
  let isSkipped = false;
  const draw = (): void => {
    frame = 0;
    if (size.width === 0) return;
    // A crowd is drawn in every second frame.
    isSkipped = isCrowd(here.peek()) && !isSkipped;
    if (isSkipped) return ask();
    const { from, to } = timeWindow.peek();
    paint(canvas, size, {
      facts: session.peek(),
      room: room.peek(),
      here: here.peek(),
      lanes: lanes.peek(),
      height,
      heat,
      from,
      to,
      now: playhead.peek(),
      pointed: pointed.peek(),
      theme: theme.peek(),
    });
  };
  function ask(): void {
    if (frame === 0) frame = requestAnimationFrame(draw);
  }
  // Measured once, then on changes: measuring in each frame would force a layout in each frame.
  const watch = new ResizeObserver(([entry]) => {
    if (entry === undefined) return;
    Object.assign(size, { width: entry.contentRect.width, height: entry.contentRect.height });
    ask();
  });
  watch.observe(canvas);
  void document.fonts.ready.then(ask);
  const stop = effect(() => {
    void [
      session.value,
      news.value,
      lanes.value,
      timeWindow.value,
      playhead.value,
      pointed.value,
      theme.value,
    ];
    ask();
  });
  return () => {
    stop();
    watch.disconnect();
    cancelAnimationFrame(frame);
  };
}

type CanvasEvent = PointerEvent & { readonly currentTarget: HTMLCanvasElement };

function momentAt({ clientX, currentTarget }: CanvasEvent): number {
  const { left, width } = currentTarget.getBoundingClientRect();
  const { from, to } = timeWindow.peek();
  return from + ((clientX - left) / width) * (to - from);
}

function captionUnder({ offsetX, offsetY, currentTarget }: CanvasEvent): CaptionFact | undefined {
  const { from, to } = timeWindow.peek();
  const { x } = scaleOf(from, to, 0, currentTarget.clientWidth);
  return captionAt(session.peek().captions, [offsetX, offsetY], x);
}

/** Highlights the line under the pointer. */
function point(event: CanvasEvent, height: number): void {
  const { top, width } = event.currentTarget.getBoundingClientRect();
  const row = lanes.peek()[Math.floor((event.clientY - top - AXIS_HEIGHT) / height)];
  const t = momentAt(event);
  const { from, to } = timeWindow.peek();
  const slack = ((to - from) / width) * 6;
  const now = playhead.peek();
  pointed.value = row?.client.lines.find(
    (line) => line.born - slack <= t && Math.min(doneAt(line), now) + slack >= t,
  )?.id;
}
