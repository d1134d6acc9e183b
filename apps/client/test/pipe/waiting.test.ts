import { expect, test } from 'vitest';
import type { Event } from '@proto/protocol';
import { Waiting } from '../../src/pipe/waiting.ts';

/** A pipe whose clock and lines are the test's. */
function scene() {
  let due: (() => void) | undefined;
  const said: string[] = [];
  const state = { owed: 0 };
  const waiting = new Waiting({
    owed: () => state.owed,
    say: (line) => said.push(line),
    later: (_, act) => {
      due = act;
      return () => (due = undefined);
    },
  });
  const out = waiting.watch({ sent: () => Promise.resolve(), came: () => Promise.resolve() });
  return {
    said,
    waiting,
    send: () => {
      state.owed++;
      void out.sent('a');
    },
    event: (event: Event) => void out.came({ kind: 'event', event }),
    answer: () => {
      state.owed--;
      void out.came({ kind: 'answer', answer: { kind: 'reply', text: 'A' } });
    },
    /** Lets that time pass once. */
    step: () => {
      const act = due;
      due = undefined;
      act?.();
    },
    /** Lets that time pass until nothing is due; returns how often it did. */
    pass: () => {
      let times = 0;
      for (; due !== undefined; times++) {
        const act = due;
        due = undefined;
        act();
      }
      return times;
    },
  };
}

const WELCOME: Event = { verb: 'WELCOME', seat: 1, clients: 3, room: 'main', version: 1 };
const wait = (have: number): Event => ({ verb: 'WAIT', have, want: 3 });
const join: Event = { verb: 'JOIN', seat: 2, address: '-', name: '-' };
const leave: Event = { verb: 'LEAVE', seat: 2, reason: 'end' };
const turn = (seat: number): Event => ({ verb: 'TURN', seat });

test('Waiting: says once how many clients are here, and again when that changes', () => {
  const { said, event, send, pass } = scene();
  event(WELCOME);
  event(wait(1));
  send();
  pass();
  expect(said).toEqual(['waiting: 1 of 3 clients are here; 1 line has no answer yet']);
  send();
  pass();
  expect(said).toHaveLength(1);
  event(join);
  pass();
  expect(said.slice(1)).toEqual(['waiting: 2 of 3 clients are here; 2 lines have no answer yet']);
  event(leave);
  pass();
  expect(said.slice(2)).toEqual(['waiting: 1 of 3 clients are here; 2 lines have no answer yet']);
});

test('Waiting: says whose turn it is, and nothing of a turn that passed meanwhile', () => {
  const { said, event, send, pass } = scene();
  event(WELCOME);
  event(wait(2));
  send();
  event(turn(3));
  event(turn(2));
  pass();
  expect(said).toEqual(['waiting: it is the turn of client 2; 1 line has no answer yet']);
});

test.each<[string, Event]>([
  ['left', leave],
  ['was skipped', { verb: 'SKIP', seat: 2, reason: 'timeout' }],
])('Waiting: forgets the turn of a client that %s', (_, event) => {
  const one = scene();
  one.event(turn(2));
  one.event(event);
  one.send();
  one.pass();
  expect(one.said).toEqual(['waiting: 1 line has no answer yet']);
});

test('Waiting: at its own turn it waits for the server', () => {
  const { said, event, send, pass } = scene();
  event(WELCOME);
  event(turn(1));
  send();
  pass();
  expect(said).toEqual(['waiting: 1 line has no answer yet']);
});

test('Waiting: says nothing while answers come, and while nothing was sent', () => {
  const { said, event, send, answer, pass } = scene();
  event(WELCOME);
  event(wait(1));
  pass();
  send();
  send();
  answer();
  answer();
  expect(pass()).toBeLessThan(3);
  expect(said).toEqual([]);
});

test('Waiting: says nothing as long as each look finds another answer', () => {
  const { said, send, answer, step } = scene();
  for (let line = 0; line < 5; line++) send();
  for (let look = 0; look < 3; look++) {
    answer();
    step();
  }
  expect(said).toEqual([]);
  step();
  expect(said).toEqual(['waiting: 2 lines have no answer yet']);
});

test('Waiting: an answer begins the wait again', () => {
  const { said, event, send, answer, pass } = scene();
  event(turn(2));
  send();
  send();
  pass();
  answer();
  pass();
  const first = 'waiting: it is the turn of client 2; 2 lines have no answer yet';
  expect(said).toEqual([first, 'waiting: 1 line has no answer yet']);
});

test('Waiting: after stop nothing is due', () => {
  const { said, send, waiting, pass } = scene();
  send();
  waiting.stop();
  expect(pass()).toBe(0);
  expect(said).toEqual([]);
});
