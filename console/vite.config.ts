// The build of the console: files whose names hold a digest of their content, beside which the licences of what they contain lie.
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import react from '@vitejs/plugin-react';
import type { Plugin, UserConfig } from 'vite';

const here = dirname(fileURLToPath(import.meta.url));

/** Every browser that can run the console reads WOFF2; KaTeX names two older formats beside it. */
const oneFormatOfFonts: Plugin = {
  name: 'one-format-of-fonts',
  enforce: 'pre',
  transform: (code, id) =>
    /katex[^/]*\.css$/.test(id)
      ? code.replaceAll(/, ?url\([^)]*\.(?:woff|ttf)\) format\("[a-z]+"\)/g, '')
      : undefined,
};

const config: UserConfig = {
  root: here,
  base: '/console/',
  plugins: [react(), oneFormatOfFonts],
  build: {
    outDir: join(here, 'dist'),
    emptyOutDir: true,
    // Browsers that Playwright drives and that are two years old.
    target: 'es2023',
    // A picture or font inside a script would be counted as script, and would need an exception of the policy.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    license: { fileName: 'licenses.md' },
    manifest: 'manifest.json',
  },
};

export default config;
