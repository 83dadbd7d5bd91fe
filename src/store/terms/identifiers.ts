// Names of what the store keeps. They are random, so that nothing can be counted or guessed by them.
import { type Entropy, TiegelError } from '../../base/index.ts';
import type { Identifier, IdentifierKind } from '../../traffic/index.ts';

const prefixes = {
  organisation: 'org',
  account: 'acc',
  principal: 'prn',
  key: 'key',
  session: 'ses',
} as const;

const randomBytes = 15;

/** A fresh identifier of 120 random bits, such as `org_5f0c…`. */
export function newIdentifier<Kind extends IdentifierKind>(of: Kind, entropy: Entropy): Identifier<Kind> {
  return `${prefixes[of]}_${Buffer.from(entropy(randomBytes)).toString('hex')}` as Identifier<Kind>;
}

/**
 * The identifier that a text is.
 *
 * @throws TGL_ID_UNKNOWN for a text that cannot be one, as for one that nobody has
 */
export function parseIdentifier<Kind extends IdentifierKind>(of: Kind, text: string): Identifier<Kind> {
  if (new RegExp(`^${prefixes[of]}_[0-9a-f]{${randomBytes * 2}}$`).test(text))
    return text as Identifier<Kind>;
  throw unknownIdentifier(of, text);
}

/** The same answer for what never was, what is gone and what belongs to another organisation. */
export function unknownIdentifier(of: IdentifierKind, received: string): TiegelError {
  return new TiegelError('TGL_ID_UNKNOWN', { kind: of, received });
}
