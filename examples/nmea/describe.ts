import type { Sentence } from './sentences.ts';

/** What a sentence says, for people. Undefined for types that aren't read here. */
export function describe({ type, fields }: Sentence): string | undefined {
  switch (type) {
    case 'GGA':
      return gga(fields);
    case 'RMC':
      return rmc(fields);
    case 'GSV':
      return gsv(fields);
    default:
      return undefined;
  }
}

/** Global positioning system fix data. */
function gga(fields: readonly string[]): string {
  const [time = '', latitude, northSouth, longitude, eastWest, quality, satellites, , altitude] = fields;
  if (quality === '0') return `${clock(time)}  no fix`;
  const position = `${degrees(latitude, northSouth)}  ${degrees(longitude, eastWest)}`;
  return `${clock(time)}  ${position}  ${Number(altitude)} m, ${Number(satellites)} satellites used`;
}

/** Recommended minimum. */
function rmc(fields: readonly string[]): string {
  const [time = '', status, , , , , knots, course] = fields;
  if (status !== 'A') return `${clock(time)}  no fix`;
  return `${clock(time)}  ${Number(knots).toFixed(1)} kn, course ${Number(course).toFixed(0)}°`;
}

/** Satellites in view: a list in several sentences, with the total in each. The first one is enough. */
function gsv(fields: readonly string[]): string | undefined {
  const [, nth, inView] = fields;
  return nth === '1' ? `          ${Number(inView)} satellites in view` : undefined;
}

/** `092725.00` to `09:27:25`. */
function clock(time: string): string {
  return time === '' ? '--:--:--' : `${time.slice(0, 2)}:${time.slice(2, 4)}:${time.slice(4, 6)}`;
}

/** `5332.7210`, `N` to `53.54535° N`: the last two digits before the point begin the minutes. */
function degrees(value = '', hemisphere = ''): string {
  const point = value.indexOf('.');
  const whole = Number(value.slice(0, point - 2));
  const minutes = Number(value.slice(point - 2));
  return `${(whole + minutes / 60).toFixed(5).padStart(9)}° ${hemisphere}`;
}
