import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { published, ROOT } from './entries.ts';
import { documents, titleOf } from './pages.ts';

/** A part of the navigation. `link`: the page, as a path from the root of the site. */
export interface Group {
  readonly title: string;
  readonly items: readonly { readonly text: string; readonly link: string }[];
}

const item = (text: string, page: string): Group['items'][number] => ({ text, link: `/${page}.html` });

/** The navigation of every page. */
export function groups(): Group[] {
  const names = published().flatMap(({ entries }) => [...entries.keys()]);
  const decisions = readdirSync(join(ROOT, 'docs/decisions')).toSorted();
  const examples = documents()
    .filter(({ page }) => page.startsWith('examples/'))
    .map(({ source, page }) => item(titleOf(source), page.replace('.md', '')));
  return [
    {
      title: 'Guides',
      items: [
        item('Getting started', 'guides/getting-started'),
        item('A line protocol in ten minutes', 'guides/line-protocol'),
        item('Fair turns in ten minutes', 'guides/fair-turns'),
        item('Running it', 'operating'),
        item('Several servers', 'many'),
      ],
    },
    {
      title: 'Learn',
      items: [
        item('Ten lessons', 'lessons'),
        item('Three terminals', 'sessions'),
        item('Faults and attacks', 'faults'),
      ],
    },
    {
      title: 'Examples',
      items: examples,
    },
    {
      title: 'Packages',
      items: [
        ...published().map(({ name }) => item(name, `packages/${name.split('/')[1]}`)),
        item('The live page', 'packages/page'),
        item('The simulation', 'packages/simulation'),
        item('The site', 'packages/site'),
      ],
    },
    {
      title: 'Reference',
      items: [
        item('The protocol', 'protocol'),
        item('Transcripts', 'transcripts/index'),
        item('API', 'api/index'),
        ...names.map((entry) => item(entry, `api/${entry.split('/').slice(1).join('/')}`)),
      ],
    },
    {
      title: 'The project',
      items: [
        item('About', 'about'),
        item('Architecture', 'architecture'),
        item('What a tarball holds', 'packages'),
        item('Licences', 'licences'),
        item('Contributing', 'contributing'),
        item('Releasing', 'releasing'),
        item('Changelog', 'changelog'),
        item('Decisions', 'decisions/index'),
        ...decisions.map((file) => {
          const title = /^# (\d+\. .+)$/m.exec(readFileSync(join(ROOT, 'docs/decisions', file), 'utf8'))?.[1];
          return item(title ?? file, `decisions/${file.replace('.md', '')}`);
        }),
      ],
    },
  ];
}
