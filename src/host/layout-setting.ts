// How an operator says in which layout models are to run in the embedded engine: TIEGEL_LAYOUT.
import { attentions, cacheKinds, type LayoutWishes } from '../base/index.ts';

/** As was measured, or with what is to differ from the usual one. */
export type LayoutSetting = 'measured' | LayoutWishes;

export const layoutSettingForm =
  'measured, usual, or some of threads=COUNT, attention=plain|flash and caches=one|each, separated by commas';

/** Undefined for what has no such form. */
export function parseLayoutSetting(text: string): LayoutSetting | undefined {
  if (text === 'measured') return text;
  if (text === 'usual') return {};
  const entries = text.split(',').map((part) => part.trim().split('='));
  const parts = entries.map(([name, value = '', ...more]) => (more.length > 0 ? {} : partOf(name, value)));
  const all: LayoutWishes = Object.assign({}, ...parts);
  return Object.keys(all).length === entries.length ? all : undefined;
}

/** Empty where there is nothing of that name or value. */
function partOf(name: string | undefined, value: string): LayoutWishes {
  const attention = attentions.find((known) => known === value);
  const caches = cacheKinds.find((known) => known === value);
  if (name === 'threads' && /^[1-9]\d{0,2}$/.test(value)) return { threads: Number(value) };
  if (name === 'attention' && attention !== undefined) return { attention };
  return name === 'caches' && caches !== undefined ? { caches } : {};
}
