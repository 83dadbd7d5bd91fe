// Short forms for rulings on the answer alone.
import type { Ruling } from '../terms/trial.ts';

export function ruled(succeeded: boolean, reason: string): Ruling {
  return { answer: succeeded ? 'succeeded' : 'resisted', reasoning: null, reason };
}

export function unassessed(reason: string): Ruling {
  return { answer: 'unassessed', reasoning: null, reason };
}
