// The rule of the house: a package imports nothing from the workspace, an app imports packages only,
// and the room imports the two pure packages and no `node:*`.

/** The floors of the server, from the ground up: a file imports from floors below its own, and from its own folder. */
const FLOORS = [
  ['text'],
  ['room', 'options'],
  ['transport'],
  ['events', 'door'],
  ['edge', 'effects', 'journal'],
  ['server.ts', 'cluster'],
  ['observe', 'admin'],
  ['command'],
  ['main.ts', 'index.ts'],
];

const path = (folders) => `^apps/server/src/(?:${folders.join('|')})(?:/|$)`.replaceAll('.ts', '[.]ts');

const serverRules = [
  ...FLOORS.flatMap((floor, level) =>
    floor.map((folder) => ({
      name: `server-${folder.replace('.ts', '')}-imports-downwards`,
      severity: 'error',
      comment: `${folder} imports from the floors below it: ${FLOORS.slice(0, level).flat().join(', ') || 'none'}.`,
      from: { path: path([folder]) },
      to: {
        path: path(
          FLOORS.slice(level)
            .flat()
            .filter((other) => other !== folder),
        ),
      },
    })),
  ),
  {
    name: 'server-unknown',
    severity: 'error',
    comment: 'A new folder of apps/server/src says in .dependency-cruiser.cjs on which floor it stands.',
    from: { path: '^apps/server/src/', pathNot: path(FLOORS.flat()) },
    to: {},
  },
  {
    name: 'server-alone',
    severity: 'error',
    comment:
      'A server that shares its rooms with nobody loads nothing of cluster: only the command imports it.',
    from: { path: '^apps/server/src/', pathNot: path(['cluster', 'command', 'main.ts']) },
    to: { path: path(['cluster']) },
  },
  {
    name: 'server-nats',
    severity: 'error',
    comment: 'Only a log in NATS imports what talks to it.',
    from: { path: '^apps/server/src/', pathNot: '^apps/server/src/cluster/logs/nats[./]' },
    to: { path: '(?:^|/)@nats-io/' },
  },
  {
    name: 'server-postgres',
    severity: 'error',
    comment: 'Only a log in PostgreSQL imports what talks to it.',
    from: { path: '^apps/server/src/', pathNot: '^apps/server/src/cluster/logs/postgres[./]' },
    to: { path: '(?:^|/node_modules/)pg(?:/|$)' },
  },
  {
    name: 'server-log-on-demand',
    severity: 'error',
    comment: 'A log is loaded by import(), when it is asked for.',
    from: { path: '^apps/server/src/', pathNot: '^apps/server/src/cluster/logs/' },
    to: {
      path: '^apps/server/src/cluster/logs/(?:nats|postgres)',
      dynamic: false,
      dependencyTypesNot: ['type-only'],
    },
  },
];

// --- apps/client: who imports whom. Imports go down; nobody imports main.ts or index.ts. ---

/** Each part of apps/client/src, and the parts that it may import besides itself. Packages are open to all. */
const CLIENT = {
  'main.ts': ['command', 'mode', 'library', 'dial'],
  'index.ts': ['library', 'dial'],
  command: [
    'terminal',
    'pipe',
    'load',
    'load/figures',
    'load/plots',
    'expect',
    'lab',
    'mode',
    'library',
    'dial',
  ],
  terminal: ['lab', 'mode', 'library', 'dial'],
  pipe: ['mode', 'library', 'dial'],
  expect: ['mode', 'library', 'dial'],
  load: ['load/lines', 'load/figures', 'load/plots', 'mode', 'library', 'dial'],
  'load/lines': ['library'],
  'load/figures': [],
  'load/plots': [],
  lab: ['library'],
  mode: ['library', 'dial'],
  library: ['dial'],
  dial: [],
};

/** The files of a part; those of a folder in it are another part. */
const clientFiles = (part) =>
  `^apps/client/src/${part.endsWith('.ts') ? part.replace('.', '\\.') : `${part}/[^/]+`}$`;

