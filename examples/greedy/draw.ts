import type { Job } from './load.ts';

const [WIDTH, HEIGHT, GAP, MARGIN] = [340, 220, 64, 64];
const STYLE = `
  :root { color-scheme: light dark; --ink: #1f2328; --faint: #d0d7de; --greedy: #8c959f; --small: #cf222e; --back: #fff; }
  @media (prefers-color-scheme: dark) {
    :root { --ink: #e6edf3; --faint: #30363d; --greedy: #6e7681; --small: #ff7b72; --back: #0d1117; }
  }
  text { font: 13px system-ui, sans-serif; fill: var(--ink); }
  .name { font-size: 16px; font-weight: 600; }
  .axis { stroke: var(--faint); }
  .greedy { fill: var(--greedy); }
  .small { fill: var(--small); }
`;

/** An SVG with a panel for each queue, and a dot for each job: when it was served, and how many others it waited for. */
export function draw(days: Readonly<Record<string, readonly Job[]>>): string {
  const panels = Object.entries(days);
  const most = Math.max(...panels.map(([, jobs]) => jobs.length));
  const width = 2 * MARGIN + panels.length * WIDTH + (panels.length - 1) * GAP;
  const height = 2 * MARGIN + HEIGHT;
  const drawn = panels.map(([name, jobs], at) => {
    return `<g transform="translate(${MARGIN + at * (WIDTH + GAP)} ${MARGIN})">${panel(name, jobs, most)}</g>`;
  });
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}" role="img">`,
    '<title>How many others were served before each job, with p-queue and with FairQueue</title>',
    `<style>${STYLE}</style>`,
    `<rect width="${width}" height="${height}" fill="var(--back)"/>`,
    ...drawn,
    '</svg>\n',
  ].join('\n');
}

function panel(name: string, jobs: readonly Job[], most: number): string {
  const x = (nth: number): number => (nth / most) * WIDTH;
  const y = (waited: number): number => HEIGHT - (waited / most) * HEIGHT;
  const dots = jobs.map(({ tenant, nth, waited }) => {
    const [kind, radius] = tenant === 'greedy' ? ['greedy', 1.5] : ['small', 3.5];
    return `<circle class="${kind}" cx="${x(nth).toFixed(1)}" cy="${y(waited).toFixed(1)}" r="${radius}"/>`;
  });
  const ticks = [0, 100, 200].map((waited) => {
    return `<line class="axis" x2="${WIDTH}" y1="${y(waited)}" y2="${y(waited)}"/><text x="-8" y="${y(waited) + 4}" text-anchor="end">${waited}</text>`;
  });
  return [
    `<text class="name" y="-36">${name}</text>`,
    '<text y="-14">jobs that were served while it waited</text>',
    ...legend('greedy', 'greedy tenant', WIDTH - 210),
    ...legend('small', 'small tenants', WIDTH - 96),
    ...ticks,
    `<text x="${WIDTH}" y="${HEIGHT + 24}" text-anchor="end">its position in the order of service</text>`,
    ...dots,
  ].join('\n');
}

function legend(kind: string, name: string, x: number): string[] {
  return [`<circle class="${kind}" cx="${x}" cy="-41" r="4"/>`, `<text x="${x + 10}" y="-36">${name}</text>`];
}
