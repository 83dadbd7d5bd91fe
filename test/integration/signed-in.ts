// Somebody who is signed in at a server under test, and what they are answered.
import { author } from '../../src/store/contract.ts';
import type { Role } from '../../src/store/index.ts';
import type { PrincipalId } from '../../src/traffic/index.ts';
import type { ServedStore, TenantWithKey } from './served-store.ts';

type Headers = Readonly<Record<string, string>>;
export type Shown = { readonly [name: string]: unknown };

/** A new person with this role in the whole organisation. */
export async function addPerson(
  server: ServedStore,
  tenant: TenantWithKey,
  role: Role,
  name: string = role,
): Promise<PrincipalId> {
  const facts = { kind: 'person', name } as const;
  const membership = { account: null, role };
  return (await server.opened.store.principals.create(tenant.organisation, author, facts, membership)).id;
}

/** What the browser of that person sends along. */
export async function signIn(
  server: ServedStore,
  tenant: TenantWithKey,
  person: PrincipalId,
): Promise<Headers> {
  const { signIns } = server.opened.keys;
  const { token } = await signIns.createLink(tenant.organisation, person, author);
  const { secret } = (await signIns.redeem(token, 'req_1'))!;
  await server.refresh();
  return { cookie: `tiegel_session=${secret}`, origin: server.url };
}

type Told = { readonly status: number; readonly shown: Shown; readonly code: unknown };

export async function ask(
  server: ServedStore,
  as: Headers,
  method: string,
  path: string,
  body?: object,
): Promise<Told> {
  const headers = { 'content-type': 'application/json', ...as };
  const init = { method, headers, ...(body && { body: JSON.stringify(body) }) };
  const response = await fetch(server.url + path, init);
  const shown = (await response.json()) as Shown;
  return { status: response.status, shown, code: (shown.error as Shown | undefined)?.tgl_code };
}
