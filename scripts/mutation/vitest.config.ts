// The tests that mutants have to survive: those beside the code that is mutated, one file after the other.
import type { TestUserConfig } from 'vitest/node';
import base from '../../vitest.config.ts';

const folder = process.env.MUTATION_FOLDER ?? '';

const config: { test: TestUserConfig } = {
  test: { ...base.test, include: [`src/${folder}/**/*.test.ts`], reporters: ['default'] },
};

export default config;
