// How Stryker mutates one folder. Excluded are test doubles, and mutants that empty a string: literal types make most of
// them errors of the compiler, and the texts of errors are compared with docs/errors.md by a test of their own.
const folder = process.env.MUTATION_FOLDER;
const isSample = process.env.MUTATION_SAMPLE !== undefined;

export default {
  testRunner: 'vitest',
  plugins: ['@stryker-mutator/vitest-runner', `${import.meta.dirname}/scripts/mutation/sample.ts`],
  checkers: isSample ? ['sample'] : [],
  mutate: [
    `src/${folder}/**/*.ts`,
    '!src/**/*.test.ts',
    '!src/**/*fixture.ts',
    '!src/**/{testing,contract,index,example-requests}.ts',
    '!src/**/{fake,test}-*.ts',
    '!src/**/refusal/examples.ts',
  ],
  mutator: { excludedMutations: ['StringLiteral'] },
  coverageAnalysis: 'perTest',
  // A mutant is called a timeout, and counts as noticed, only when it runs this much longer than the tests without it: a
  // busy machine must not turn survivors into timeouts.
  timeoutMS: 20_000,
  timeoutFactor: 4,
  incrementalFile: `reports/mutation/${folder?.replaceAll('/', '-')}.json`,
  concurrency: 2,
  thresholds: { high: 95, low: 85, break: 85 },
  reporters: ['progress-append-only', 'clear-text', ...(isSample ? ['sample'] : [])],
  clearTextReporter: { allowColor: false, logTests: false, reportTests: false },
  tempDirName: '.stryker-tmp',
  // The lock of scripts/setup.mjs comes and goes.
  ignorePatterns: ['.setup'],
  // Both read the configuration of TypeScript through an interface that version 7 no longer has.
  tsconfigFile: 'none.json',
  disableTypeChecks: false,
  allowEmpty: false,
  vitest: { configFile: 'scripts/mutation/vitest.config.ts', related: true },
};
