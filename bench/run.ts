// `npm run bench -- NAME [ARGUMENTS]`: runs bench/NAME.ts, which says on stderr what it does, and prints one JSON line on stdout.
import { existsSync } from 'node:fs';
import { cpus } from 'node:os';
import type { BenchResult } from './bench.ts';

const [name = '', ...args] = process.argv.slice(2);
const file = new URL(`./${name}.ts`, import.meta.url);
if (!/^[a-z-]+$/.test(name) || ['bench', 'run'].includes(name) || !existsSync(file)) {
  process.stderr.write(`There is no bench ${JSON.stringify(name)}. Usage: npm run bench -- NAME\n`);
  process.exit(2);
}
const { bench } = (await import(file.href)) as {
  readonly bench: (args: readonly string[]) => Promise<BenchResult>;
};
if (args.length > 0 && bench.length === 0) {
  process.stderr.write(`The bench ${name} takes no arguments, and got ${args.join(' ')}\n`);
  process.exit(2);
}
// What a bench has opened is closed at its exit, also where it is cut short.
for (const [signal, code] of [['SIGINT', 130] as const, ['SIGTERM', 143] as const])
  process.once(signal, () => process.exit(code));
const { ratios, figures, rounds } = await bench(args);
const cpu = `${cpus().length} x ${cpus()[0]?.model ?? 'unknown'}`;
process.stdout.write(
  `${JSON.stringify({ bench: name, ratios, figures, rounds, node: process.version, cpu })}\n`,
);
