import { describe, expect, test } from 'vitest';
import { Client } from './client.ts';
import { start } from './command.ts';

async function three(port: number): Promise<[Client, Client, Client]> {
  return [await Client.in(port), await Client.in(port), await Client.in(port)];
}

const messages = ({ lines }: Client): string[] => lines.filter((line) => line.startsWith('* MSG '));
const answers = ({ lines }: Client): string[] => lines.filter((line) => /^(?!\* )|^\* (OK|ERR)/.test(line));

describe('who is served and who gets it', () => {
  test('--order free: any client at any moment', async () => {
    const { port } = await start('--order', 'free');
    const [first, second, third] = await three(port);
    for (const client of [third, third, second, third]) {
      const { length } = answers(client);
      client.say(`line ${length}`);
      await client.line(`LINE ${length}`);
    }
    expect(answers(third)).toEqual(['LINE 0', 'LINE 1', 'LINE 2']);
    expect(answers(second)).toEqual(['LINE 0']);
    await first.sync();
    expect(answers(first)).toEqual([]);
    expect(first.lines.filter((line) => line.startsWith('* TURN '))).toEqual([]);
  });

  test('--deliver others: a line arrives at the others and not at its sender', async () => {
    const { port } = await start('--deliver', 'others');
    const [first, second, third] = await three(port);
    first.say('hello');
    await Promise.all([second.line('* MSG 1 HELLO'), third.line('* MSG 1 HELLO'), first.line('* OK')]);
    await first.sync();
    expect(messages(first)).toEqual([]);
    expect(answers(first)).toEqual(['* OK']);
    expect(messages(second)).toEqual(['* MSG 1 HELLO']);
  });

  test('--deliver all: a line arrives at everybody, at its sender as the answer', async () => {
    const { port } = await start('--deliver', 'all', '--order', 'free');
    const [first, second, third] = await three(port);
    second.say('hello');
    await Promise.all([first.line('* MSG 2 HELLO'), third.line('* MSG 2 HELLO'), second.line('HELLO')]);
    await second.sync();
    expect(messages(second)).toEqual([]);
    expect(answers(second)).toEqual(['HELLO']);
  });

  test('/to: a line arrives at the one it is for only, and waits its turn', async () => {
    const { port } = await start('--deliver', 'others');
    const [first, second, third] = await three(port);
    third.say('/to 2 from three');
    await third.sync();
    await second.sync();
    expect(messages(second)).toEqual([]);
    first.say('/to 2 hi');
    await second.line('* MSG 1 HI');
    second.say('/to 9 nobody');
    await second.line('* MSG 3 FROM THREE');
    for (const client of [first, second, third]) await client.sync();
    expect(answers(first)).toEqual(['* OK']);
    expect(answers(second)).toEqual(['* ERR NO_SEAT Cannot send to 9: nobody here has that seat or name']);
    expect(messages(first)).toEqual([]);
    expect(messages(third)).toEqual([]);
    expect(messages(second)).toEqual(['* MSG 1 HI', '* MSG 3 FROM THREE']);
  });
});
