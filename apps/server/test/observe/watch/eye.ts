import { type Message, MessageReader } from '@proto/watch';
import { expect } from 'vitest';
import type { Watcher } from '../../../src/observe/watch/watchers.ts';

/** One that watches, over no wire: it says itself how much it has not taken. */
export class Eye implements Watcher {
  unsentBytes = 0;
  readonly texts: string[] = [];

  send(text: string): void {
    this.texts.push(text);
  }

  get messages(): Message[] {
    const { messages, damages } = new MessageReader().push(this.texts.join(''));
    expect(damages).toEqual([]);
    return [...messages];
  }

  of<K extends Message['k']>(k: K): Extract<Message, { k: K }>[] {
    return this.messages.filter((message) => message.k === k) as Extract<Message, { k: K }>[];
  }
}
