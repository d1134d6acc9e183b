import { setTimeout as wait } from 'node:timers/promises';
import { size } from '../../../faults/figure.ts';
import { LINES, NATS, row, type Run } from '../rows.ts';
import type { NatsEngine } from '../engine.ts';
import type { Scene } from '../scene.ts';

type Fault = (run: Run<NatsEngine>, scene: Scene) => Promise<void>;

/** A node dies, and another one of its name comes. */
const killed: Fault = async (run, scene) => {
  const name = run.pick([...scene.nodes.keys()]);
  const victims = scene.fault(name);
  scene.node(name).child.kill('SIGKILL');
  if (run.random() < 0.5) await scene.haveLeft(victims);
  await replaced(scene, name, victims.length);
};

/** A node stands still, for a while or until the others have gone on. */
const frozen: Fault = async (run, scene) => {
  const name = run.pick([...scene.nodes.keys()]);
  const { child } = scene.node(name);
  if (run.random() < 0.5) {
    scene.fault();
    child.kill('SIGSTOP');
    await wait(1_200 * run.random());
    child.kill('SIGCONT');
    return;
  }
  const victims = scene.fault(name);
  child.kill('SIGSTOP');
  await scene.haveLeft(victims);
  child.kill('SIGCONT');
  await child.exit;
  await replaced(scene, name, victims.length);
};

/** A node is cut off, in one direction or both, until the others have gone on. */
const cutOff: Fault = async (run, scene) => {
  const name = run.pick([...scene.nodes.keys()]);
  const { child, door } = scene.node(name);
  const victims = scene.fault(name);
  const ways = run.pick([['up'], ['down'], ['up', 'down']] as const);
  for (const relay of door.relays) relay.hold(...ways);
  await scene.haveLeft(victims);
  for (const relay of door.relays) relay.release();
  await child.exit;
  await replaced(scene, name, victims.length);
};

/** All connections of a node are reset, several times. */
const reset: Fault = async (run, scene) => {
  scene.fault();
  const { relays } = scene.node(run.pick([...scene.nodes.keys()])).door;
  for (let n = 0; n < 3; n++) {
    for (const relay of relays) relay.cut();
    await wait(300 * run.random());
  }
};

/** The NATS server that leads dies, and is started again. */
const leader: Fault = async (run, scene) => {
  scene.fault();
  const { nats } = run.engine;
  const dead = await run.engine.leaderOf(scene.cluster);
  await nats.kill(dead);
  if (run.random() < 0.5) await scene.rounds(5);
  await nats.start(dead);
};

async function replaced(scene: Scene, name: string, clients: number): Promise<void> {
  await scene.start(name);
  for (let n = 0; n < clients; n++) (await scene.enter(name)).talk();
}

row('schedules', NATS, async (run) => {
  const scene = await run.begin();
  await scene.rounds(LINES);
  for (let n = 0; n < size(2, 4); n++) {
    await run.pick([killed, frozen, cutOff, reset, leader])(run, scene);
    await scene.rounds(10);
  }
  return { verdict: await scene.verdict() };
});
