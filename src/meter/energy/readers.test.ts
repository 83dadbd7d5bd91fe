// Against trees of files as Linux shows them, since hardly any machine has all of them.
import { describe, expect, test } from 'vitest';
import { type ManualClock, manualClock } from '../../base/index.ts';
import { type Energy, type EnergyReader, type SystemFiles, sumEnergy } from './energy.ts';
import { batteryReaders, hwmonReaders, nvidiaReaders, wallPlugReader } from './gauges.ts';
import { powercapReaders } from './powercap.ts';
import { coreWattsOf, processorTimeReader } from './processor-time.ts';
import { openEnergy } from './readers.ts';

type Tree = Record<string, string | NodeJS.ErrnoException>;

/** Files by path; an error in place of a text is thrown when it is read. */
function filesOf(tree: Tree): SystemFiles {
  const missing = (path: string): never => {
    throw Object.assign(new Error(`ENOENT: ${path}`), { code: 'ENOENT' });
  };
  return {
    list: async (directory) => {
      const names = Object.keys(tree)
        .filter((path) => path.startsWith(`${directory}/`))
        .map((path) => path.slice(directory.length + 1).split('/')[0] as string);
      return names.length === 0 ? missing(directory) : [...new Set(names)];
    },
    read: async (file) => {
      const content = tree[file] ?? missing(file);
      if (typeof content !== 'string') throw content;
      return content;
    },
  };
}

const powercap = '/sys/class/powercap';

function zone(id: string, name: string, microjoules: number): Tree {
  return {
    [`${powercap}/intel-rapl:${id}/name`]: `${name}\n`,
    [`${powercap}/intel-rapl:${id}/energy_uj`]: `${microjoules}\n`,
    [`${powercap}/intel-rapl:${id}/max_energy_range_uj`]: '262143328850\n',
  };
}

/** The state of one source: its reader, and how it is made to use joules over some seconds. */
type Case = {
  readonly reader: EnergyReader;
  readonly use: (joules: number, seconds: number) => void;
  readonly fail: () => void;
};

function powercapCase(clock: ManualClock): Promise<Case> {
  const tree = zone('0', 'package-0', 1_000_000);
  const counter = `${powercap}/intel-rapl:0/energy_uj`;
  return caseOf(powercapReaders(filesOf(tree), clock), {
    use: (joules, seconds) => {
      tree[counter] = String(Number(tree[counter]) + joules * 1e6);
      clock.advance(1_000 * seconds);
    },
    fail: () => {
      tree[counter] = Object.assign(new Error('EACCES'), { code: 'EACCES' });
    },
  });
}

async function caseOf(readers: Promise<readonly EnergyReader[]>, steps: Omit<Case, 'reader'>): Promise<Case> {
  const [reader, ...others] = await readers;
  if (reader === undefined || others.length > 0) throw new Error('there is to be one reader');
  return { reader, ...steps };
}

/** A gauge that shows the power of what is used next: two readings at the same power are exact. */
function gaugeCase(
  readers: (tree: Tree, clock: ManualClock) => Promise<readonly EnergyReader[]>,
  tree: Tree,
  file: string,
): (clock: ManualClock) => Promise<Case> {
  return (clock) =>
    caseOf(readers(tree, clock), {
      use: (_, seconds) => clock.advance(1_000 * seconds),
      fail: () => {
        tree[file] = Object.assign(new Error('ENODEV'), { code: 'ENODEV' });
      },
    });
}

const ten = '10000000\n';
const cases: Readonly<Record<string, (clock: ManualClock) => Promise<Case>>> = {
  'a counter of the processor': powercapCase,
  'a sensor of an AMD card': gaugeCase(
    (tree, clock) => hwmonReaders(filesOf(tree), clock),
    { '/sys/class/hwmon/hwmon2/name': 'amdgpu\n', '/sys/class/hwmon/hwmon2/power1_average': ten },
    '/sys/class/hwmon/hwmon2/power1_average',
  ),
  'a battery': gaugeCase(
    (tree, clock) => batteryReaders(filesOf(tree), clock),
    { '/sys/class/power_supply/BAT0/status': 'Discharging\n', '/sys/class/power_supply/BAT0/power_now': ten },
    '/sys/class/power_supply/BAT0/power_now',
  ),
  'a wall plug': (clock) => {
    let fails = false;
    const ask = async () => {
      if (fails) throw new Error('the plug does not answer');
      return 10;
    };
    return caseOf(Promise.resolve([wallPlugReader('wall plug', ask, clock)]), {
      use: (_, seconds) => clock.advance(1_000 * seconds),
      fail: () => {
        fails = true;
      },
    });
  },
};

