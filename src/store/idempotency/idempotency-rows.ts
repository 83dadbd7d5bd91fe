// Requests with an idempotency key: one of those with the same key runs, the others learn what became of it. The store has of
// key and body nothing but what is derived from them, and an answer is sealed with a key that only both together give: whoever
// has the store, or a copy of it, and not the request, reads nothing.
import { hkdfSync } from 'node:crypto';
import { type Clock, digestOf, type Entropy } from '../../base/index.ts';
import type { KeyId, OrganisationId } from '../../traffic/index.ts';
import type { Database } from '../connection/database.ts';
import { seal, unseal } from '../content/content-keys.ts';
import type { IdempotencyRow, LedgerRow } from '../schema/tables.ts';

/** A request that carries an idempotency key; others of the same organisation, key and route may carry the same. */
export type IdempotencyClaim = {
  readonly organisation: OrganisationId;
  readonly key: KeyId;
  readonly route: string;
  /** As the client sent it. */
  readonly idempotencyKey: string;
  readonly body: Uint8Array;
  readonly request: string;
};

export type ClaimOutcome = {
  readonly request: string;
  /** As the ledger has it, such as `finished`. */
  readonly outcome: string;
  readonly promptTokens: number;
  readonly completionTokens: number;
};

/** A request that runs. One whose claim was taken over by another changes nothing any more. */
export type RunningClaim = {
  /** Keeps it from being taken for dead for another while. */
  readonly renew: () => Promise<void>;
  /** It ended; a repeat learns that, for a day from its begin on, and gets the answer for so many milliseconds. */
  readonly finish: (
    outcome: Omit<ClaimOutcome, 'request'>,
    answer?: { readonly text: string; readonly keptMs: number },
  ) => Promise<void>;
  /** It came to nothing: the next one with the same key runs. */
  readonly release: () => Promise<void>;
};

export type BegunClaim =
  | { readonly type: 'begun'; readonly claim: RunningClaim }
  /** `request` is the one that came first. */
  | { readonly type: 'running'; readonly request: string }
  | { readonly type: 'other-body'; readonly request: string }
  | { readonly type: 'done'; readonly outcome: ClaimOutcome; readonly answer: string | undefined };

export type IdempotencyRows = {
  /** @throws TGL_STORE_UNAVAILABLE */
  readonly begin: (claim: IdempotencyClaim) => Promise<BegunClaim>;
  /** Removes what is over. @throws TGL_STORE_UNAVAILABLE */
  readonly removeExpired: () => Promise<void>;
};

/** A request that did not renew its claim for so long has died with its process. */
export const claimLeaseMs = 60_000;
const keptMs = 24 * 60 * 60 * 1000;
/** Others may take or free a claim between two statements; so often is looked again. */
const attempts = 5;

export function createIdempotency(context: Context): IdempotencyRows {
  const { database, clock } = context;
  return {
    begin: async (asked) => {
      const claim: Claim = { ...asked, ...derived(asked) };
      for (let attempt = 0; attempt < attempts; attempt++) {
        const begun = await tryToBegin(context, claim);
        if (begun !== undefined) return begun;
      }
      return { type: 'running', request: asked.request };
    },
    removeExpired: async () => {
      const now = clock.now();
      // A claim of a process that died says for a day which request it was, so that one which was charged runs no second time.
      await database.query
        .deleteFrom('idempotency')
        .where('expires_at', '<=', now)
        .where((is) => is.or([is('state', '=', 'done'), is('created_at', '<=', now - keptMs)]))
        .execute();
      await database.query
        .updateTable('idempotency')
        .set({ answer: null, answer_expires_at: null })
        .where('answer_expires_at', '<=', now)
        .execute();
    },
  };
}

type Context = { readonly database: Database; readonly clock: Clock; readonly entropy: Entropy };

type Derived = {
  /** Of the idempotency key alone. */
  readonly name: string;
  /** Of key and body. */
  readonly digest: string;
  readonly sealingKey: Uint8Array;
};

type Claim = IdempotencyClaim & Derived;

function derived({ organisation, key, route, idempotencyKey, body }: IdempotencyClaim): Derived {
  const whose = JSON.stringify([organisation, key, route, idempotencyKey]);
  const derive = (purpose: string): Buffer => Buffer.from(hkdfSync('sha256', body, whose, purpose, 32));
  return {
    name: digestOf(whose),
    digest: derive('tiegel idempotency digest').toString('hex'),
    sealingKey: derive('tiegel idempotency answer'),
  };
}

