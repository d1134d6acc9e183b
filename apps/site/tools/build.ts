import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build, createServer } from 'vitepress';
import { writeApi } from './api.ts';
import { collectPages, PAGES, watchPages } from './pages.ts';

const SITE = fileURLToPath(new URL('..', import.meta.url));

// Whether everything is documented, and nothing else.
const isCheck = process.argv.includes('--check');
if (!isCheck) collectPages();
await writeApi(join(PAGES, 'api'));
if (isCheck) process.exit();
if (process.argv.includes('--dev')) {
  watchPages();
  const server = await createServer(SITE);
  await server.listen();
  process.stdout.write(`${server.resolvedUrls?.local.join('\n')}\n`);
} else {
  await build(SITE);
}
