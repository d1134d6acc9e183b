import { describe, expect, test } from 'vitest';
// @ts-expect-error The scripts are plain JavaScript.
import { account as untyped } from '../faults.mjs';

const account = untyped as (
  figures: readonly object[],
  options: { readonly rows: readonly string[]; readonly mustRun?: boolean },
) => { readonly ok: boolean; readonly lines: readonly string[] };

const rows = ['F1'];
const figure = { id: 'F1', what: 'bytes taken', unit: 'B' };

describe('faults', () => {
  test.each([
    { name: 'at its bound', figure: { ...figure, value: 3, atMost: 3 }, ok: true, verdict: 'ok' },
    { name: 'over it', figure: { ...figure, value: 4, atMost: 3 }, ok: false, verdict: 'short' },
    { name: 'under one', figure: { ...figure, value: 2, atLeast: 3 }, ok: false, verdict: 'short' },
    { name: 'no number', figure: { ...figure, value: null, atMost: 3 }, ok: false, verdict: 'short' },
    { name: 'asked for nothing', figure: { ...figure, value: 3 }, ok: false, verdict: 'short' },
    { name: 'skipped', figure: { id: 'F1', skipped: 'no root' }, ok: true, verdict: 'SKIPPED' },
  ])('account: a figure that is $name', ({ figure: seen, ok, verdict }) => {
    const { ok: isOk, lines } = account([seen], { rows });
    expect(isOk).toBe(ok);
    expect(lines[0]).toMatch(new RegExp(`^F1 .* ${verdict}$`));
  });

  test('account: a row without a figure is missing, and one that was skipped is short where it must run', () => {
    expect(account([], { rows })).toEqual({ ok: false, lines: ['F1  no figure      missing'] });
    expect(account([{ id: 'F1', skipped: 'no root' }], { rows, mustRun: true }).ok).toBe(false);
  });

  test('account: each figure has a line, with what was asked', () => {
    const figures = [
      { ...figure, value: 1_048_577.2, atMost: 1_179_648 },
      { ...figure, what: 'loop delay', value: 1.2345, unit: 'ms', atLeast: 1, atMost: 20 },
    ];
    expect(account(figures, { rows }).lines).toEqual([
      'F1  bytes taken  1,048,577 B  <= 1,179,648  ok',
      'F1  loop delay   1.23 ms      >= 1, <= 20   ok',
    ]);
  });
});
