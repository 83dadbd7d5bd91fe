// Keys and their pepper, opened together: a store is of use only with the pepper by which its keys were hashed.
import { TiegelError } from '../../base/index.ts';
import type { KeyId, OrganisationId, PrincipalId } from '../../traffic/index.ts';
import type { Author } from '../audit/audit-entry.ts';
import type { StoreContext } from '../audit/change-audited.ts';
import { firstPerson } from '../sessions/first-person.ts';
import { createSignIns, type SignIns } from '../sessions/sign-ins.ts';
import { type AuthenticatorOptions, openAuthenticator, type StoreAuthenticator } from './authenticator.ts';
import { ensureGivenKey, type FirstStart, type FirstStartOptions, firstStart } from './first-start.ts';
import { createKeys, type Keys } from './keys.ts';
import type { Pepper } from './pepper.ts';

export type OpenKeys = Keys & {
  /** Makes an organisation and an account where there is none, and a key where there never was one. @throws TGL_STORE_UNAVAILABLE */
  readonly firstStart: (options: FirstStartOptions) => Promise<FirstStart>;
  /** The person who owns an organisation, made where it never had anybody; undefined where none owns it any more. @throws TGL_STORE_UNAVAILABLE */
  readonly firstPerson: (organisation: OrganisationId, author: Author) => Promise<PrincipalId | undefined>;
  readonly signIns: SignIns;
  /** The record by which a key that the operator gives outside the store is known in it. @throws TGL_STORE_UNAVAILABLE */
  readonly ensureGivenKey: () => Promise<KeyId>;
  /** @throws TGL_STORE_UNAVAILABLE */
  readonly authenticator: (options?: AuthenticatorOptions) => Promise<StoreAuthenticator>;
};

export type KeyContext = StoreContext & { readonly onChange: (listener: () => void) => Disposable };

/** @throws TGL_PEPPER_MISMATCH, TGL_STORE_UNAVAILABLE */
export async function openKeys(context: KeyContext, pepper: Pepper): Promise<OpenKeys> {
  await requirePepper(context, pepper);
  return {
    ...createKeys(context, pepper),
    firstStart: (options) => firstStart(context, pepper, options),
    firstPerson: (organisation, author) => firstPerson(context, organisation, author),
    signIns: createSignIns(context, pepper.hash),
    ensureGivenKey: () => ensureGivenKey(context, pepper),
    authenticator: (options) => openAuthenticator(context, pepper, options),
  };
}

const checkedText = 'tiegel';

/** Of two first starts at once, the one whose row is first decides. */
async function requirePepper({ database }: StoreContext, pepper: Pepper): Promise<void> {
  const value = pepper.hash(checkedText).toString('hex');
  const read = () =>
    database.query
      .selectFrom('store_setting')
      .select('value')
      .where('name', '=', 'pepper')
      .executeTakeFirst();
  if ((await read()) === undefined)
    await database.query
      .insertInto('store_setting')
      .values({ name: 'pepper', value })
      .onConflict((conflict) => conflict.doNothing())
      .execute();
  if ((await read())?.value !== value)
    throw new TiegelError('TGL_PEPPER_MISMATCH', { location: database.shown });
}
