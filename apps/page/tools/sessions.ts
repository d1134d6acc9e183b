import { readFileSync } from 'node:fs';

/** The recorded session of the tests. */
export const LESSON: string = readFileSync(new URL('../test/sessions/lesson.jsonl', import.meta.url), 'utf8');
