// Data policies and erasures over HTTP, out of the store and what is kept of content.
import { TiegelError } from '../../base/index.ts';
import type { Asker, DataPolicies, PolicyChange, PolicyFacts } from '../../gateway/index.ts';
import {
  erasePrincipal,
  isPreset,
  modelsUnder,
  type PlacedModel,
  type PolicyDocument,
  parsePolicy,
  policyOf,
  presets,
  previewErasure,
  strictestOf,
} from '../../governance/index.ts';
import type { ContentStore, StoredPolicy } from '../../store/index.ts';
import type { AccountId } from '../../traffic/index.ts';
import type { HostStore } from '../open-store.ts';
import { authorOf, identified, organisationOf, type Refused, recording } from './asker.ts';
import { requireOtherOwner } from './members.ts';

export type DataPolicyOptions = {
  readonly content: ContentStore;
  /** The models that policies are about. */
  readonly models: () => readonly PlacedModel[];
  readonly refused: Refused;
};

export function dataPoliciesOf(
  opened: HostStore,
  { content, models, refused }: DataPolicyOptions,
): DataPolicies {
  const { store } = opened;
  const organisationPolicy = async (asker: Asker): Promise<StoredPolicy | undefined> =>
    (await store.policies.current(organisationOf(asker))).find(({ account }) => account === null);
  const factsOf = (whole: Known | undefined, stored: Known | undefined): PolicyFacts => {
    const { version, policy } = policyOf(whole, stored);
    const document = (stored?.document ?? null) as object | null;
    const verdicts = modelsUnder(policy, models()).map((model) => ({
      name: model.name,
      ...('forbidden' in model
        ? { allowed: false, forbidden: model.forbidden }
        : { allowed: true, forbidden: [] }),
    }));
    return {
      ...{ account: stored?.account ?? null, version, policy, document },
      ...{ setAt: stored?.setAt ?? null, models: verdicts },
    };
  };
  const checked = async (asker: Asker, change: PolicyChange) => {
    const document = documentOf(change);
    const account = change.account === null ? null : identified('account', change.account);
    if (account !== null) await store.accounts.get(organisationOf(asker), account);
    return { account, document };
  };
  return {
    presets: Object.entries(presets).map(([name, { text }]) => ({ name, text })),
    list: async (asker) => {
      const current = await store.policies.current(organisationOf(asker));
      const whole = current.find(({ account }) => account === null);
      const own = current.filter(({ account }) => account !== null);
      return [factsOf(whole, whole), ...own.map((stored) => factsOf(whole, stored))];
    },
    preview: async (asker, change) => {
      const { account, document } = await checked(asker, change);
      const would: Known = { account, document, version: 0, setAt: null };
      return factsOf(account === null ? would : await organisationPolicy(asker), would);
    },
    set: async (asker, change) => {
      const organisation = organisationOf(asker);
      const target = { type: 'policy', id: change.account ?? organisation } as const;
      const { account, document } = await recording(
        refused,
        asker,
        { action: 'policy.updated', target },
        () => checked(asker, change),
      );
      const stored = await store.policies.set(organisation, account, authorOf(asker), document);
      return factsOf(account === null ? stored : await organisationPolicy(asker), stored);
    },
    previewErasure: (asker, principal) =>
      previewErasure({ store, content }, organisationOf(asker), identified('principal', principal)),
    erase: async (asker, named) => {
      const organisation = organisationOf(asker);
      const attempt = { action: 'principal.erased', target: { type: 'principal', id: named } } as const;
      const principal = await recording(refused, asker, attempt, async () => {
        const id = identified('principal', named);
        await requireOtherOwner(opened, { organisation, id });
        return id;
      });
      return erasePrincipal({ store, content }, organisation, principal, authorOf(asker));
    },
  };
}

type Known = Pick<StoredPolicy, 'version' | 'document'> & {
  readonly account: AccountId | null;
  readonly setAt: number | null;
};

/** @throws TGL_DATA_POLICY_INVALID */
function documentOf({ presets: named, document }: PolicyChange): PolicyDocument {
  const known = named.map((name) => {
    if (isPreset(name)) return presets[name].document;
    const problem = `${JSON.stringify(name)} is none of the presets ${Object.keys(presets).join(', ')}`;
    throw new TiegelError('TGL_DATA_POLICY_INVALID', { problem });
  });
  const documents = [...known, ...(document === undefined ? [] : [parsePolicy(document)])];
  if (documents.length > 0) return strictestOf(documents);
  const problem = 'it names no preset and has no document';
  throw new TiegelError('TGL_DATA_POLICY_INVALID', { problem });
}
