// Names of models as they stand in paths, URLs and requests: a small alphabet, no leading dot, no separator.
import { TiegelError } from '../../base/index.ts';

const pattern = /^[a-z0-9][a-z0-9._-]{0,63}$/;

/** @throws TGL_MODEL_NAME_INVALID */
export function parseModelName(text: unknown): string {
  if (typeof text === 'string' && pattern.test(text)) return text;
  throw new TiegelError('TGL_MODEL_NAME_INVALID', { received: JSON.stringify(text) ?? String(text) });
}
