import { expect, test } from 'vitest';
import { childEnvironment } from './child-environment.ts';

test('keeps what finds libraries and devices, drops everything else', () => {
  const environment = {
    PATH: '/bin',
    CUDA_VISIBLE_DEVICES: '0',
    TIEGEL_KEY: 'k',
    HOME: '/h',
    NODE_OPTIONS: '-r x',
  };
  expect(childEnvironment(environment)).toEqual({ PATH: '/bin', CUDA_VISIBLE_DEVICES: '0' });
});
