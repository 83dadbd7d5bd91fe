// Ed25519 signatures under the heads of the audit log and under what was removed, as the store asks for them.
import { TiegelError } from '../base/index.ts';
import { openCatalog, verifyingKey } from '../catalog/index.ts';
import type { VerifySignature } from '../store/index.ts';
import type { CommandContext } from './command.ts';

export function verifiesSignature(publicKey: string, text: string, signature: string): boolean {
  return verifyingKey(publicKey).verify(text, signature);
}

/**
 * Those by this installation and by the keys that are named: whoever can write to a store can sign with a key of their own.
 *
 * @throws TGL_USAGE for a name that is no key
 */
export function trustedSignatures(
  { environment: { home }, clock }: Pick<CommandContext, 'environment' | 'clock'>,
  named: readonly string[] = [],
): VerifySignature {
  const wrong = named.find((key) => !/^[0-9a-f]{64}$/.test(key));
  if (wrong !== undefined)
    throw new TiegelError('TGL_USAGE', {
      problem: `--public-key takes 64 hexadecimal digits; got ${wrong}.`,
    });
  let trusted: ReadonlySet<string> | undefined;
  return (publicKey, text, signature) => {
    trusted ??= new Set([openCatalog({ home, clock }).signingKey.publicKey, ...named]);
    return trusted.has(publicKey) && verifiesSignature(publicKey, text, signature);
  };
}
