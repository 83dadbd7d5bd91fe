// One root configuration. `isolate: false` shares one module graph per worker (about ten times faster), which is
// safe because no module here keeps mutable state. TEST_REPORT names a file for a machine-readable report.
import { setFlagsFromString } from 'node:v8';
import type { TestUserConfig } from 'vitest/node';

// V8's book of code pages and its collection of dead WebAssembly code do not agree once many threads have compiled and tiered up
// modules, and end the process (`Check failed: jit_page_->allocations_.erase(addr) == 1`, nodejs/node issue 64500).
setFlagsFromString('--no-wasm-code-gc');

const report = process.env.TEST_REPORT;

const config: { test: TestUserConfig } = {
  test: {
    include: ['src', 'scripts', 'test', 'bench', 'console/src'].map((folder) => `${folder}/**/*.test.ts`),
    isolate: false,
    pool: 'threads',
    reporters: report ? ['default', ['json', { outputFile: report }]] : ['default'],
    // What is measured of the machine would depend on it.
    env: { TIEGEL_LAYOUT: 'usual' },
    testTimeout: 30_000,
    hookTimeout: 60_000,
    // What is polled for depends on a page, a process or a socket, none of which owes its answer within a second.
    expect: { poll: { timeout: 10_000 } },
  },
};

export default config;
