// A key that signs what tests of the store have signed. Imported by tests only.
import { createPrivateKey, createPublicKey, generateKeyPairSync, sign, verify } from 'node:crypto';
import type { HeadSigner } from './audit-log.ts';
import type { VerifySignature } from './verify-audit.ts';

export type TestSigner = { readonly signer: HeadSigner; readonly isSigned: VerifySignature };

/** A private key in PEM, by which another process signs as this one does. */
export const testKey: string = generateKeyPairSync('ed25519')
  .privateKey.export({ type: 'pkcs8', format: 'pem' })
  .toString();

export function signerOf(pem: string): TestSigner {
  const privateKey = createPrivateKey(pem);
  const publicKey = createPublicKey(privateKey);
  const signer: HeadSigner = {
    publicKey: Buffer.from(publicKey.export({ format: 'jwk' }).x!, 'base64url').toString('hex'),
    sign: (text) => sign(null, Buffer.from(text), privateKey).toString('hex'),
  };
  const isSigned: VerifySignature = (key, text, signature) =>
    key === signer.publicKey && verify(null, Buffer.from(text), publicKey, Buffer.from(signature, 'hex'));
  return { signer, isSigned };
}

const own: TestSigner = signerOf(testKey);
export const signer: HeadSigner = own.signer;
export const isSigned: VerifySignature = own.isSigned;
