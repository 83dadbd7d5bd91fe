import { expect, test } from 'vitest';
import { describePackages } from './doctor-packages.ts';

const row = (name: string, device: 'cpu' | 'cuda') =>
  ({ name, platform: 'linux', arch: 'x64', device }) as const;
const cpu = row('for-processor', 'cpu');
const cuda = row('for-cuda', 'cuda');
const extra = row('for-older-cuda', 'cuda');
const installed = (one: typeof cpu | typeof cuda, extension: typeof cuda | null = null) => ({
  package: one,
  directory: '/somewhere',
  extension,
  fallbackDirectory: null,
  names: { llama: '', ggml: '', base: '' },
});
const support = { nvidia: false, cudaRuntimes: [], vulkan: false };

test('names the packages that are here and none where none is missing', () => {
  expect(describePackages([installed(cpu)], [cpu], support)).toBe('for-processor');
  const both = [installed(cuda, extra), installed(cpu)];
  expect(describePackages(both, [cuda, extra, cpu], support)).toBe('for-cuda, for-older-cuda, for-processor');
  expect(describePackages([], [], support)).toBe('none');
});

test('says which packages would help and how to get them', () => {
  const found = { ...support, nvidia: true, cudaRuntimes: [12] };
  expect(describePackages([installed(cpu)], [cuda, extra, cpu], found)).toBe(
    'for-processor; for-cuda and for-older-cuda would help: run `tiegel doctor --gpu auto`',
  );
});

test('says what a GPU lacks that no package brings', () => {
  expect(describePackages([installed(cpu)], [cpu], { ...support, nvidia: true })).toMatch(
    /^for-processor; a driver of NVIDIA is here, but not the CUDA runtime 13/,
  );
});
