// The erasure of a person (GDPR, Article 17): over the store and over what was kept of content, with a receipt that says what went,
// what remains and why. Backups from before it are met twice: content in them has lost its key, and rows that come back go again.

import { digestOf } from '../base/index.ts';
import type { Author, ContentStore, Store } from '../store/index.ts';
import type { OrganisationId, PrincipalId } from '../traffic/index.ts';

export type ErasurePlaces = {
  readonly store: Pick<Store, 'erasures'>;
  readonly content: ContentStore;
};

export type ErasureReceipt = {
  readonly principal: PrincipalId;
  /** False for a preview. */
  readonly erased: boolean;
  readonly gone: readonly ErasedPart[];
  readonly remains: readonly { readonly what: string; readonly why: string }[];
};

export type ErasedPart = { readonly what: string; readonly count: number };

/** What an erasure would come to. @throws TGL_ID_UNKNOWN */
export async function previewErasure(
  { store, content }: ErasurePlaces,
  organisation: OrganisationId,
  principal: PrincipalId,
): Promise<ErasureReceipt> {
  const traces = await store.erasures.preview(organisation, principal);
  return receiptOf(principal, false, { ...traces, ...content.countOf(principal), overwritten: true });
}

/**
 * Erases a principal. The content goes first, and is the part that cannot be tried again; an erasure that fails behind it is simply
 * made once more.
 *
 * @throws TGL_ID_UNKNOWN, TGL_STORE_UNAVAILABLE, TGL_DISK_FULL
 */
export async function erasePrincipal(
  { store, content }: ErasurePlaces,
  organisation: OrganisationId,
  principal: PrincipalId,
  author: Author,
): Promise<ErasureReceipt> {
  await store.erasures.preview(organisation, principal);
  const kept = content.erase(principal);
  const traces = await store.erasures.erase(organisation, principal, author);
  return receiptOf(principal, true, { ...traces, ...kept });
}

type Traces = Awaited<ReturnType<ErasurePlaces['store']['erasures']['erase']>> &
  ReturnType<ContentStore['countOf']>;

function receiptOf(principal: PrincipalId, erased: boolean, traces: Traces): ErasureReceipt {
  const { personal, memberships, keys, sessions, answers, records, months, usageRows, overwritten } = traces;
  return {
    principal,
    erased,
    gone: [
      { what: `personal data (${personal.join(', ') || 'none'})`, count: personal.length },
      { what: 'memberships', count: memberships },
      { what: 'API keys: names, networks and hashes', count: keys },
      { what: 'sign-ins: sessions and links', count: sessions },
      { what: 'stored answers to repeated requests', count: answers },
      { what: `contents (${months.join(', ') || 'none'}), with their keys`, count: records },
    ],
    remains: [
      {
        what: `the random identifier ${principal}, in its emptied row, in ${usageRows} rows of usage, in the ledger and the audit log`,
        why: 'bills have to be kept by law, and the chains of both would not verify without it; it names nobody any more',
      },
      {
        what: `the note that ${digestOf(principal).slice(0, 12)}… was erased`,
        why: 'so that the erasure is repeated where a backup from before it is restored',
      },
      ...(overwritten === null
        ? [
            {
              what: 'old versions of the rows in the files of PostgreSQL',
              why: 'PostgreSQL overwrites them by itself (VACUUM); its write-ahead log and backups follow their own retention',
            },
          ]
        : []),
      ...(overwritten === false
        ? [
            {
              what: 'old pages in the write-ahead log of SQLite',
              why: 'somebody else was reading all the time; run the same command again',
            },
          ]
        : []),
    ],
  };
}

/**
 * Repeats erasures where something came back: rows of a restored backup by the marks beside the content, content of another node by
 * the notes in the store.
 *
 * @returns who was erased again
 */
export async function repeatErasures(
  { store, content }: ErasurePlaces,
  author: Author,
): Promise<readonly string[]> {
  const again: string[] = [];
  for (const principal of content.erased()) {
    const organisation = await store.erasures.findUnerased(principal);
    if (organisation === undefined) continue;
    await store.erasures.erase(organisation, principal as PrincipalId, author);
    again.push(principal);
  }
  for (const principal of content.principals())
    if (await store.erasures.wasErased(principal)) {
      content.erase(principal);
      again.push(principal);
    }
  return again;
}
