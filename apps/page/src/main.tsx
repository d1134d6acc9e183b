import { effect } from '@preact/signals';
import { render } from 'preact';
import { Live } from './net/live.ts';
import { broughtAlong, isAlone, openFile, openRecording } from './net/recording.ts';
import { takeToken } from './net/socket.ts';
import { isPlaying, playOn, source, speed, theme } from './state.ts';
import { App } from './ui/app.tsx';
import { takeKeys } from './ui/keys.ts';

/** The longest step during playback, so a tab that was hidden does not jump. In milliseconds. */
const LONGEST_STEP_MS = 250;

theme.value = matchMedia('(prefers-color-scheme: dark)').matches ? 'dark' : 'light';
effect(() => {
  document.documentElement.dataset['theme'] = theme.value;
});

takeToken();
const brought = broughtAlong();
if (brought !== undefined) openRecording(brought);
// For a page that shows this one in a frame: time runs at once, unless the user wants nothing to move.
if (location.hash === '#play' && !matchMedia('(prefers-reduced-motion: reduce)').matches)
  isPlaying.value = true;
const live = isAlone ? undefined : new Live();

let last = performance.now();
requestAnimationFrame(function frame(now) {
  const passed = Math.min(LONGEST_STEP_MS, now - last);
  last = now;
  live?.tick(now);
  if (isPlaying.peek()) playOn(passed * speed.peek(), now);
  requestAnimationFrame(frame);
});

addEventListener('dragover', (event) => event.preventDefault());
addEventListener('drop', (event) => {
  event.preventDefault();
  void openFile(event.dataTransfer?.files[0]);
});
takeKeys();
render(
  <App
    show={(token) => live?.show(token)}
    tell={(operation) => live?.tell(operation)}
    recording={() => live?.recording ?? ''}
  />,
  document.querySelector('#app') ?? document.body,
);
document.documentElement.dataset['ready'] = source.value;
