import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { systemClock as clock } from '../base/index.ts';
import { openCatalog } from '../catalog/index.ts';
import { trustedSignatures, verifiesSignature } from './audit-signature.ts';
import type { CommandContext } from './command.ts';

let homes: readonly [string, string];
beforeEach(() => {
  const home = (): string => mkdtempSync(join(tmpdir(), 'tiegel-signatures-'));
  homes = [home(), home()];
});
afterEach(() => {
  for (const home of homes) rmSync(home, { recursive: true });
});

const contextOf = (home: string) => ({ environment: { home }, clock }) as unknown as CommandContext;

test('a signature counts by the key of this installation or one that is named, and by no other', () => {
  const [own, foreign] = homes.map((home) => openCatalog({ home, clock }).signingKey);
  const [mine, theirs] = [own!.sign('text'), foreign!.sign('text')];
  const verify = trustedSignatures(contextOf(homes[0]));
  expect(verify(own!.publicKey, 'text', mine)).toBe(true);
  expect(verify(own!.publicKey, 'another text', mine)).toBe(false);
  expect(verify(own!.publicKey, 'text', theirs)).toBe(false);
  // It holds, and anybody could have made it.
  expect(verifiesSignature(foreign!.publicKey, 'text', theirs)).toBe(true);
  expect(verify(foreign!.publicKey, 'text', theirs)).toBe(false);
  expect(
    trustedSignatures(contextOf(homes[0]), [foreign!.publicKey])(foreign!.publicKey, 'text', theirs),
  ).toBe(true);
});

test.each(['', 'abc', 'G'.repeat(64), 'a'.repeat(65)])('a name that is no key is refused: %j', (name) => {
  expect(() => trustedSignatures(contextOf(homes[0]), [name])).toThrow('64 hexadecimal digits');
});
