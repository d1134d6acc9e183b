/** The icons of the page, each in a square of 16. */
const PATHS = {
  open: 'M2 4.5h4l1.5 2H14v7H2z',
  save: 'M8 2v8M4.5 6.5L8 10l3.5-3.5M2.5 13.5h11',
  turnBack: 'M10 3L4 8l6 5M12.5 3v10',
  eventBack: 'M10 3L5 8l5 5',
  eventOn: 'M6 3l5 5-5 5',
  turnOn: 'M6 3l6 5-6 5M3.5 3v10',
  pause: 'M5.5 3v10M10.5 3v10',
  play: 'M5 3l8 5-8 5z',
  lessons: 'M8 4.2C6.5 3 4.5 2.8 2 3v9.5c2.5-.2 4.5 0 6 1.2 1.5-1.2 3.5-1.4 6-1.2V3c-2.5-.2-4.5 0-6 1.2v9.5',
  close: 'M4 4l8 8M12 4l-8 8',
} as const;

export function Icon({ name }: { name: keyof typeof PATHS }) {
  return (
    <svg class={`icon-${name}`} viewBox="0 0 16 16" width="16" height="16" aria-hidden="true">
      <path d={PATHS[name]} />
    </svg>
  );
}
