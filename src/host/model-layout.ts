// Which layout a model gets in the runtime on this machine: what the operator says, else what was measured, else what the table of the
// engine says. Attention that departs from the table changes how numbers round, and so it is a part of what is admitted.
import { availableParallelism, cpus } from 'node:os';
import type { EngineLayout, LayoutWishes } from '../base/index.ts';
import {
  filesDigest,
  type LayoutOnRecord,
  type MeasuredLayout,
  measuredLayout,
  type ServingConfiguration,
  type Variant,
} from '../catalog/index.ts';
import type { Environment } from './environment.ts';

export type LayoutInForce = {
  readonly wishes: LayoutWishes;
  /** As the served tuple has it; absent where it is the usual one. */
  readonly attention?: EngineLayout['attention'];
  readonly record: LayoutOnRecord;
};

type Local = Pick<Environment, 'home' | 'llamaServer' | 'layout'>;

export function layoutInForce(
  { home, llamaServer, layout }: Local,
  variant: Variant,
  runtimeBuild: string,
): LayoutInForce {
  const nothing = { wishes: {}, record: { state: 'unknown' } } as const;
  // The operator's server lays models out by itself.
  if (llamaServer !== undefined) return nothing;
  if (layout !== 'measured') return { ...nothing, wishes: layout, ...attentionOf(layout) };
  const place = { machine: machineFingerprint(), runtimeBuild };
  const record = measuredLayout(home, filesDigest(variant), place);
  if (record.state !== 'measured') return { wishes: {}, record };
  return { wishes: record.measured.chosen, ...departure(record.measured), record };
}

/** The part of a layout that belongs to the served tuple. */
export function servedAttention(
  local: Local,
  variant: Variant,
  runtimeBuild: string,
): Pick<ServingConfiguration, 'attention'> {
  const { attention } = layoutInForce(local, variant, runtimeBuild);
  return attention === undefined ? {} : { attention };
}

/** A configuration with the attention that is in force now. */
export function inServedAttention(
  local: Local,
  variant: Variant,
  { attention: _, ...serving }: ServingConfiguration,
): ServingConfiguration {
  return { ...serving, ...servedAttention(local, variant, serving.runtimeBuild) };
}

function departure({ usual, chosen }: MeasuredLayout): Pick<ServingConfiguration, 'attention'> {
  return chosen.attention === usual.attention ? {} : attentionOf(chosen);
}

function attentionOf({ attention }: LayoutWishes): Pick<ServingConfiguration, 'attention'> {
  return attention === undefined ? {} : { attention };
}

/** Processors, how many, and how many this process may use: with another number of them another layout is the fastest. */
export function machineFingerprint(): string {
  const all = cpus();
  const model = all[0]?.model.trim() ?? 'unknown';
  return `${process.platform} ${process.arch}, ${all.length} × ${model}, ${availableParallelism()} usable`;
}
