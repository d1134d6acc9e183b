import { lessons } from '../net/lessons.ts';
import { openFile } from '../net/recording.ts';
import { LessonList } from './lesson/list.tsx';
import { LessonPanel } from './lesson/panel.tsx';

/** There is no session: offers the lessons, and to open a recording. */
export function Start() {
  return (
    <main class="start">
      <div>
        <LessonPanel />
        {lessons.length > 0 && (
          <>
            <h1>Lessons about sockets</h1>
            <p>
              Each is a recorded session with captions: what TCP did with the bytes, whose turn it was, and
              why nothing happened.
            </p>
            <LessonList />
          </>
        )}
        <p>
          <label class="switch">
            <input
              type="file"
              accept=".jsonl"
              class="sr"
              onChange={({ currentTarget }) => void openFile(currentTarget.files?.[0])}
            />
            Open a recording
          </label>{' '}
          or drop one here.
        </p>
      </div>
    </main>
  );
}
