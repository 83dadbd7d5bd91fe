// Opens llama.cpp's libraries and checks that they are those that interface.ts was written for: structs go by value, so
// that another release would read and write beside its fields.
import { join } from 'node:path';
import koffi from 'koffi';
import {
  bindFunctions,
  deviceTypes,
  type Fields,
  type Functions,
  knownDefaults,
  type Pointer,
} from './interface.ts';
import {
  cLibrary,
  type Device,
  type InstalledLibraries,
  installedLibraries,
  llamaCppVersion,
} from './library-files.ts';

/** Of a device that is no CPU. Bytes. */
export type GpuFacts = { readonly description: string; readonly free: number; readonly total: number };

export type Library = {
  readonly call: Functions;
  /** Version of koffi. */
  readonly binding: string;
  readonly device: Device;
  readonly gpus: readonly GpuFacts[];
  /** `ABORT_CALLBACK(data)` for llama.cpp: whether the byte at `data`, which a zero follows, is set. */
  readonly isByteSet: Pointer;
  /**
   * Address of memory that both sides see.
   * @param memory stays alive as long as the address is used; a shared one does not move. Its first byte is zero.
   */
  readonly addressOf: (memory: Uint8Array) => Pointer;
  /** Gives messages to `log` while `run` runs, and to nobody afterwards. */
  readonly whileLogging: <Result>(log: (level: number, text: string) => void, run: () => Result) => Result;
};

/** The libraries are not of the release that the layouts are for. */
export class UnknownRelease extends Error {
  readonly expected: string;
  readonly received: string;

  constructor(expected: string, received: string) {
    super(`llama.cpp is ${received} and not ${expected}`);
    this.expected = expected;
    this.received = received;
  }
}

/** llama.cpp evaluates grammars recursively, and so do some of its parsers. */
const stackBytes = 8 * 2 ** 20;

/**
 * Those for the best device that is here. One thread of a process calls it, once.
 *
 * @param wanted the device, where it is not to be the best one.
 * @throws UnknownRelease, Error where none is installed or can be loaded
 */
export function openBestLibrary(wanted?: Device): Library {
  if (koffi.config().sync_stack_size !== stackBytes) koffi.config({ sync_stack_size: stackBytes });
  const installed = installedLibraries();
  const fits = (libraries: InstalledLibraries): boolean =>
    wanted === undefined ? mayHaveDevice(libraries) : libraries.package.device === wanted;
  // All of them hold the libraries for the processor as well.
  const libraries = installed.find(fits) ?? installed.at(-1);
  if (libraries === undefined)
    throw new Error(`no package with llama.cpp for ${process.platform}-${process.arch} is installed`);
  return openLibrary(libraries);
}

/**
 * The library of the driver says whether a device may be there. ggml's own is not tried: what was opened of one build stays,
 * and another build would then run beside it.
 */
function mayHaveDevice({ package: { device, platform } }: InstalledLibraries): boolean {
  const driver = driverLibraries[device]?.[platform];
  return driver === undefined || opens(driver);
}

const driverLibraries: Readonly<Record<Device, Readonly<Record<string, string>> | undefined>> = {
  cuda: { linux: 'libcuda.so.1', win32: 'nvcuda.dll' },
  vulkan: { linux: 'libvulkan.so.1', win32: 'vulkan-1.dll' },
  metal: undefined,
  cpu: undefined,
};

function opens(path: string): boolean {
  try {
    koffi.load(path);
    return true;
  } catch {
    return false;
  }
}

function deviceLibrary(base: string, device: Device): string {
  return base.replace('ggml-base', `ggml-${device}`);
}

function openLibrary({
  directory,
  fallbackDirectory,
  names,
  package: { device },
}: InstalledLibraries): Library {
  const call = bindFunctions({
    base: koffi.load(join(directory, names.base)),
    registry: koffi.load(join(directory, names.ggml)),
    llama: koffi.load(join(directory, names.llama)),
  });
  const c = koffi.load(cLibrary(process.platform));
  const ignore = c.symbol('abs') as Pointer;
  const append = c.func('void *strcat(uint8_t *text, const char *more)');
  const version = call.llama_version();
  requireKnown(version, {
    model: call.llama_model_default_params(),
    context: call.llama_context_default_params(),
  });
  call.llama_log_set(ignore, null);
  call.ggml_backend_load_all_from_path(directory);
  let gpus = gpusOf(call);
  if (gpus.length === 0 && fallbackDirectory !== null) {
    call.ggml_backend_load(join(fallbackDirectory, deviceLibrary(names.base, device)));
    gpus = gpusOf(call);
  }
  call.llama_backend_init();
  return {
    call,
    binding: koffi.version,
    device: gpus.length === 0 ? 'cpu' : device,
    gpus,
    isByteSet: c.symbol('strlen') as Pointer,
    addressOf: (memory) => append(memory, '') as Pointer,
    whileLogging: (log, run) => {
      const prototype = koffi.pointer(koffi.proto('void (int32_t level, const char *text, void *data)'));
      const callback = koffi.register(log, prototype);
      call.llama_log_set(callback, null);
      try {
        return run();
      } finally {
        call.llama_log_set(ignore, null);
        koffi.unregister(callback);
      }
    },
  };
}

/**
 * @param version as the library says it, perhaps with more behind it.
 * @throws UnknownRelease
 */
export function requireKnown(version: string, defaults: Readonly<Record<'model' | 'context', Fields>>): void {
  const isKnown = version === llamaCppVersion || version.startsWith(`${llamaCppVersion}-`);
  if (!isKnown) throw new UnknownRelease(llamaCppVersion, version);
  for (const kind of ['model', 'context'] as const)
    for (const [field, value] of Object.entries(knownDefaults[kind])) {
      const found = defaults[kind][field];
      if (found !== value)
        throw new UnknownRelease(
          llamaCppVersion,
          `${version} with ${String(found)} and not ${value} as ${field}`,
        );
    }
}

function gpusOf(call: Functions): readonly GpuFacts[] {
  const devices = Array.from({ length: Number(call.ggml_backend_dev_count()) }, (_, index) =>
    call.ggml_backend_dev_get(index),
  );
  const types: readonly number[] = [deviceTypes.gpu, deviceTypes.integratedGpu];
  return devices
    .filter((pointer) => types.includes(call.ggml_backend_dev_type(pointer)))
    .map((pointer) => {
      const [free, total] = [new BigUint64Array(1), new BigUint64Array(1)];
      call.ggml_backend_dev_memory(pointer, free, total);
      const description = call.ggml_backend_dev_description(pointer);
      return { description, free: Number(free[0]), total: Number(total[0]) };
    });
}
