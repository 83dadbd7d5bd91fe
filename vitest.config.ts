// One root configuration. `isolate: false` shares one module graph per worker (about ten times faster), which is
// safe because no module here keeps mutable state. TEST_REPORT names a file for a machine-readable report.
import type { TestUserConfig } from 'vitest/node';

const report = process.env.TEST_REPORT;

const config: { test: TestUserConfig } = {
  test: {
    include: ['src', 'scripts', 'test', 'bench', 'console/src'].map((folder) => `${folder}/**/*.test.ts`),
    isolate: false,
    pool: 'threads',
    reporters: report ? ['default', ['json', { outputFile: report }]] : ['default'],
    testTimeout: 30_000,
    hookTimeout: 60_000,
  },
};

export default config;
