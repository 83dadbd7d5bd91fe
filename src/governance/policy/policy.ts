// A data policy: what is kept for how long, and which engines may be given a request. It is data with a strict schema; what
// a document leaves out it does not restrict.
import { z } from 'zod';
import { isCountry, isOperatorName, isRegion, TiegelError } from '../../base/index.ts';

/** A list of what is allowed, or everything. */
export type Allowed = readonly string[] | 'any';

export type Policy = {
  /** How long something is kept; 0 is not at all. */
  readonly retention: {
    /** What people and models wrote. */
    readonly contentDays: number;
    /** Answers that a repeated request gets again by its idempotency key. */
    readonly idempotencyHours: number;
    readonly auditDays: number;
    readonly ledgerDays: number;
  };
  /** Of which engines a request may be answered. What was not declared of an engine is in no list. */
  readonly engines: {
    /** Countries or parts of them, by ISO 3166; a country includes its parts. */
    readonly regions: Allowed;
    /** Names of legal entities. One's own hardware has no other operator, so that neither list concerns it. */
    readonly operators: Allowed;
    readonly operatorCountries: Allowed;
  };
  /** Where requests may go at all: `own-hardware` keeps them there. */
  readonly egress: 'any' | 'own-hardware';
};

/** What an organisation states about its processing of personal data, for its record; it restricts nothing. */
export type Statement = {
  readonly controller?: string;
  readonly contact?: string;
  readonly purposes?: readonly string[];
};

/** A policy as somebody writes it. */
export type PolicyDocument = {
  readonly schema: 1;
  readonly retention?: Partial<Policy['retention']>;
  readonly engines?: Partial<Policy['engines']>;
  readonly egress?: Policy['egress'];
  readonly statement?: Statement;
};

/** What holds where nobody set a policy: no content is kept, and every admitted engine may answer. */
export const defaultPolicy: Policy = {
  retention: { contentDays: 0, idempotencyHours: 24, auditDays: 3650, ledgerDays: 3650 },
  engines: { regions: 'any', operators: 'any', operatorCountries: 'any' },
  egress: 'any',
};

const maxDays = 36_500;
const maxIdempotencyHours = 24;
const maxEntries = 300;
const maxTextLength = 500;

const days = z.int().min(0).max(maxDays);
const line = z.string().min(1).max(maxTextLength);

function allowed(isEntry: (text: string) => boolean, expected: string): z.ZodType<Allowed> {
  const entry = z.string().refine(isEntry, { error: `expected ${expected}` });
  return z.union([z.literal('any'), z.array(entry).max(maxEntries)], {
    error: ({ input }) =>
      input === 'any' || Array.isArray(input) ? undefined : `expected "any" or a list of ${expected}`,
  });
}

const schema: z.ZodType<PolicyDocument> = z.strictObject({
  schema: z.literal(1),
  retention: z
    .strictObject({
      contentDays: days.exactOptional(),
      idempotencyHours: z.int().min(0).max(maxIdempotencyHours).exactOptional(),
      auditDays: days.exactOptional(),
      ledgerDays: days.exactOptional(),
    })
    .exactOptional(),
  engines: z
    .strictObject({
      regions: allowed(isRegion, 'codes of ISO 3166 such as DE or DE-BE').exactOptional(),
      operators: allowed(isOperatorName, 'names of legal entities').exactOptional(),
      operatorCountries: allowed(isCountry, 'country codes of ISO 3166-1 such as DE').exactOptional(),
    })
    .exactOptional(),
  egress: z.enum(['any', 'own-hardware']).exactOptional(),
  statement: z
    .strictObject({
      controller: line.exactOptional(),
      contact: line.exactOptional(),
      purposes: z.array(line).min(1).max(maxEntries).exactOptional(),
    })
    .exactOptional(),
});

/** @throws TGL_DATA_POLICY_INVALID, naming the first member that is wrong */
export function parsePolicy(input: unknown): PolicyDocument {
  const parsed = schema.safeParse(input);
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  const where = issue?.path.join('.') || 'the document';
  throw new TiegelError('TGL_DATA_POLICY_INVALID', { problem: `${where}: ${innermost(issue)}` });
}

/** Of a union, what the alternative says that came furthest. */
function innermost(issue: z.core.$ZodIssue | undefined): string {
  if (issue === undefined) return 'it is not a policy';
  if (issue.code !== 'invalid_union' || issue.message !== 'Invalid input') return issue.message;
  const deepest = issue.errors.flat().toSorted((one, other) => other.path.length - one.path.length)[0];
  return deepest === undefined ? issue.message : `${deepest.path.join('.')} ${deepest.message}`.trim();
}
