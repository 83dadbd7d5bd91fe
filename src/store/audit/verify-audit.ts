// The check of an export of the audit log, without the store: every hash is computed again, every row has to follow the one
// before, and no chain may be shorter than a signed head says that it was. Rows may be missing at its beginning where a signed entry
// of the same chain says that they were removed up to the row that the next one follows.
import { canonicalJson, type Json } from '../../base/index.ts';
import { hashOfEntry, noHash } from './append-audit.ts';
import type { AuditEntry, HeadSignature } from './audit-entry.ts';

/** One line of an export. */
export type ExportedEntry = { readonly entry: AuditEntry; readonly hash: string };

export type AuditProblem = {
  /** The line of the export, counted from 1; null where a chain as a whole is meant. */
  readonly line: number | null;
  readonly chain: string;
  readonly seq: number | null;
  readonly problem: string;
};

export type AuditVerification = {
  readonly chains: readonly { readonly chain: string; readonly rows: number; readonly hash: string }[];
  /** How many signed heads were checked. */
  readonly signatures: number;
  readonly problems: readonly AuditProblem[];
};

/** Whether a signature of the text is by the key; the key is 32 bytes of Ed25519 in hexadecimal. */
export type VerifySignature = (publicKey: string, text: string, signature: string) => boolean;

type Chain = {
  rows: number;
  hash: string;
  readonly hashes: string[];
  /** Rows in front of which others are missing. */
  readonly behindGaps: Gap[];
  /** Hashes of rows up to which the chain was pruned, by their number. */
  readonly pruned: Map<number, string>;
};

type Gap = {
  readonly line: number;
  readonly seq: number;
  readonly expected: number;
  readonly text: string;
  readonly hash: string;
};

/** The text of a head that is signed. */
export function headText({
  chain,
  seq,
  hash,
  day,
  pruned,
}: Omit<HeadSignature, 'publicKey' | 'signature'>): string {
  return canonicalJson({ chain, seq, hash, day, ...(pruned !== undefined && { pruned }) });
}

/** @param lines JSON texts in the order of each chain; several chains may be mixed */
export async function verifyAudit(
  lines: AsyncIterable<string> | Iterable<string>,
  verify: VerifySignature,
): Promise<AuditVerification> {
  const chains = new Map<string, Chain>();
  const heads: { readonly line: number; readonly seq: number; readonly head: HeadSignature }[] = [];
  const problems: AuditProblem[] = [];
  let line = 0;
  for await (const text of lines) {
    line++;
    if (text.trim() === '') continue;
    const row = parseLine(text);
    if (row === undefined) {
      problems.push({ line, chain: '', seq: null, problem: 'this is no row of an audit log' });
      continue;
    }
    const { entry, hash } = row;
    const chain = chains.get(entry.chain) ?? emptyChain();
    chains.set(entry.chain, chain);
    const { seq } = entry;
    const canonical = canonicalJson(entry as unknown as Json);
    const expected = chain.rows + 1;
    const tell = (problem: string): void => void problems.push({ line, chain: entry.chain, seq, problem });
    if (seq > expected) chain.behindGaps.push({ line, seq, expected, text: canonical, hash });
    else if (seq < expected) tell(`row ${expected} was expected here`);
    else if (hashOfEntry(chain.hash, canonical) !== hash) tell(notWritten);
    chain.rows = entry.seq;
    chain.hash = hash;
    chain.hashes[entry.seq] = hash;
    if (entry.signature !== null) heads.push({ line, seq: entry.seq, head: entry.signature });
    if (entry.action === 'audit.pruned' && isOfPruning(entry.signature, entry.chain, verify))
      chain.pruned.set(entry.signature.seq, entry.signature.hash);
  }
  for (const [chain, { behindGaps, pruned }] of chains)
    for (const { line: at, seq, expected, text, hash } of behindGaps) {
      const before = pruned.get(seq - 1);
      const problem = before === undefined ? `row ${expected} was expected here` : notWritten;
      if (before === undefined || hashOfEntry(before, text) !== hash)
        problems.push({ line: at, chain, seq, problem });
    }
  for (const { line: at, seq, head } of heads) {
    const problem = problemOfHead(head, chains.get(head.chain), verify);
    if (problem !== undefined) problems.push({ line: at, chain: 'system', seq, problem });
  }
  return {
    chains: [...chains].map(([chain, { rows, hash }]) => ({ chain, rows, hash })),
    signatures: heads.length,
    problems,
  };
}

const notWritten = 'the row is not what was written, or does not follow the one before';

function emptyChain(): Chain {
  return { rows: 0, hash: noHash, hashes: [], behindGaps: [], pruned: new Map() };
}

/** A signed head of an ordinary day says nothing of what may be missing. */
function isOfPruning(
  head: HeadSignature | null,
  chain: string,
  verify: VerifySignature,
): head is HeadSignature & { readonly pruned: object } {
  return (
    head !== null &&
    head.pruned !== undefined &&
    head.chain === chain &&
    verify(head.publicKey, headText(head), head.signature)
  );
}

function problemOfHead(
  head: HeadSignature,
  chain: Chain | undefined,
  verify: VerifySignature,
): string | undefined {
  if (!verify(head.publicKey, headText(head), head.signature))
    return `the head of ${head.chain} on ${head.day} is not signed by ${namedKey(head.publicKey)}`;
  // An export of one organisation alone has the heads of no other.
  if (chain === undefined) return undefined;
  const found = chain.hashes[head.seq] ?? chain.pruned.get(head.seq);
  if (found === undefined && [...chain.pruned.keys()].some((seq) => seq > head.seq)) return undefined;
  if (found === undefined) return `${head.chain} had ${head.seq} rows on ${head.day} and has fewer here`;
  return found === head.hash
    ? undefined
    : `row ${head.seq} of ${head.chain} is not the one signed on ${head.day}`;
}

/** What a signature that does not hold is told of its key, which may be another installation's. */
export function namedKey(publicKey: string): string {
  return `the key that it names, or that one is not trusted: ${publicKey} (--public-key)`;
}

function parseLine(text: string): ExportedEntry | undefined {
  try {
    const row = JSON.parse(text) as ExportedEntry;
    const { entry, hash } = row;
    const sound =
      typeof hash === 'string' &&
      typeof entry.chain === 'string' &&
      Number.isSafeInteger(entry.seq) &&
      entry.seq > 0 &&
      (entry.signature === null || isHead(entry.signature));
    return sound ? row : undefined;
  } catch {
    return undefined;
  }
}

function isHead(head: HeadSignature): boolean {
  const { chain, seq, hash, day, pruned, publicKey, signature } = head;
  const isPruning =
    pruned === undefined || (Number.isSafeInteger(pruned.rows) && Number.isSafeInteger(pruned.before));
  return (
    isPruning &&
    [chain, hash, day, publicKey, signature].every((value) => typeof value === 'string') &&
    Number.isSafeInteger(seq)
  );
}
