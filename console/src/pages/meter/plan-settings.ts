// What the planner is asked, as its fields hold it, and the request that comes of it.
import type { PlanRequest } from '../../../../src/wire/index.ts';

export type PlanSettings = {
  readonly from: 'ledger' | 'rates';
  readonly perSecond: number;
  readonly bunching: number;
  readonly prompt: number;
  readonly reply: number;
  readonly growth: number;
  readonly wait: number;
  /** As they stand in their fields. */
  readonly speeds: string;
  readonly hour: string;
  readonly accuracy: string;
  /** Empty for none. */
  readonly hosted: string;
};

export const usualSettings: PlanSettings = {
  ...{ from: 'ledger', perSecond: 1, bunching: 1, prompt: 200, reply: 800, growth: 1, wait: 2 },
  ...{ speeds: '1:40,4:150,16:480', hour: '', accuracy: '', hosted: '' },
};

/** Undefined while a field holds what nobody can plan with. */
export function requestOf(settings: PlanSettings): PlanRequest | undefined {
  const { from, perSecond, bunching, prompt, reply, growth, wait, hour, accuracy, hosted } = settings;
  const speeds = speedsOf(settings.speeds);
  const [replicaHour, percent] = [numberOf(hour), numberOf(accuracy)];
  if (speeds === undefined || replicaHour === undefined || percent === undefined) return undefined;
  if (percent !== null && (percent < 0.1 || percent > 100)) return undefined;
  return {
    requests:
      from === 'ledger'
        ? { from, days: 30 }
        : {
            ...{ from, per_second: perSecond, gap_variation: bunching },
            ...{ prompt_tokens: prompt, completion_tokens: reply },
          },
    ...{ speeds, growth, wait_seconds: wait, cheaper: 2, replica_hour: replicaHour },
    ...{ accuracy: percent === null ? null : percent / 100, hosted: hosted === '' ? null : hosted },
  };
}

export function speedsOf(text: string): PlanRequest['speeds'] | undefined {
  const pairs = text.split(',').map((pair) => {
    const [, sequences, speed] = /^\s*(\d{1,4}):(\d+(?:\.\d+)?)\s*$/.exec(pair) ?? [];
    return { sequences: Number(sequences), tokens_per_second: Number(speed) };
  });
  const isSound = pairs.every(
    ({ sequences, tokens_per_second }) => sequences >= 1 && sequences <= 1024 && tokens_per_second >= 0.01,
  );
  return isSound && pairs.length <= 16 ? pairs : undefined;
}

/** Null for an empty field, undefined for what is no amount. */
function numberOf(text: string): number | null | undefined {
  if (text.trim() === '') return null;
  const value = Number(text.replace(',', '.'));
  return Number.isFinite(value) && value >= 0 && value <= 1_000_000 ? value : undefined;
}
