import type { LessonFact } from '../model/shapes.ts';

/** The lessons that lie beside this page, in order. None where the page stands alone. */
export const lessons: readonly LessonFact[] = JSON.parse(
  document.querySelector('#lessons')?.textContent ?? '[]',
) as LessonFact[];

/** The lesson with this number, if it lies beside this page. */
export function lessonBy(number: number | undefined): LessonFact | undefined {
  return lessons.find((lesson) => lesson.number === number);
}

/** The lesson that the address of the page asks to try: `#lesson=3`. */
export const lessonToTry: number = Number(new URLSearchParams(location.hash.slice(1)).get('lesson'));

/** Whether the page came from a disk: there is no server. */
export const isFromDisk: boolean = location.protocol === 'file:';

/** The page of a lesson, beside this one. */
export function pageOf(number: number): string {
  return `./lesson-${number}.html`;
}