describe.each(Object.entries(cases))('%s', (_, open) => {
  test('begins at 0 and gives what was used since, at 10 W', async () => {
    const { reader, use } = await open(manualClock());
    expect(await reader.read()).toEqual({ method: 'measured', source: reader.source, joules: 0 });
    use(40, 4);
    expect(await reader.read()).toMatchObject({ method: 'measured', joules: 40 });
    use(20, 2);
    expect(await reader.read()).toMatchObject({ method: 'measured', joules: 60 });
  });

  test('is unknown for good after a reading that failed, with the reason', async () => {
    const { reader, use, fail } = await open(manualClock());
    await reader.read();
    use(10, 1);
    fail();
    const failed = await reader.read();
    expect(failed).toMatchObject({ method: 'unknown' });
    expect(await reader.read()).toEqual(failed);
  });

  test('is unknown after a gap that cannot be bridged', async () => {
    const clock = manualClock();
    const { reader, use } = await open(clock);
    await reader.read();
    use(10, reader.longestGapMs / 1_000 + 1);
    expect(await reader.read()).toMatchObject({ method: 'unknown' });
  });
});

describe('counters of the processor', () => {
  test('that have come round once go on', async () => {
    const tree = zone('0', 'package-0', 262_143_000_000);
    const [reader] = await powercapReaders(filesOf(tree), manualClock());
    await reader?.read();
    tree[`${powercap}/intel-rapl:0/energy_uj`] = '671150';
    // 262,143,328,850 − 262,143,000,000 + 671,150 µJ
    expect(await reader?.read()).toMatchObject({ method: 'measured', joules: 1 });
  });

  test('are packages and memory, without the cores that a package contains', async () => {
    const tree = {
      ...zone('0', 'package-0', 0),
      ...zone('0:0', 'core', 0),
      ...zone('0:1', 'uncore', 0),
      ...zone('0:2', 'dram', 0),
      ...zone('1', 'package-1', 0),
    };
    const readers = await powercapReaders(filesOf(tree), manualClock());
    expect(readers.map(({ source }) => source)).toEqual([
      'powercap package-0',
      'powercap dram',
      'powercap package-1',
    ]);
  });

  test('are the platform alone, where it has one', async () => {
    const tree = { ...zone('0', 'package-0', 0), ...zone('1', 'psys', 0) };
    const [reader, ...others] = await powercapReaders(filesOf(tree), manualClock());
    expect(reader).toMatchObject({ source: 'powercap psys', part: 'machine' });
    expect(others).toEqual([]);
  });

  test('that only root may read say how to let others', async () => {
    const tree = {
      ...zone('0', 'package-0', 0),
      [`${powercap}/intel-rapl:0/energy_uj`]: Object.assign(new Error(), { code: 'EACCES' }),
    };
    const [reader] = await powercapReaders(filesOf(tree), manualClock());
    const energy = await reader?.read();
    expect(energy).toMatchObject({ method: 'unknown' });
    expect((energy as { reason: string }).reason).toContain('udev rule');
  });

  test('that hold no number are unknown', async () => {
    const tree = { ...zone('0', 'package-0', 0), [`${powercap}/intel-rapl:0/energy_uj`]: 'none\n' };
    const [reader] = await powercapReaders(filesOf(tree), manualClock());
    expect(await reader?.read()).toMatchObject({ method: 'unknown' });
  });
});

