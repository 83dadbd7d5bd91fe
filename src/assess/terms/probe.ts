// What a probe is given and what it returns. A probe that cannot do its work throws; the runner turns that, and zero
// trials, into `inconclusive`.
import type { Json } from '../../base/index.ts';
import type { ServingConfiguration } from '../../catalog/index.ts';
import type { Engine } from '../../engine/index.ts';
import type { ChatTemplate } from '../../formats/index.ts';
import type { ContentFilter } from '../../reasoning/index.ts';
import type { EvidenceLine } from '../evidence/evidence-line.ts';
import type { Verdict } from './verdict.ts';

/** What a probe of behaviour works with. */
export type ProbeContext = {
  readonly engine: Engine;
  /** Null if a server renders the prompts. */
  readonly template: ChatTemplate | null;
  readonly serving: ServingConfiguration;
  /** The content filters of the served tuple. */
  readonly filters: readonly ContentFilter[];
  readonly record: RecordEvidence;
  readonly report: ReportProgress;
  readonly signal: AbortSignal | undefined;
};

/** Adds a line to the evidence. */
export type RecordEvidence = (line: EvidenceLine) => void;

export type ReportProgress = (done: number, total: number) => void;

export type ProbeOutcome = {
  readonly verdict: Verdict;
  readonly reason: string;
  /** How many things were tried; zero means that nothing was learned. */
  readonly trials: number;
  readonly figures: { readonly [name: string]: Json };
};

export type ProbeResult = ProbeOutcome & { readonly name: string };
