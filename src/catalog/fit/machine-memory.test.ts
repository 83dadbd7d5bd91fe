import { expect, test } from 'vitest';
import { machineMemory, type ReadText } from './machine-memory.ts';

const gibibyte = 2 ** 30;
const meminfo = 'MemTotal:       16777216 kB\nMemFree:         1048576 kB\nMemAvailable:    8388608 kB\n';
const machine = { total: 16 * gibibyte, free: gibibyte };

/** Reads from texts by path, as a machine with only these files would. */
function filesystem(files: Readonly<Record<string, string>>): ReadText {
  return (path) => files[path];
}

test('without control groups the kernel says what is available', () => {
  expect(machineMemory(filesystem({ '/proc/meminfo': meminfo }), machine)).toEqual({
    total: 16 * gibibyte,
    available: 8 * gibibyte,
    limitedBy: 'machine',
  });
});

test('where the kernel says nothing, free memory counts', () => {
  expect(machineMemory(filesystem({}), machine)).toEqual({
    total: 16 * gibibyte,
    available: gibibyte,
    limitedBy: 'machine',
  });
});

test('version 2: the tightest group on the way to the root holds, caches aside', () => {
  const read = filesystem({
    '/proc/meminfo': meminfo,
    '/proc/self/cgroup': '0::/system.slice/tiegel.service\n',
    '/sys/fs/cgroup/system.slice/memory.max': `${4 * gibibyte}\n`,
    '/sys/fs/cgroup/system.slice/memory.current': `${3 * gibibyte}\n`,
    '/sys/fs/cgroup/system.slice/memory.stat': `anon 12\ninactive_file ${gibibyte}\nactive_file 5\n`,
    '/sys/fs/cgroup/system.slice/tiegel.service/memory.max': 'max\n',
    '/sys/fs/cgroup/system.slice/tiegel.service/memory.current': `${gibibyte}\n`,
  });
  expect(machineMemory(read, machine)).toEqual({
    total: 4 * gibibyte,
    available: 2 * gibibyte,
    limitedBy: 'control group',
  });
});

test('version 1: the path is often that of the host, and only the root of the mount is there', () => {
  const read = filesystem({
    '/proc/meminfo': meminfo,
    '/proc/self/cgroup': '9:name=systemd:/\n4:memory:/docker/7c967f87\n1:cpu,cpuacct:/\n',
    '/sys/fs/cgroup/memory/memory.limit_in_bytes': `${2 * gibibyte}\n`,
    '/sys/fs/cgroup/memory/memory.usage_in_bytes': `${gibibyte}\n`,
    '/sys/fs/cgroup/memory/memory.stat': `inactive_file 7\ntotal_inactive_file ${gibibyte / 2}\n`,
  });
  expect(machineMemory(read, machine)).toMatchObject({
    available: 1.5 * gibibyte,
    limitedBy: 'control group',
  });
});

test('version 1 says "no limit" with a huge number', () => {
  const read = filesystem({
    '/proc/meminfo': meminfo,
    '/proc/self/cgroup': '4:memory:/\n',
    '/sys/fs/cgroup/memory/memory.limit_in_bytes': '9223372036854771712\n',
    '/sys/fs/cgroup/memory/memory.usage_in_bytes': `${gibibyte}\n`,
  });
  expect(machineMemory(read, machine).limitedBy).toBe('machine');
});

test('a group looser than what the machine has left does not bound', () => {
  const read = filesystem({
    '/proc/meminfo': meminfo,
    '/proc/self/cgroup': '0::/\n',
    '/sys/fs/cgroup/memory.max': `${12 * gibibyte}\n`,
    '/sys/fs/cgroup/memory.current': `${gibibyte}\n`,
  });
  expect(machineMemory(read, machine)).toMatchObject({ available: 8 * gibibyte, limitedBy: 'machine' });
});

test('a group that does not say what it uses does not bound', () => {
  const read = filesystem({
    '/proc/meminfo': meminfo,
    '/proc/self/cgroup': '0::/\n',
    '/sys/fs/cgroup/memory.max': `${gibibyte}\n`,
  });
  expect(machineMemory(read, machine)).toEqual({
    ...{ total: 16 * gibibyte, available: 8 * gibibyte, limitedBy: 'machine' },
  });
});