describe('power', () => {
  test('that changes is integrated by trapezoids', async () => {
    const clock = manualClock();
    const powers = [10, 30, 20];
    const reader = wallPlugReader('plug', async () => powers.shift() as number, clock);
    await reader.read();
    clock.advance(2_000);
    await reader.read();
    clock.advance(4_000);
    // (10 + 30) / 2 × 2 + (30 + 20) / 2 × 4
    expect(await reader.read()).toMatchObject({ joules: 140 });
  });

  test('of a battery is current × voltage where it shows no power, and nothing while it charges', async () => {
    const supply = '/sys/class/power_supply/BAT1';
    const tree: Tree = {
      [`${supply}/status`]: 'Discharging',
      [`${supply}/current_now`]: '-2000000',
      [`${supply}/voltage_now`]: '12000000',
    };
    const clock = manualClock();
    const [reader] = await batteryReaders(filesOf(tree), clock);
    await reader?.read();
    clock.advance(10_000);
    expect(await reader?.read()).toMatchObject({ joules: 240 });
    tree[`${supply}/status`] = 'Charging';
    expect(await reader?.read()).toMatchObject({ method: 'unknown' });
  });

  test('of a card that is divided is that of the whole card, and says so', async () => {
    const clock = manualClock();
    let printed = 'GPU-1, 250.00, Enabled\nGPU-2, [N/A], Disabled\n';
    const [divided, silent] = await nvidiaReaders(async () => printed, clock);
    expect(divided?.source).toContain('the whole card');
    await divided?.read();
    clock.advance(1_000);
    printed = 'GPU-1, 350.00, Enabled\n';
    expect(await divided?.read()).toMatchObject({ joules: 300 });
    expect(await silent?.read()).toMatchObject({ method: 'unknown' });
    expect(await nvidiaReaders(() => Promise.reject(new Error('no such command')), clock)).toEqual([]);
  });

  test('that a plug cannot have is refused', async () => {
    const reader = wallPlugReader('plug', async () => Number.NaN, manualClock());
    expect(await reader.read()).toMatchObject({
      method: 'unknown',
      reason: 'plug gave NaN, which is no power in watts',
    });
  });
});

test('processor time is a range, and never called measured', async () => {
  let seconds = 100;
  const reader = processorTimeReader(coreWattsOf(80, 8), () => seconds);
  await reader.read();
  seconds += 10;
  expect(await reader.read()).toMatchObject({ method: 'modelled', low: 40, high: 100 });
});

test('a sum is as good as its weakest part, and "at least" with an unknown one', () => {
  const parts: readonly Energy[] = [
    { method: 'measured', source: 'a', joules: 5 },
    { method: 'modelled', source: 'b', low: 1, high: 3 },
  ];
  expect(sumEnergy(parts)).toEqual({ low: 6, high: 8, method: 'modelled' });
  expect(sumEnergy([...parts, { method: 'unknown', source: 'c', reason: 'no' }])).toEqual({
    ...{ low: 6, high: null, method: 'unknown' },
  });
  expect(sumEnergy([])).toEqual({ low: 0, high: null, method: 'unknown' });
});

describe('a machine', () => {
  const model = { watts: { low: 2, high: 5, from: 'operator' } as const, processorSeconds: () => 7 };

  test('of which a plug knows everything is counted once', async () => {
    const files = filesOf({ ...zone('0', 'package-0', 0) });
    const wallPlug = { source: 'plug', ask: async () => 100 };
    const meter = await openEnergy({ files, clock: manualClock(), wallPlug, model });
    expect(meter.sources).toEqual(['plug']);
  });

  test('that shows a processor and a card is the sum of both', async () => {
    const files = filesOf({
      ...zone('0', 'package-0', 0),
      '/sys/class/hwmon/hwmon0/name': 'amdgpu',
      '/sys/class/hwmon/hwmon0/power1_input': '5000000',
    });
    const meter = await openEnergy({ files, clock: manualClock(), model });
    expect(meter.sources).toEqual(['powercap package-0', 'hwmon hwmon0']);
    expect((await meter.read()).sum.method).toBe('measured');
  });

  test('on which nothing can be read is modelled, and unknown without a model', async () => {
    const meter = await openEnergy({ files: filesOf({}), clock: manualClock(), model });
    expect((await meter.read()).sum).toEqual({ low: 0, high: 0, method: 'modelled' });
    const none = await openEnergy({ files: filesOf({}), clock: manualClock() });
    expect((await none.read()).sum).toEqual({ low: 0, high: null, method: 'unknown' });
  });

  test('whose counters may not be read is modelled, and keeps the reason without a model', async () => {
    const files = filesOf({
      ...zone('0', 'package-0', 0),
      [`${powercap}/intel-rapl:0/energy_uj`]: Object.assign(new Error(), { code: 'EACCES' }),
    });
    expect((await openEnergy({ files, clock: manualClock(), model })).sources).toEqual([
      'processor time at 2 to 5 W a core, as the operator says',
    ]);
    const { parts } = await (await openEnergy({ files, clock: manualClock() })).read();
    expect(JSON.stringify(parts)).toContain('udev rule');
  });
});
