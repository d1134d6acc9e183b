import { expect, test } from 'vitest';
import { fit } from '../../src/command/fit.ts';
import { loadHelp } from '../../src/command/load-options.ts';
import { help } from '../../src/command/options.ts';

test('fit: wraps a text beside its flag, and joins what was wrapped by hand', () => {
  const text = '  --cut N     cuts each line after\n              byte N\n  --deaf      stops reading\n';
  expect(fit(text, 80)).toBe('  --cut N     cuts each line after byte N\n  --deaf      stops reading\n');
  expect(fit(text, 40)).toBe(
    '  --cut N     cuts each line after byte\n              N\n  --deaf      stops reading\n',
  );
});

test('fit: puts a text below its flag where little would fit beside it', () => {
  expect(fit('  --timeout-ms N    how long to wait\n', 30)).toBe(
    '  --timeout-ms N\n      how long to wait\n',
  );
});

test('fit: keeps paragraphs, and flags without a text, apart', () => {
  const text = 'One sentence.\nAnother.\n\nA third.\n\n  --help\n  --version\n';
  expect(fit(text, 80)).toBe('One sentence. Another.\n\nA third.\n\n  --help\n  --version\n');
});

test.each([48, 60, 80, 100, 200])(
  'fit: both helps keep every word, and none is cut, in %i columns',
  (columns) => {
    for (const text of [help(), loadHelp()]) {
      const fitted = fit(text, columns);
      const words = (of: string): string[] => of.split(/\s+/);
      expect(words(fitted)).toEqual(words(text));
      const wide = fitted.split('\n').filter((line) => line.length > columns);
      expect(wide).toEqual([]);
    }
  },
);
