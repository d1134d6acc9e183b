import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { crowdSession } from '../test/dist/crowd.ts';
import { nodesSession } from '../test/dist/nodes.ts';
import { LESSON } from './sessions.ts';
import { DESKTOP, PHONE, type Shot } from './studio.ts';

/** Where the pictures are that a test compares the page with. */
const FOLDER: string = fileURLToPath(new URL('../test/dist/references/', import.meta.url));

/** Which Chromium took the pictures. Another version may draw the edges of letters differently. */
export const VERSION_FILE: string = `${FOLDER}chromium.txt`;

const SHOTS: Readonly<Record<string, Omit<Shot, 'theme'>>> = {
  connecting: { session: LESSON, t: 1_700, ...DESKTOP },
  waiting: { session: LESSON, t: 4_600, ...DESKTOP },
  cut: { session: LESSON, t: 5_500, seat: 1, ...DESKTOP },
  fault: { session: LESSON, t: 8_600, ...DESKTOP },
  blocked: { session: LESSON, t: 12_700, ...DESKTOP },
  reset: { session: LESSON, t: 14_800, seat: 4, ...DESKTOP },
  closed: { session: LESSON, t: 19_500, ...DESKTOP },
  crowd: { session: crowdSession(400), t: 9_000, ...DESKTOP },
  nodes: { session: nodesSession(), t: 8_000, ...DESKTOP },
  'node gone': { session: nodesSession(), t: 11_000, ...DESKTOP },
  'phone nodes': { session: nodesSession(), t: 15_000, tab: 'Now', ...PHONE },
  'phone now': { session: LESSON, t: 14_800, tab: 'Now', ...PHONE },
  'phone time': { session: LESSON, t: 18_300, tab: 'Time', ...PHONE },
  'phone wire': { session: LESSON, t: 5_500, seat: 1, tab: 'Wire', ...PHONE },
  'phone fair': { session: LESSON, t: 18_300, tab: 'Fair', ...PHONE },
};

/** A moment that a test compares. */
export interface Moment {
  readonly name: string;
  readonly shot: Shot;
  /** Its picture as it should be. */
  readonly file: string;
}

/** Ten moments on a desktop and five on a phone, each in both themes. */
export const MOMENTS: readonly Moment[] = Object.entries(SHOTS).flatMap(([name, shot]) =>
  (['light', 'dark'] as const).map((theme) => ({
    name: `${name}, ${theme}`,
    shot: { ...shot, theme },
    file: `${FOLDER}${name.replace(' ', '-')}-${theme}.png`,
  })),
);

/** The version of Chromium that took the pictures. */
export function versionThen(): string {
  return readFileSync(VERSION_FILE, 'utf8').trim();
}
