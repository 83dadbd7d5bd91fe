import { dirname, join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { type FileNames, type GpuSupport, gpuSupport, usefulPackages } from './gpu-support.ts';

function machineWith(...paths: readonly string[]): FileNames {
  return {
    exists: (path) => paths.some((known) => known === path || known.startsWith(`${path}/`)),
    list: (path) => [
      ...new Set(
        paths
          .filter((known) => known.startsWith(`${path}/`))
          .map((known) => known.slice(path.length + 1).split('/')[0] as string),
      ),
    ],
  };
}

const nothing: GpuSupport = { nvidia: false, cudaRuntimes: [], vulkan: false };
const cuda13 = ['libcudart.so.13', 'libcublas.so.13'];
const libraries = '/usr/lib/x86_64-linux-gnu';

describe('what a machine has for GPUs', () => {
  test('without devices and libraries: nothing', () => {
    for (const platform of ['linux', 'win32', 'darwin', 'sunos'])
      expect(gpuSupport(platform, {}, machineWith())).toEqual(nothing);
  });

  test('a driver of NVIDIA and the CUDA runtime, wherever it lies', () => {
    const driver = '/proc/driver/nvidia/version';
    const places = ['/usr/local/cuda/lib64', '/usr/local/cuda-13.1/lib64', '/opt/cuda', libraries];
    for (const place of places) {
      const files = machineWith(driver, ...cuda13.map((name) => join(place, name)));
      const found = gpuSupport('linux', { LD_LIBRARY_PATH: '/opt/cuda:' }, files);
      expect(found).toEqual({ nvidia: true, cudaRuntimes: [13], vulkan: false });
    }
  });

  test('a runtime that lacks a library does not count, and the newest comes first', () => {
    const files = machineWith('/dev/nvidiactl', join(libraries, 'libcudart.so.12'));
    expect(gpuSupport('linux', {}, files).cudaRuntimes).toEqual([]);
    const both = [...cuda13, 'libcudart.so.12', 'libcublas.so.12'].map((name) => join(libraries, name));
    expect(gpuSupport('linux', {}, machineWith(...both)).cudaRuntimes).toEqual([13, 12]);
  });

  test('Vulkan counts where there is a device beside its loader', () => {
    const loader = join(libraries, 'libvulkan.so.1');
    expect(gpuSupport('linux', {}, machineWith(loader)).vulkan).toBe(false);
    expect(gpuSupport('linux', {}, machineWith(loader, '/dev/dri/renderD128')).vulkan).toBe(true);
  });

  test('on Windows drivers bring their libraries into the system directory', () => {
    const system = join('C:\\Windows', 'System32');
    const toolkit = join('D:\\cuda', 'bin');
    const files = machineWith(
      ...['nvcuda.dll', 'vulkan-1.dll'].map((name) => join(system, name)),
      ...['cudart64_12.dll', 'cublas64_12.dll'].map((name) => join(toolkit, name)),
    );
    expect(dirname(join(system, 'x'))).toBe(system);
    const found = gpuSupport('win32', { CUDA_PATH: 'D:\\cuda' }, files);
    expect(found).toEqual({ nvidia: true, cudaRuntimes: [12], vulkan: true });
  });
});

describe('packages that are of use', () => {
  const names = (
    support: Partial<GpuSupport>,
    choice: Parameters<typeof usefulPackages>[3] = 'auto',
    arch = 'x64',
  ) =>
    usefulPackages('linux', arch, { ...nothing, ...support }, choice).map(({ name }) =>
      name.replace('@node-llama-cpp/linux-', ''),
    );

  test('without a GPU the one for the processor', () => {
    expect(names({})).toEqual(['x64']);
    expect(names({ cudaRuntimes: [13] })).toEqual(['x64']);
    expect(names({}, 'auto', 'arm64')).toEqual(['arm64']);
  });

  test('with CUDA the build for its version, and Vulkan not besides', () => {
    expect(names({ nvidia: true, cudaRuntimes: [13, 12], vulkan: true })).toEqual(['x64-cuda', 'x64']);
    expect(names({ nvidia: true, cudaRuntimes: [12], vulkan: true })).toEqual([
      'x64-cuda',
      'x64-cuda-ext',
      'x64',
    ]);
  });

  test('Vulkan where the CUDA runtime is missing', () => {
    expect(names({ nvidia: true, vulkan: true })).toEqual(['x64-vulkan', 'x64']);
    expect(names({ nvidia: true })).toEqual(['x64']);
  });

  test('what is asked for comes whatever is found', () => {
    expect(names({ nvidia: true, cudaRuntimes: [13], vulkan: true }, 'none')).toEqual(['x64']);
    expect(names({}, 'vulkan')).toEqual(['x64-vulkan', 'x64']);
    expect(names({}, 'cuda')).toEqual(['x64-cuda', 'x64-cuda-ext', 'x64']);
    expect(names({}, 'all')).toEqual(['x64-cuda', 'x64-cuda-ext', 'x64-vulkan', 'x64']);
  });

  test('Metal is in the only package for its platform', () => {
    expect(usefulPackages('darwin', 'arm64', nothing, 'none').map(({ name }) => name)).toEqual([
      '@node-llama-cpp/mac-arm64-metal',
    ]);
  });
});
