// Plugins of Stryker that measure a random sample of a folder's mutants: a checker that drops the others, which appear in the
// report as errors, and a reporter that gives the interval of the score.
import { createHash } from 'node:crypto';
import { wilsonInterval } from '../../src/stats/index.ts';

type Mutant = {
  readonly id: string;
  readonly fileName: string;
  readonly location: unknown;
  readonly replacement: string;
};

type Verdict = { readonly status: 'passed' } | { readonly status: 'compileError'; readonly reason: string };

type Metrics = { readonly totalDetected: number; readonly totalValid: number };

const share = Number(process.env.MUTATION_SAMPLE ?? 1);
const seed = process.env.MUTATION_SEED ?? '1';

/** The same for a mutant in every run with that seed, whatever the other mutants are. */
function isDrawn({ fileName, location, replacement }: Mutant): boolean {
  const path = fileName.slice(fileName.lastIndexOf('src/'));
  const hash = createHash('sha256').update(JSON.stringify([seed, path, location, replacement]));
  return hash.digest().readUInt32BE() < share * 2 ** 32;
}

const checker = {
  init: async (): Promise<void> => {},
  check: async (mutants: readonly Mutant[]): Promise<Readonly<Record<string, Verdict>>> =>
    Object.fromEntries(
      mutants.map((mutant) => [
        mutant.id,
        isDrawn(mutant) ? { status: 'passed' } : { status: 'compileError', reason: 'not in the sample' },
      ]),
    ),
  /** One group of all mutants, so that asking about them takes one message. */
  group: async (mutants: readonly Mutant[]): Promise<readonly (readonly string[])[]> => [
    mutants.map(({ id }) => id),
  ],
};

const reporter = {
  onMutationTestReportReady: (
    _: unknown,
    {
      systemUnderTestMetrics: { metrics },
    }: { readonly systemUnderTestMetrics: { readonly metrics: Metrics } },
  ): void => {
    if (metrics.totalValid === 0) return;
    const { lower, upper } = wilsonInterval(metrics.totalDetected, metrics.totalValid);
    const percent = (value: number): string => (100 * value).toFixed(1);
    process.stdout.write(
      `Sample of ${100 * share} %, seed ${seed}: noticed ${metrics.totalDetected} of ${metrics.totalValid}, ` +
        `score between ${percent(lower)} and ${percent(upper)} % (Wilson, 95 %)\n`,
    );
  },
};

type Plugin = { readonly kind: string; readonly name: string; readonly value: unknown };

export const strykerPlugins: readonly Plugin[] = [
  { kind: 'Checker', name: 'sample', value: checker },
  { kind: 'Reporter', name: 'sample', value: reporter },
];