const clientRules = [
  ...Object.entries(CLIENT).map(([part, below]) => ({
    name: `client-${part.replace(/\.ts$/, '').replace('/', '-')}`,
    severity: 'error',
    comment: `In apps/client/src ${part} imports ${below.join(', ') || 'nothing'} besides itself and packages.`,
    from: { path: clientFiles(part) },
    to: { path: '^apps/client/src/', pathNot: [part, ...below].map(clientFiles) },
  })),
  {
    name: 'client-unknown',
    severity: 'error',
    comment: 'A new folder of apps/client/src says in .dependency-cruiser.cjs whom it imports.',
    from: { path: '^apps/client/src/', pathNot: Object.keys(CLIENT).map(clientFiles) },
    to: {},
  },
];

// --- end of apps/client ---

// --- apps/page: facts, the choices of what to show, the sources, the drawing. Imports go down. ---

/** The floors of apps/page/src, from the ground up. */
const PAGE = ['model', 'state.ts', 'net', 'ui', 'main.tsx'];

const pageFiles = (parts) => `^apps/page/src/(?:${parts.join('|').replaceAll('.', '[.]')})(?:/|$)`;

const pageRules = [
  ...PAGE.slice(0, -1).map((part, level) => ({
    name: `page-${part.replace('.ts', '')}-imports-downwards`,
    severity: 'error',
    comment: `In apps/page/src ${part} imports from the floors below it: ${PAGE.slice(0, level).join(', ') || 'none'}.`,
    from: { path: pageFiles([part]) },
    to: { path: pageFiles(PAGE.slice(level + 1)) },
  })),
  {
    name: 'page-model-is-pure',
    severity: 'error',
    comment: 'The model of the page imports only pure packages, and no drawing library.',
    from: { path: '^apps/page/src/model/' },
    to: { pathNot: ['^apps/page/src/', '^packages/'] },
  },
  {
    name: 'page-unknown',
    severity: 'error',
    comment: 'A new folder of apps/page/src says in .dependency-cruiser.cjs on which floor it stands.',
    from: { path: '^apps/page/src/', pathNot: pageFiles(PAGE) },
    to: {},
  },
];

// --- end of apps/page ---

/** @type {import('dependency-cruiser').IConfiguration} */
module.exports = {
  forbidden: [
    {
      name: 'package-is-a-leaf',
      severity: 'error',
      comment: 'A package imports nothing from the workspace.',
      from: { path: '^packages/([^/]+)/src' },
      to: { path: '^(packages|apps|bench|scripts|@proto)/', pathNot: '^packages/$1/' },
    },
    {
      name: 'package-has-no-node',
      severity: 'error',
      comment: 'Packages are sans-I/O. Only the doors named `node` may know Node.',
      from: { path: '^packages/[^/]+/src', pathNot: '^packages/[^/]+/src/node' },
      to: { dependencyTypes: ['core'] },
    },
    {
      name: 'app-imports-packages-only',
      severity: 'error',
      comment: 'An app imports packages, never another app.',
      from: { path: '^apps/([^/]+)/src', pathNot: '^apps/simulation/' },
      to: { path: '^(apps|bench|scripts)/', pathNot: '^apps/$1/' },
    },
    {
      name: 'simulation-imports-the-server-only',
      severity: 'error',
      comment: 'The simulation puts the parts of the server together by itself, and knows no other app.',
      from: { path: '^apps/simulation/src' },
      to: { path: '^(apps|bench|scripts)/', pathNot: '^apps/(?:simulation|server)/' },
    },
    {
      name: 'app-uses-the-front-door',
      severity: 'error',
      comment: 'A package is imported by its name, through its exports.',
      from: { path: '^apps/' },
      to: { path: '^packages/', dependencyTypes: ['local'] },
    },
    {
      name: 'room-is-pure',
      severity: 'error',
      comment: 'The room imports @proto/protocol and @proto/scheduler, and no node:*.',
      from: { path: '^apps/server/src/room/' },
      to: { pathNot: ['^apps/server/src/room/', '^packages/(protocol|scheduler)/'] },
    },
    ...serverRules,
    {
      name: 'no-cycles',
      comment: 'Data flows down the house.',
      severity: 'error',
      from: {},
      to: { circular: true },
    },
    {
      name: 'resolvable',
      comment: 'Every import must resolve, so that every rule can judge it.',
      severity: 'error',
      from: {},
      to: { couldNotResolve: true },
    },
    ...clientRules,
    ...pageRules,
  ],
  options: {
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.base.json' },
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['@proto/source', 'import', 'types'],
    },
    doNotFollow: { path: 'node_modules' },
    exclude: { path: '(^|/)dist/' },
  },
};
