import type { Facts } from './facts.ts';
import { isCrowd, isOpen, present, waitingCount } from './moment.ts';
import { emptyRoom } from './rooms.ts';
import { RULES } from './rules.ts';
import type { Why } from './scene.ts';

/**
 * Says whose turn it is in a room and why nothing happens, at any moment.
 *
 * Errors: none; if nothing is known, it says so.
 */
export function why(facts: Facts, name: string, t: number): Why {
  const { settings } = facts;
  if (settings === undefined)
    return { tone: 'rest', head: ['No data yet.'], more: 'The server has sent nothing.' };
  if (!isOpen(facts, t))
    return { tone: 'rest', head: ['Not listening yet.'], more: 'The server has not opened its port.' };
  const room = facts.rooms.get(name) ?? emptyRoom(name);
  const here = present(facts, name, t);
  const crowd = isCrowd(here);
  const behind = here
    .map((one) => ({ ...one, lines: waitingCount(one.client, t, crowd) }))
    .filter(({ lines }) => lines > 0);
  const lines = behind.reduce((sum, one) => sum + one.lines, 0);
  const scene = { facts, room, t, here, behind, lines };
  for (const rule of RULES) {
    const said = rule(scene);
    if (said !== undefined) return said;
  }
  const strict = settings.order === 'strict';
  return {
    tone: 'rest',
    head: ['No line waits.'],
    more: strict ? 'The turn moves on as lines arrive.' : 'A line is served as soon as it arrives.',
  };
}
