// One token per run: HMAC-SHA-256 of the run's name under a secret of the server, so none has to be stored and a job
// of one run cannot ask on behalf of another.
import { createHmac, timingSafeEqual } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Entropy, makeDirectory, TiegelError, writeFileAtomically } from '../../base/index.ts';

export type RunTokens = {
  readonly tokenOf: (run: string) => string;
  readonly accepts: (run: string, presented: string) => boolean;
};

const secretBytes = 32;

/**
 * Reads the secret in `directory`, or makes one.
 *
 * @throws TGL_DATA_DIRECTORY for a secret of another length
 */
export function openRunTokens(directory: string, entropy: Entropy): RunTokens {
  const path = join(directory, 'run-tokens.secret');
  if (!existsSync(path)) {
    makeDirectory(directory, 0o700);
    writeFileAtomically(path, Buffer.from(entropy(secretBytes)).toString('hex'), { mode: 0o600 });
  }
  const secret = Buffer.from(readFileSync(path, 'utf8').trim(), 'hex');
  if (secret.length !== secretBytes) {
    throw new TiegelError('TGL_DATA_DIRECTORY', { path, reason: 'it does not hold a secret of 32 bytes' });
  }
  const tokenOf = (run: string): string =>
    `tgr_${createHmac('sha256', secret).update(run).digest('base64url')}`;
  return {
    tokenOf,
    accepts: (run, presented) => {
      const expected = Buffer.from(tokenOf(run));
      const received = Buffer.from(presented);
      return received.length === expected.length && timingSafeEqual(received, expected);
    },
  };
}