/** Undefined where somebody else changed the row meanwhile. */
async function tryToBegin(context: Context, claim: Claim): Promise<BegunClaim | undefined> {
  const { database, clock } = context;
  const now = clock.now();
  const fresh = freshRow(claim, now);
  const inserted = await database.query
    .insertInto('idempotency')
    .values(fresh)
    .onConflict((conflict) => conflict.doNothing())
    .executeTakeFirst();
  if (inserted.numInsertedOrUpdatedRows === 1n) return { type: 'begun', claim: runningClaim(context, claim) };
  const found = await database.query
    .selectFrom('idempotency')
    .selectAll()
    .where((is) => is.and(placeOf(claim)))
    .executeTakeFirst();
  if (found === undefined) return undefined;
  if (found.expires_at > now) return answerOf(found, claim, now);
  if (found.state === 'running' && (await noteCharged(context, claim, found))) return undefined;
  const taken = await database.query
    .updateTable('idempotency')
    .set({ ...fresh, answer: null, answer_expires_at: null })
    .where((is) => is.and({ ...placeOf(claim), outcome: found.outcome, expires_at: found.expires_at }))
    .executeTakeFirst();
  return taken.numUpdatedRows === 1n ? { type: 'begun', claim: runningClaim(context, claim) } : undefined;
}

function freshRow(claim: Claim, now: number) {
  const { digest, request } = claim;
  return {
    ...placeOf(claim),
    digest,
    state: 'running',
    outcome: runningOutcome(request),
    created_at: now,
    expires_at: now + claimLeaseMs,
  } as const;
}

function runningOutcome(request: string): string {
  return JSON.stringify({ request });
}

function placeOf({ organisation, key, route, name }: Claim) {
  return { organisation, key, route, idempotency_key: name };
}

function answerOf(row: IdempotencyRow, claim: Claim, now: number): BegunClaim {
  const outcome = JSON.parse(row.outcome ?? '{}') as ClaimOutcome;
  const { request } = outcome;
  if (row.digest !== claim.digest) return { type: 'other-body', request };
  if (row.state === 'running') return { type: 'running', request };
  const isKept = row.answer !== null && (row.answer_expires_at ?? 0) > now;
  const answer = isKept ? unseal(claim.sealingKey, request, row.answer) : undefined;
  return { type: 'done', outcome, answer };
}

/**
 * A process may die between the row of the ledger and the end of the claim. What was charged is done, and runs no second time.
 *
 * @returns whether it was charged
 */
async function noteCharged(
  { database, clock }: Context,
  claim: Claim,
  row: IdempotencyRow,
): Promise<boolean> {
  // After its day it is as if it had never been.
  if (row.created_at + keptMs <= clock.now()) return false;
  const { request } = JSON.parse(row.outcome ?? '{}') as Pick<ClaimOutcome, 'request'>;
  const charged = await chargedFor(database, request, row.organisation);
  const last = charged.at(-1);
  if (last === undefined) return false;
  const sum = (of: (one: (typeof charged)[number]) => number): number =>
    charged.reduce((all, one) => all + of(one), 0);
  const done: ClaimOutcome = {
    request,
    outcome: last.outcome,
    promptTokens: sum(({ prompt }) => prompt),
    completionTokens: sum(({ reasoning, answer }) => reasoning + answer),
  };
  await database.query
    .updateTable('idempotency')
    .set({ state: 'done', outcome: JSON.stringify(done), expires_at: row.created_at + keptMs })
    .where((is) => is.and({ ...placeOf(claim), outcome: row.outcome }))
    .execute();
  return true;
}

/** Its row, or those of its tiers. */
async function chargedFor(
  { query }: Context['database'],
  request: string,
  organisation: string,
): Promise<readonly Pick<LedgerRow, 'outcome' | 'prompt' | 'reasoning' | 'answer'>[]> {
  const rowsOf = (name: 'request' | 'parent') =>
    query
      .selectFrom('ledger')
      .select(['outcome', 'prompt', 'reasoning', 'answer'])
      .where((is) => is.and({ [name]: request, kind: 'settle', organisation }))
      .orderBy('seq')
      .execute();
  const own = await rowsOf('request');
  return own.length > 0 ? own : rowsOf('parent');
}

function runningClaim({ database, clock, entropy }: Context, claim: Claim): RunningClaim {
  const { request, sealingKey } = claim;
  const own = { ...placeOf(claim), outcome: runningOutcome(request) };
  const change = (values: Partial<IdempotencyRow>) =>
    database.query
      .updateTable('idempotency')
      .set(values)
      .where((is) => is.and(own))
      .execute();
  const created = clock.now();
  return {
    renew: async () => void (await change({ expires_at: clock.now() + claimLeaseMs })),
    finish: async (outcome, answer) => {
      await change({
        ...{ state: 'done', outcome: JSON.stringify({ request, ...outcome }), expires_at: created + keptMs },
        ...(answer !== undefined && {
          answer: seal(sealingKey, request, answer.text, entropy),
          answer_expires_at: created + answer.keptMs,
        }),
      });
    },
    release: async () => {
      await database.query
        .deleteFrom('idempotency')
        .where((is) => is.and(own))
        .execute();
    },
  };
}
