import type { Plan } from '../plan/plan.ts';
import type { Broken } from '../promises/check.ts';
import type { Counted } from '../promises/coverage.ts';
import { Promises } from '../promises/promises.ts';
import { isAnswered, readSaid } from '../promises/reference.ts';
import { World } from '../world/world.ts';

/** What became of one world. */
export interface Told {
  readonly broken: readonly Broken[];
  /** Of all that happened. The same for the same plan. */
  readonly digest: string;
  readonly connections: number;
  /** Lines that clients got. */
  readonly lines: number;
  readonly counted: Counted;
  readonly world: World;
}

/**
 * Lets a plan happen, and holds the servers to their promises. `watch`: called when the first server exists; what it returns is
 * called before the servers are closed.
 */
export async function converse(plan: Plan, watch?: (world: World) => () => void): Promise<Told> {
  const { maxLineBytes = 1_024, maxErrors = 100 } = plan.options;
  const asks = (bytes: string): number =>
    readSaid(bytes, { maxLineBytes, maxErrors, hasEnded: false }).filter(isAnswered).length;
  let promises: Promises | undefined;
  const world = new World(plan, (made) => (promises = new Promises(made)), asks, watch);
  await world.run();
  return {
    broken: promises!.broken,
    digest: world.digest,
    connections: world.sockets.length,
    lines: world.players.reduce((sum, { lines }) => sum + lines.length, 0),
    counted: promises!.coverage.counted,
    world,
  };
}
