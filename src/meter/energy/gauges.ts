// Power that hardware shows in watts: sensors of boards and AMD cards (hwmon), a battery while it discharges, NVIDIA cards by
// their own tool, and a number that an operator's wall plug gives.
import type { Clock } from '../../base/index.ts';
import { accumulatePower } from './accumulate.ts';
import type { EnergyReader, SystemFiles } from './energy.ts';

const sensors = '/sys/class/hwmon';
const supplies = '/sys/class/power_supply';

/** Power of a sensor or a card is a mean over about a second. */
const sensorGapMs = 5_000;
/** A battery's changes every few seconds, and means nothing over less than a minute. */
const batteryGapMs = 30_000;

type Gauge = {
  readonly source: string;
  readonly part: EnergyReader['part'];
  readonly longestGapMs: number;
  /** Watts. */
  readonly watts: () => Promise<number>;
};

function reader({ source, part, longestGapMs, watts }: Gauge, clock: Clock): EnergyReader {
  return { source, part, longestGapMs, read: accumulatePower({ source, longestGapMs, clock }, watts) };
}

/** AMD graphics cards, by what their driver shows of the whole card. */
export async function hwmonReaders(files: SystemFiles, clock: Clock): Promise<readonly EnergyReader[]> {
  const readers: EnergyReader[] = [];
  for (const entry of (await files.list(sensors).catch((): readonly string[] => [])).toSorted()) {
    const path = `${sensors}/${entry}`;
    const name = (await files.read(`${path}/name`).catch(() => '')).trim();
    if (name !== 'amdgpu') continue;
    const shown = await files.list(path).catch((): readonly string[] => []);
    const file = ['power1_average', 'power1_input'].find((candidate) => shown.includes(candidate));
    if (file === undefined) continue;
    const watts = async () => (await wholeNumber(files, `${path}/${file}`)) / 1e6;
    readers.push(
      reader({ source: `hwmon ${entry}`, part: 'graphics', longestGapMs: sensorGapMs, watts }, clock),
    );
  }
  return readers;
}

/** The whole machine, while it runs on its battery. */
export async function batteryReaders(files: SystemFiles, clock: Clock): Promise<readonly EnergyReader[]> {
  const batteries = (await files.list(supplies).catch((): readonly string[] => [])).filter((name) =>
    /^BAT\d+$/.test(name),
  );
  return batteries.toSorted().map((battery) => {
    const path = `${supplies}/${battery}`;
    const watts = async () => {
      const status = (await files.read(`${path}/status`)).trim();
      if (status !== 'Discharging')
        throw new Error(
          `${battery} is not discharging (${status}), so that it does not show what the machine uses`,
        );
      const shown = await files.list(path);
      if (shown.includes('power_now')) return (await wholeNumber(files, `${path}/power_now`)) / 1e6;
      const [current, voltage] = [
        await wholeNumber(files, `${path}/current_now`),
        await wholeNumber(files, `${path}/voltage_now`),
      ];
      return (current * voltage) / 1e12;
    };
    return reader(
      { source: `battery ${battery}`, part: 'machine', longestGapMs: batteryGapMs, watts },
      clock,
    );
  });
}

/**
 * NVIDIA cards, each as a whole: a card that is divided into instances is shared with whoever else uses it.
 *
 * @param query what `nvidia-smi --query-gpu=uuid,power.draw,mig.mode.current --format=csv,noheader,nounits` prints
 */
export async function nvidiaReaders(
  query: () => Promise<string>,
  clock: Clock,
): Promise<readonly EnergyReader[]> {
  const cards = await query().then(cardsOf, () => []);
  return cards.map(({ uuid, divided }) => {
    const watts = async () => {
      const draw = cardsOf(await query()).find((card) => card.uuid === uuid)?.draw;
      if (draw === undefined || !Number.isFinite(draw))
        throw new Error(`nvidia-smi shows no power of ${uuid}`);
      return draw;
    };
    const source = `nvidia ${uuid}${divided ? ' (the whole card, of which instances are used)' : ''}`;
    return reader({ source, part: 'graphics', longestGapMs: sensorGapMs, watts }, clock);
  });
}

function cardsOf(
  printed: string,
): readonly { readonly uuid: string; readonly draw: number; readonly divided: boolean }[] {
  return printed.split('\n').flatMap((line) => {
    const [uuid = '', draw = '', mode = ''] = line.split(',').map((cell) => cell.trim());
    return uuid.startsWith('GPU-')
      ? [{ uuid, draw: Number.parseFloat(draw), divided: mode === 'Enabled' }]
      : [];
  });
}

/** @param ask gives watts; the operator says where from */
export function wallPlugReader(source: string, ask: () => Promise<number>, clock: Clock): EnergyReader {
  const watts = async () => {
    const value = await ask();
    if (!(value >= 0 && value < Number.POSITIVE_INFINITY))
      throw new Error(`${source} gave ${value}, which is no power in watts`);
    return value;
  };
  return reader({ source, part: 'machine', longestGapMs: sensorGapMs, watts }, clock);
}

async function wholeNumber(files: SystemFiles, file: string): Promise<number> {
  const text = (await files.read(file)).trim();
  if (!/^-?\d{1,15}$/.test(text))
    throw new Error(`${file} holds ${JSON.stringify(text.slice(0, 40))}, which is no whole number`);
  return Math.abs(Number(text));
}
