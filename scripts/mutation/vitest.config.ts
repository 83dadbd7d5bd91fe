// The tests that mutants have to survive: those beside the code that is mutated, and those elsewhere that belong to it, one
// file after the other. A test that waits for ever fails before Stryker would call the mutant a timeout, which is left for
// loops without end. Tests of the shipped model are left out: each mutant would wait for a child process to load it.
import type { TestUserConfig } from 'vitest/node';
import base from '../../vitest.config.ts';
import { furtherTests } from './further-tests.ts';

const folder = process.env.MUTATION_FOLDER ?? '';

const config: { test: TestUserConfig } = {
  test: {
    ...base.test,
    include: [`src/${folder}/**/*.test.ts`, ...(furtherTests.get(folder) ?? [])],
    exclude: ['**/shipped-model*.test.ts'],
    reporters: ['default'],
    testTimeout: 10_000,
  },
};

export default config;
