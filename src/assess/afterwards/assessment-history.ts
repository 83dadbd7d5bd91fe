// The assessments that lie in a directory, by their first and last lines: which model each was about, when, by what it was decided and how. Nothing
// is verified here, so that a list stays quick; whoever relies on one of them reads its report, which is.
import { closeSync, existsSync, fstatSync, openSync, readdirSync, readSync } from 'node:fs';
import { join } from 'node:path';
import { evidenceName, partialOf } from '../evidence/evidence-log.ts';
import { verdictOf } from '../plan/conclusion.ts';
import type { PolicyOutcome } from '../policy/decide-policy.ts';
import type { Verdict } from '../terms/verdict.ts';

export type PastAssessment = {
  /** The name of its directory. */
  readonly id: string;
  readonly model: string;
  /** ISO 8601, as is `finished`. */
  readonly started: string;
  /** Null for one that runs or was broken off, as are verdict and outcome. */
  readonly finished: string | null;
  readonly verdict: Verdict | null;
  /** Null also for a battery without a policy. */
  readonly outcome: PolicyOutcome | null;
  /** Name and version of the policy, else of the battery. */
  readonly decidedBy: string;
};

/** Bytes of a first line, which has the whole plan, and of the end of a file, in which the verdict lies. */
const maxFirstLine = 64 * 1024 * 1024;
const maxEnd = 1024 * 1024;

/**
 * The newest first, since their names begin with the time. What is no assessment is left out.
 *
 * @param most directories that are looked into
 */
export function assessmentHistory(assessments: string, most: number): readonly PastAssessment[] {
  if (!existsSync(assessments)) return [];
  return readdirSync(assessments)
    .sort()
    .reverse()
    .slice(0, most)
    .flatMap((id) => pastAssessment(assessments, id) ?? []);
}

/** Undefined for what is no assessment. */
export function pastAssessment(assessments: string, id: string): PastAssessment | undefined {
  const directory = join(assessments, id);
  const whole = join(directory, evidenceName);
  const sealed = existsSync(whole);
  const path = sealed ? whole : partialOf(directory, evidenceName);
  try {
    const { first, verdict } = endsOf(path);
    const { model, started, policy, battery } = first;
    if (first.type !== 'assessment' || typeof model !== 'string' || typeof started !== 'string') return;
    const { name, version } = policy ?? battery ?? {};
    const decidedBy = `${name} ${version}`;
    if (!sealed || verdict === undefined)
      return { id, model, started, finished: null, verdict: null, outcome: null, decidedBy };
    const { finished = null, outcome = null } = verdict;
    const stated = outcome === null ? (verdict.verdict ?? null) : verdictOf({ outcome });
    return { id, model, started, finished, verdict: stated, outcome, decidedBy };
  } catch {
    return;
  }
}

type FirstLine = {
  readonly type?: string;
  readonly model?: string;
  readonly started?: string;
  readonly policy?: { readonly name: string; readonly version: string };
  readonly battery?: { readonly name: string; readonly version: string };
};

type VerdictLine = {
  readonly type?: string;
  readonly finished?: string;
  readonly verdict?: Verdict;
  readonly outcome?: PolicyOutcome;
};

function endsOf(path: string): { readonly first: FirstLine; readonly verdict: VerdictLine | undefined } {
  const file = openSync(path, 'r');
  try {
    const { size } = fstatSync(file);
    const end = readText(file, Math.max(0, size - maxEnd), maxEnd);
    const verdict = end
      .split('\n')
      .slice(-4)
      .map(lineIn)
      .find(({ type }) => type === 'verdict');
    return { first: lineIn(firstLineOf(file, size)), verdict };
  } finally {
    closeSync(file);
  }
}

/** Read in growing pieces, since most first lines are short. */
function firstLineOf(file: number, size: number): string {
  for (let length = 64 * 1024; ; length *= 4) {
    const text = readText(file, 0, length);
    const end = text.indexOf('\n');
    if (end >= 0) return text.slice(0, end);
    if (length >= size || length >= maxFirstLine) return '';
  }
}

function readText(file: number, position: number, length: number): string {
  const buffer = Buffer.alloc(length);
  return buffer.subarray(0, readSync(file, buffer, 0, length, position)).toString('utf8');
}

/** Empty for what is no line. */
function lineIn<Line extends FirstLine & VerdictLine>(text: string): Line {
  try {
    return (JSON.parse(text) ?? {}) as Line;
  } catch {
    return {} as Line;
  }
}
