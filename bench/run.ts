// `npm run bench -- NAME`: runs bench/NAME.ts, which says on stderr what it does, and prints one JSON line on stdout.
import { existsSync } from 'node:fs';
import { cpus } from 'node:os';
import type { BenchResult } from './bench.ts';

const name = process.argv[2] ?? '';
const file = new URL(`./${name}.ts`, import.meta.url);
if (!/^[a-z-]+$/.test(name) || ['bench', 'run'].includes(name) || !existsSync(file)) {
  process.stderr.write(`There is no bench ${JSON.stringify(name)}. Usage: npm run bench -- NAME\n`);
  process.exit(2);
}
const { bench } = (await import(file.href)) as { readonly bench: () => Promise<BenchResult> };
const { ratios, figures, rounds } = await bench();
const cpu = `${cpus().length} x ${cpus()[0]?.model ?? 'unknown'}`;
process.stdout.write(
  `${JSON.stringify({ bench: name, ratios, figures, rounds, node: process.version, cpu })}\n`,
);
