// One root configuration. `isolate: false` shares one module graph per worker (about ten times faster), which is
// safe because no module here keeps mutable state. `TEST_SUITE` picks a suite that is not part of `npm test`.
import type { TestUserConfig } from 'vitest/node';

const config: { test: TestUserConfig } = {
  test: {
    include: ['src/**/*.test.ts', 'test/**/*.test.ts', 'bench/**/*.test.ts'],
    isolate: false,
    pool: 'threads',
    testTimeout: 30_000,
    hookTimeout: 60_000,
  },
};

export default config;
