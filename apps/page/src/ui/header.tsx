import { addressOf } from '../model/moment.ts';
import { roomsThere } from '../model/room-menu.ts';
import { lessons } from '../net/lessons.ts';
import { isAlone, openFile, saveRecording } from '../net/recording.ts';
import {
  chosenRoom,
  here,
  isLegendOpen,
  isLessonListOpen,
  link,
  moment,
  news,
  room,
  session,
  source,
  theme,
} from '../state.ts';
import { Icon } from './icon.tsx';

/** A phone shows only the port. */
function Address({ text }: { text: string }) {
  const port = /:\d+$/.exec(text)?.[0] ?? '';
  return (
    <span class="address">
      <span class={port === '' ? '' : 'host'}>{text.slice(0, text.length - port.length)}</span>
      {port}
    </span>
  );
}

/** The server's address, its rules, and whether the session is live. */
export function Header({ recording }: { recording: () => string }) {
  void news.value;
  const facts = session.value;
  return (
    <header class="top">
      <span class="brand">
        <Mark />
        <b>proto</b>
      </span>
      {source.value !== 'none' && <Address text={addressOf(facts, moment.value) || '–'} />}
      <Rooms />
      <span class="rules">{rules()}</span>
      <span class="grow" />
      {(source.value !== 'none' || !isAlone) && <Badge />}
      {lessons.length > 0 && source.value !== 'none' && (
        <button
          type="button"
          class="icon"
          aria-label="Lessons"
          title="Lessons"
          aria-expanded={isLessonListOpen.value}
          onClick={() => (isLessonListOpen.value = !isLessonListOpen.value)}
        >
          <Icon name="lessons" />
        </button>
      )}
      {source.value === 'live' && (
        <button
          type="button"
          class="icon"
          aria-label="Save the session"
          title="Save the session"
          onClick={() => saveRecording(recording())}
        >
          <Icon name="save" />
        </button>
      )}
      <label class="icon" title="Open a recording">
        <input
          type="file"
          accept=".jsonl"
          class="sr"
          onChange={({ currentTarget }) => void openFile(currentTarget.files?.[0])}
        />
        <Icon name="open" />
        <span class="sr">Open a recording</span>
      </label>
      <button
        type="button"
        class="icon for-keys"
        aria-label="Keys"
        title="Keys (?)"
        aria-expanded={isLegendOpen.value}
        onClick={() => (isLegendOpen.value = !isLegendOpen.value)}
      >
        ?
      </button>
      <button
        type="button"
        class="icon"
        aria-label="Light or dark"
        title="Light or dark (t)"
        onClick={() => (theme.value = theme.value === 'dark' ? 'light' : 'dark')}
      >
        <svg viewBox="0 0 16 16" width="16" height="16" aria-hidden="true">
          <circle cx="8" cy="8" r="5.5" fill="none" stroke="currentColor" stroke-width="1.5" />
          <path d="M8 2.5a5.5 5.5 0 0 1 0 11z" fill="currentColor" />
        </svg>
      </button>
    </header>
  );
}

const DELIVERIES = {
  sender: 'answers to the sender',
  others: 'lines to the others',
  all: 'lines to all',
} as const;

function rules(): string {
  const { settings } = session.value;
  if (settings === undefined) return '';
  const { order, deliver, transform } = settings;
  return `${order} order, ${DELIVERIES[deliver]}, ${transform === 'none' ? 'unchanged' : transform}, ${here.value.length} here`;
}

/** Chooses the room, if there is more than one. */
function Rooms() {
  const rooms = roomsThere(session.value, moment.value);
  if (rooms.length < 2) return null;
  return (
    <select
      class="rooms"
      aria-label="Room"
      value={room.value}
      onChange={({ currentTarget }) => (chosenRoom.value = currentTarget.value)}
    >
      {rooms.map(({ room: name, have, want, waiting }) => (
        <option key={name} value={name}>
          {name}: {have === want ? have : `${have} of ${want}`} here, {waiting} waiting
        </option>
      ))}
    </select>
  );
}

const LINKS = { none: 'connecting', open: 'live', lost: 'connection lost', locked: 'token needed' } as const;

function Badge() {
  if (source.value === 'file')
    return (
      <span class="badge">
        recorded <span class="date">{session.value.at.slice(0, 16).replace('T', ' ')}</span>
      </span>
    );
  const isNever = source.value === 'none' && link.value === 'lost';
  return (
    <span class={`badge ${link.value}`} role="status">
      {isNever ? 'no server' : LINKS[link.value]}
    </span>
  );
}

function Mark() {
  return (
    <svg viewBox="0 0 20 20" width="20" height="20" aria-hidden="true">
      <circle cx="10" cy="10" r="7.2" fill="none" stroke="currentColor" stroke-width="1.4" opacity=".35" />
      <circle class="s1" cx="10" cy="2.8" r="2.8" />
      <circle class="s2" cx="16.2" cy="13.6" r="2.3" />
      <circle class="s3" cx="3.8" cy="13.6" r="2.3" />
    </svg>
  );
}
