// What memory this machine, or the container it is, has left: MemAvailable of the kernel, and the limits of control
// groups (cgroup v2 `memory.max`, v1 `memory.limit_in_bytes`) on the way from the process's group to the root.
import { readFileSync } from 'node:fs';
import { freemem, totalmem } from 'node:os';
import { join } from 'node:path';

export type MachineMemory = {
  /** Bytes that exist, or that the group may use. */
  readonly total: number;
  /** Bytes that can be taken without swapping; caches that the kernel would give up count. */
  readonly available: number;
  /** What sets the bound. */
  readonly limitedBy: 'machine' | 'control group';
};

/** The text of a file, or undefined where it cannot be read. */
export type ReadText = (path: string) => string | undefined;

const systemText: ReadText = (path) => {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return undefined;
  }
};

/** @param read replaced by tests, which show files of other machines. */
export function machineMemory(
  read: ReadText = systemText,
  machine: { readonly total: number; readonly free: number } = { total: totalmem(), free: freemem() },
): MachineMemory {
  const total = kibibytesOf('MemTotal', read('/proc/meminfo')) ?? machine.total;
  const available = kibibytesOf('MemAvailable', read('/proc/meminfo')) ?? machine.free;
  const group = tightest(controlGroups(read));
  if (group === undefined) return { total, available, limitedBy: 'machine' };
  const { limit, used } = group;
  const left = Math.max(0, limit - used);
  return left < available
    ? { total: Math.min(limit, total), available: left, limitedBy: 'control group' }
    : { total, available, limitedBy: 'machine' };
}

type GroupMemory = { readonly limit: number; readonly used: number };

function tightest(groups: readonly GroupMemory[]): GroupMemory | undefined {
  return groups.toSorted((one, other) => one.limit - one.used - (other.limit - other.used))[0];
}

/** Every group with a limit that holds for this process. */
function controlGroups(read: ReadText): readonly GroupMemory[] {
  const lines = (read('/proc/self/cgroup') ?? '').split('\n');
  return lines.flatMap((line) => {
    const [, controllers, path] = /^\d+:([^:]*):(.*)$/.exec(line) ?? [];
    if (path === undefined) return [];
    const found = controllers === '' ? groupsOf(version2, path, read) : [];
    return controllers?.split(',').includes('memory') ? groupsOf(version1, path, read) : found;
  });
}

type Version = {
  readonly root: string;
  readonly limit: string;
  readonly used: string;
  /** In `memory.stat`: file pages that are given up first. */
  readonly reclaimable: string;
};

const version2: Version = {
  root: '/sys/fs/cgroup',
  limit: 'memory.max',
  used: 'memory.current',
  reclaimable: 'inactive_file',
};
const version1: Version = {
  root: '/sys/fs/cgroup/memory',
  limit: 'memory.limit_in_bytes',
  used: 'memory.usage_in_bytes',
  reclaimable: 'total_inactive_file',
};

/** Version 1 says "no limit" with the largest multiple of a page. */
const noLimit = 2 ** 60;

function groupsOf(version: Version, path: string, read: ReadText): readonly GroupMemory[] {
  const parts = path.split('/').filter((part) => part !== '');
  // In a container the path may be the host's: then only the root of the mount exists, and is the container's group.
  const places = [...parts.keys(), parts.length].map((depth) => join(version.root, ...parts.slice(0, depth)));
  return places.flatMap((place) => {
    const limit = numberOf(read(join(place, version.limit)));
    const used = numberOf(read(join(place, version.used)));
    if (limit === undefined || used === undefined || limit >= noLimit) return [];
    const statistics = read(join(place, 'memory.stat')) ?? '';
    const reclaimable = new RegExp(`^${version.reclaimable} (\\d+)$`, 'm').exec(statistics)?.[1];
    return [{ limit, used: used - Number(reclaimable ?? 0) }];
  });
}

/** Undefined also for `max`. */
function numberOf(text: string | undefined): number | undefined {
  const number = Number.parseInt(text ?? '', 10);
  return Number.isNaN(number) ? undefined : number;
}

function kibibytesOf(key: string, text: string | undefined): number | undefined {
  const kibibytes = new RegExp(`^${key}: +(\\d+) kB$`, 'm').exec(text ?? '')?.[1];
  return kibibytes === undefined ? undefined : Number(kibibytes) * 1024;
}
