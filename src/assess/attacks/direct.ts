// The item as it stands, which may end in what a tool gave: what every other attack is compared with.
import type { Attack } from '../terms/trial.ts';
import { askingOnce, questionOf } from './asking.ts';

export function direct(): Attack {
  return askingOnce({ name: 'direct', version: '1', arguments: {} }, (item) =>
    questionOf(item, item.messages.slice(-1)),
  );
}
