import { lessonBy, lessonToTry, pageOf } from '../../net/lessons.ts';
import type { LessonFact } from '../../model/shapes.ts';
import { link, news, session, source } from '../../state.ts';
import { Icon } from '../icon.tsx';
import { Command, Watched } from './watched.tsx';

/** The lesson that is watched, or the one that is tried on a live server. */
export function LessonPanel() {
  void news.value;
  const { lesson, settings } = session.value;
  const isTried = source.value !== 'file';
  const number = lessonToTry || settings?.lesson;
  const shown = isTried ? lessonBy(number) : lesson;
  if (shown === undefined) return null;
  return (
    <section class="lesson" aria-labelledby="lesson">
      <Title lesson={shown} />
      {isTried ? <Tried lesson={shown} isHere={settings?.lesson === number} /> : <Watched lesson={shown} />}
    </section>
  );
}

function Title({ lesson: { number, title } }: { lesson: LessonFact }) {
  return (
    <header>
      <h2 id="lesson">
        <span>Lesson {number}</span> {title}
      </h2>
      <Neighbour number={number - 1} icon="eventBack" />
      <Neighbour number={number + 1} icon="eventOn" />
    </header>
  );
}

function Neighbour({ number, icon }: { number: number; icon: 'eventBack' | 'eventOn' }) {
  const found = lessonBy(number);
  if (found === undefined) return null;
  const label = `Lesson ${number}: ${found.title}`;
  return (
    <a class="icon" href={pageOf(number)} aria-label={label} title={label}>
      <Icon name={icon} />
    </a>
  );
}

/** What to do on this server. If it is not set up for the lesson, which one to start. */
function Tried({ lesson, isHere }: { lesson: LessonFact; isHere: boolean }) {
  const isKnown = link.value === 'open' || link.value === 'lost';
  const why = source.value === 'live' ? 'This server is not set up for this lesson' : 'No server answers';
  return (
    <>
      <p class="task">{lesson.try}</p>
      {isKnown && !isHere && (
        <p class="aside">
          {why}. Start one: <Command number={lesson.number} />
        </p>
      )}
      <footer>
        <a class="switch" href={pageOf(lesson.number)}>
          Back to the lesson
        </a>
      </footer>
    </>
  );
}
