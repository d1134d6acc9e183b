import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import subsetFont from 'subset-font';
import type { HtmlTagDescriptor, Plugin } from 'vite';

/** The letters of the page: ASCII, and the punctuation and arrows that it uses. */
const GLYPHS = `${Array.from({ length: 95 }, (_, at) => String.fromCharCode(0x20 + at)).join('')}·×–—‘’“”…→←−`;

const FONTS = [
  {
    family: 'Proto Sans',
    file: 'inter',
    from: '@fontsource-variable/inter',
    cut: 'inter-latin-wght-normal',
    weights: { min: 400, max: 650, default: 400 },
  },
  {
    family: 'Proto Mono',
    file: 'jetbrains-mono',
    from: '@fontsource-variable/jetbrains-mono',
    cut: 'jetbrains-mono-latin-wght-normal',
    // Bytes have one weight.
    weights: { min: 500, max: 500, default: 500 },
  },
];

const face = ({ family, file }: (typeof FONTS)[number]): string =>
  `@font-face{font-family:"${family}";src:url("${file}.woff2") format("woff2");font-weight:100 800;font-display:swap}\n`;

const pathOf = (specifier: string): string => fileURLToPath(import.meta.resolve(specifier));

/** What a package says of itself and of its licence, as vite records it of the packages in the script. */
function record(from: string): { name: string; version: string; identifier: string; text: string } {
  const { name, version, license } = JSON.parse(readFileSync(pathOf(`${from}/package.json`), 'utf8')) as {
    name: string;
    version: string;
    license: string;
  };
  return { name, version, identifier: license, text: readFileSync(pathOf(`${from}/LICENSE`), 'utf8') };
}

/** Adds the fonts to the page, reduced to its letters, each with its licence (SIL OFL 1.1). */
export function fonts(): Plugin {
  return {
    name: 'fonts',
    apply: 'build',
    async generateBundle() {
      for (const { file, from, cut, weights } of FONTS) {
        const whole = readFileSync(pathOf(`${from}/files/${cut}.woff2`));
        const source = await subsetFont(whole, GLYPHS, {
          targetFormat: 'woff2',
          variationAxes: { wght: weights },
        });
        this.emitFile({ type: 'asset', fileName: `fonts/${file}.woff2`, source });
        this.emitFile({ type: 'asset', fileName: `fonts/${file}-OFL.txt`, source: record(from).text });
      }
      const records = JSON.stringify(FONTS.map(({ from }) => record(from)));
      this.emitFile({ type: 'asset', fileName: 'fonts/licences.json', source: records });
      this.emitFile({ type: 'asset', fileName: 'fonts/fonts.css', source: FONTS.map(face).join('') });
    },
    transformIndexHtml: (): HtmlTagDescriptor[] => [
      { tag: 'link', attrs: { rel: 'stylesheet', href: './fonts/fonts.css' }, injectTo: 'head-prepend' },
    ],
  };
}
