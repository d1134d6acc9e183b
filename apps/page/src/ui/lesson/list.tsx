import { lessons, pageOf } from '../../net/lessons.ts';
import { isLessonListOpen, session } from '../../state.ts';
import { Icon } from '../icon.tsx';

/** Every lesson, as links. */
export function LessonList() {
  const here = session.value.lesson?.number;
  return (
    <ol class="lesson-list" aria-label="Lessons">
      {lessons.map(({ number, title }) => (
        <li key={number}>
          <a href={pageOf(number)} aria-current={number === here ? 'page' : undefined}>
            <b>{number}</b>
            {title}
          </a>
        </li>
      ))}
    </ol>
  );
}

/** The same, opened from the header. */
export function Lessons() {
  if (!isLessonListOpen.value) return null;
  return (
    <aside class="keys" aria-label="Lessons">
      <header>
        <h2>Lessons about sockets</h2>
        <button
          type="button"
          class="icon"
          aria-label="Close"
          onClick={() => (isLessonListOpen.value = false)}
        >
          <Icon name="close" />
        </button>
      </header>
      <LessonList />
    </aside>
  );
}
