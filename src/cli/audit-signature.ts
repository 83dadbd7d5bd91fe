// Ed25519 signatures under the heads of the audit log, as the store asks for them.
import { verifyingKey } from '../catalog/index.ts';

export function verifiesSignature(publicKey: string, text: string, signature: string): boolean {
  return verifyingKey(publicKey).verify(text, signature);
}
