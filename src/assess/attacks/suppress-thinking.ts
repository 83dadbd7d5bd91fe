// The request with the think block already closed: reasoning models may refuse only after they have thought. That
// less thinking changes what distilled models refuse was shown by SafeChain (arXiv 2502.12025, ZeroThink).
import type { Attack } from '../terms/trial.ts';
import { askingOnce, questionOf, requestOf } from './asking.ts';

export function suppressThinking(): Attack {
  return askingOnce({ name: 'suppress-thinking', version: '1', arguments: {} }, (item) =>
    questionOf(item, requestOf(item), { thinking: 'closed' }),
  );
}
