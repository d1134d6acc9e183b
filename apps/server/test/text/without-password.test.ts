import { describe, expect, test } from 'vitest';
import { withoutPassword } from '../../src/text/without-password.ts';

describe('withoutPassword', () => {
  test.each([
    ['nats://u:secret@127.0.0.1:4222', 'nats://127.0.0.1:4222'],
    ['nats://t0ken@a,tls://u:sec,ret@b:1', 'nats://a,tls://b:1'],
    ['nats://u:se/cr@et@host', 'nats://host'],
    ['postgres://u:secret@h/db?sslmode=require', 'postgres://h/db?sslmode=require'],
    ['postgres://h/db?user=u&password=secret&sslmode=x', 'postgres://h/db?user=u&password=***&sslmode=x'],
    ['nats://127.0.0.1:4222', 'nats://127.0.0.1:4222'],
    ['a@b', 'a@b'],
    ['none', 'none'],
  ])('withoutPassword: %s', (text, shown) => {
    expect(withoutPassword(text)).toBe(shown);
  });
});
