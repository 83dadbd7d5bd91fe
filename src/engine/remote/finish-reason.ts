// Why a reply ended, in the words of all servers: docs/serve.md lists them.
import { lookUp } from '../../base/index.ts';
import type { EndReason } from '../engine.ts';

/** `failed`: the server broke off; `given-up`: it did so with this reply only, and is none the worse for it. */
export type Finish = EndReason | 'failed' | 'given-up';

const finishes: Readonly<Record<string, Finish>> = {
  stop: 'stop',
  eos: 'stop',
  eos_token: 'stop',
  end_turn: 'stop',
  stop_sequence: 'stop',
  complete: 'stop',
  completed: 'stop',
  tool_calls: 'stop',
  tool_call: 'stop',
  tool_use: 'stop',
  function_call: 'stop',
  length: 'length',
  max_tokens: 'length',
  // Mistral: the context is full.
  model_length: 'length',
  content_filter: 'content-filter',
  safety: 'content-filter',
  recitation: 'content-filter',
  refusal: 'content-filter',
  abort: 'given-up',
  cancelled: 'given-up',
  error: 'failed',
  // DeepSeek: it ran out of room for the reply.
  insufficient_system_resource: 'failed',
};

/** Undefined for a word that none of the servers is known to use. */
export function finishOf(word: string): Finish | undefined {
  return lookUp(finishes, word.toLowerCase());
}
