// The item as it is, which may end with the result of a tool: the baseline of every other attack.
import type { Attack } from '../terms/trial.ts';
import { askingOnce, questionOf } from './asking.ts';

export function direct(): Attack {
  return askingOnce({ name: 'direct', version: '1', arguments: {} }, (item) =>
    questionOf(item, item.messages.slice(-1)),
  );
}
