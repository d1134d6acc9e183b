const UNITS_MS = { d: 86_400_000, h: 3_600_000, m: 60_000, s: 1_000 } as const;

/** The milliseconds in `90s`, `10m`, `2h` or `7d`; `undefined` for any other text. */
export function durationMs(text: string): number | undefined {
  const [, count, unit] = /^([1-9]\d{0,8})([dhms])$/.exec(text) ?? [];
  return unit === undefined ? undefined : Number(count) * UNITS_MS[unit as keyof typeof UNITS_MS];
}

/** A time as `durationMs` reads it, in the two largest units: `1h 30m`. At least a second. */
export function durationText(ms: number): string {
  let left = Math.max(1, Math.ceil(ms / 1_000)) * 1_000;
  const parts: string[] = [];
  for (const [unit, unitMs] of Object.entries(UNITS_MS)) {
    const count = Math.floor(left / unitMs);
    left -= count * unitMs;
    if (count > 0) parts.push(`${count}${unit}`);
  }
  return parts.slice(0, 2).join(' ');
}
