// The people of the organisation: who they are, which role they have, and how one lets somebody in.
import { queryOptions } from '@tanstack/react-query';
import type { Page, SignInLink, UserBody } from '../../../src/wire/index.ts';
import { ask } from './client.ts';

const users = '/v1/organization/users';
const people = '/v1/x/people';

export const peopleQuery = queryOptions({
  queryKey: ['people'],
  queryFn: async (): Promise<readonly UserBody[]> => {
    const all: UserBody[] = [];
    for (let after: string | null = ''; after !== null; ) {
      const page: Page<UserBody> = await ask(`${users}?limit=100${after && `&after=${after}`}`);
      all.push(...page.data);
      after = page.has_more ? page.last_id : null;
    }
    return all;
  },
});

export type NewPerson = { readonly name: string; readonly email: string | null; readonly role: string };

export function addPerson(person: NewPerson): Promise<UserBody> {
  return ask<UserBody>(people, { method: 'POST', body: person });
}

export function makeLink(id: string): Promise<SignInLink> {
  return ask<SignInLink>(`${people}/${encodeURIComponent(id)}/link`, { method: 'POST' });
}

export function setRole({ id, role }: { readonly id: string; readonly role: string }): Promise<UserBody> {
  return ask<UserBody>(`${users}/${encodeURIComponent(id)}`, { method: 'POST', body: { role } });
}

export function removePerson(id: string): Promise<unknown> {
  return ask(`${users}/${encodeURIComponent(id)}`, { method: 'DELETE' });
}
