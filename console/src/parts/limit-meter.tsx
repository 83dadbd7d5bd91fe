// A limit as a bar: what is used, what running requests may still use (hatched), and what is left.
import type { ReactNode } from 'react';
import type { RemainingLimitBody } from '../../../src/wire/index.ts';
import { type Strings, useFormats, useStrings } from '../frame/language.tsx';

type Words = Readonly<Record<'of' | 'left' | 'held' | 'used', string>> & {
  readonly units: Readonly<Record<string, string>>;
  readonly periods: Readonly<Record<string, string>>;
};

const strings: Strings<Words> = {
  en: {
    ...{ of: 'of', left: 'left', held: 'held', used: 'used' },
    units: {},
    periods: { minute: 'a minute', hour: 'an hour', day: 'a day', month: 'a month', total: 'in all' },
  },
  de: {
    ...{ of: 'von', left: 'übrig', held: 'vorgemerkt', used: 'verbraucht' },
    units: { requests: 'Anfragen', tokens: 'Tokens', money: 'Geld', concurrent: 'gleichzeitig' },
    periods: {
      ...{ minute: 'pro Minute', hour: 'pro Stunde', day: 'pro Tag' },
      ...{ month: 'pro Monat', total: 'insgesamt' },
    },
  },
};

export function LimitMeter({ limit }: { readonly limit: RemainingLimitBody }): ReactNode {
  const words = useStrings(strings);
  const format = useFormats();
  const amount = (value: number | string): string =>
    limit.currency === null ? format.count(Number(value)) : format.money(value, limit.currency);
  const share = (value: number | string): number =>
    Number(limit.limit) === 0 ? 100 : Math.min(100, (100 * Number(value)) / Number(limit.limit));
  const used = share(limit.used);
  const state = used >= 100 ? 'used bad' : used >= 80 ? 'used warn' : 'used';
  const unit = words.units[limit.unit] ?? limit.unit;
  const period = words.periods[limit.period] ?? limit.period;
  const text = `${amount(limit.remaining)} ${words.left} ${words.of} ${amount(limit.limit)} ${unit} ${period}`;
  return (
    <div className="stack tight num">
      <span>
        {text}
        {limit.model !== null && ` · ${limit.model}`}
      </span>
      <div
        className="meter"
        role="img"
        aria-label={`${words.used} ${amount(limit.used)}, ${words.held} ${amount(limit.held)}`}
      >
        <span className={state} style={{ width: `${used}%` }} />
        <span className="held" style={{ width: `${Math.min(100 - used, share(limit.held))}%` }} />
      </div>
    </div>
  );
}
