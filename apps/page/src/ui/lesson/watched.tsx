import { useState } from 'preact/hooks';
import { captionNumber } from '../../model/captions.ts';
import type { LessonFact } from '../../model/shapes.ts';
import { isFromDisk, lessonBy, lessons, pageOf } from '../../net/lessons.ts';
import { caption, moment, nextCaption, previousCaption, session } from '../../state.ts';
import { isStill } from '../screen.ts';
import { seatClass } from '../seat.tsx';

/** What to look at in this moment, and the way through the lesson. */
export function Watched({ lesson }: { lesson: LessonFact }) {
  const { captions } = session.value;
  const number = captionNumber(captions, moment.value);
  const isLast = number === captions.length;
  const following = lessonBy(lesson.number + 1);
  return (
    <>
      <div class="caption">
        <b class="pin">{number}</b>
        <div>
          <p aria-live="polite">
            <Words text={caption.value?.text ?? 'Press next.'} />
          </p>
          {/* As high as the highest, so nothing below moves. */}
          {captions.map(({ t, text }) => (
            <p key={t} aria-hidden="true">
              {text}
            </p>
          ))}
        </div>
      </div>
      <footer>
        <button type="button" class="switch" title="p" disabled={number < 2} onClick={previousCaption}>
          back
        </button>
        <button
          type="button"
          class="primary"
          title="n"
          disabled={isLast && following === undefined}
          onClick={() => (isLast ? location.assign(pageOf(lesson.number + 1)) : nextCaption(isStill()))}
        >
          {isLast && following !== undefined ? 'next lesson' : 'next'}
        </button>
        <span class="aside">
          {number} of {captions.length}
        </span>
        <span class="grow" />
        <Try lesson={lesson} />
      </footer>
    </>
  );
}

/** Text in which the clients have their colours. */
function Words({ text }: { text: string }) {
  return (
    <>
      {text.split(/(client \d+)/i).map((part, i) =>
        i % 2 === 0 ? (
          part
        ) : (
          <b key={i} class={`named ${seatClass(Number(part.slice(7)))}`}>
            {part}
          </b>
        ),
      )}
    </>
  );
}

/** To the live server set up for the lesson or, where there is none, how to start it. */
function Try({ lesson }: { lesson: LessonFact }) {
  const [isOpen, open] = useState(false);
  if (!isFromDisk && lessons.length > 0)
    return (
      <a class="switch" href={`./#lesson=${lesson.number}`}>
        Try it yourself
      </a>
    );
  return (
    <>
      <button type="button" class="switch" aria-expanded={isOpen} onClick={() => open(!isOpen)}>
        Try it yourself
      </button>
      {isOpen && (
        <p class="task">
          {lesson.try} Start the server for it: <Command number={lesson.number} />
        </p>
      )}
    </>
  );
}

/** What starts the server for a lesson. */
export function Command({ number }: { number: number }) {
  return <code>npm run page -- --replay lesson:{number}</code>;
}
