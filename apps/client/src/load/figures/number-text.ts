/** A number without a fraction: `1,234,567`. */
export function numberText(value: number): string {
  return Math.round(value).toLocaleString('en-US');
}

/** A time in ms, without its unit, in plain digits: three of them, and never fewer than the whole milliseconds. */
export function msText(ms: number): string {
  if (ms >= 100) return numberText(ms);
  return ms.toFixed(ms >= 10 ? 1 : ms >= 1 ? 2 : 3);
}

/** A time in seconds, with its unit: `7.6 s`. */
export function secondsText(ms: number): string {
  const seconds = ms / 1000;
  return `${seconds.toLocaleString('en-US', { minimumFractionDigits: 1, maximumFractionDigits: 1 })} s`;
}

/** By how many percent something has changed: `+8.6 %`. */
export function changeText(before: number, now: number): string {
  if (before === 0) return now === 0 ? '+0.0 %' : 'from 0';
  const percent = ((now - before) / before) * 100;
  const digits = Math.abs(percent) >= 100 ? 0 : 1;
  const text = Math.abs(percent).toLocaleString('en-US', {
    minimumFractionDigits: digits,
    maximumFractionDigits: digits,
  });
  return `${percent < 0 ? '-' : '+'}${text} %`;
}

/** `1 line`, `2,000 lines`. */
export function countText(count: number, what: string): string {
  return `${numberText(count)} ${what}${count === 1 ? '' : 's'}`;
}

/** An amount of bytes, with its unit: `1.08 MB`. */
export function bytesText(bytes: number): string {
  if (bytes < 1e3) return `${numberText(bytes)} B`;
  const [size, unit] = bytes < 1e6 ? [bytes / 1e3, 'kB'] : [bytes / 1e6, 'MB'];
  return `${size.toLocaleString('en-US', { minimumFractionDigits: 2, maximumFractionDigits: 2 })} ${unit}`;
}
