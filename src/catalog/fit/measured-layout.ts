// Which layout of the runtime was found fastest for a model on a machine, kept under the home directory: one file a weights digest.
// A part of what is served depends on it, so that a file that cannot be read is told from one that is not there.
import { join } from 'node:path';
import {
  attentions,
  cacheKinds,
  type Digest,
  type EngineLayout,
  makeDirectory,
  parseDigest,
  writeFileAtomically,
} from '../../base/index.ts';
import {
  finite,
  list,
  members,
  readStrictJson,
  unreadable as refuse,
  strictJson,
  text,
  whereReadable,
} from '../storage/strict-json.ts';

/** What a measurement holds for. */
export type LayoutPlace = {
  /** What tells this machine from another one with the same home directory. */
  readonly machine: string;
  readonly runtimeBuild: string;
};

export type MeasuredLayout = LayoutPlace & {
  /** When it was measured, in milliseconds since the Unix epoch. */
  readonly at: number;
  /** By the table, when it was measured. */
  readonly usual: EngineLayout;
  readonly chosen: EngineLayout;
  readonly compared: readonly ComparedLayout[];
};

export type ComparedLayout = {
  readonly layout: EngineLayout;
  /** Its time for the same work over that of what was best before it. */
  readonly ratio: number;
  readonly rounds: number;
};

export type LayoutOnRecord =
  | { readonly state: 'measured'; readonly measured: MeasuredLayout }
  | { readonly state: 'unknown' }
  | { readonly state: 'damaged'; readonly problem: string };

const maxFileBytes = 64 * 1024;
const maxLayouts = 16;
const maxCompared = 32;
const maxTextLength = 512;

/** Keeps the last one of each place, and drops what could not be read. @throws TGL_DISK_FULL, TGL_FILE_NOT_WRITABLE */
export function rememberLayout(home: string, weights: Digest, layout: MeasuredLayout): void {
  const known = read(home, weights);
  const others = known.state === 'damaged' ? [] : known.layouts.filter((other) => !isOf(other, layout));
  const layouts = [...others.slice(-(maxLayouts - 1)), layout];
  makeDirectory(directoryOf(home), 0o700);
  writeFileAtomically(pathOf(home, weights), strictJson({ schema: 1, layouts }), { mode: 0o600 });
}

export function measuredLayout(home: string, weights: Digest, place: LayoutPlace): LayoutOnRecord {
  const known = read(home, weights);
  if (known.state === 'damaged') return known;
  const measured = known.layouts.find((layout) => isOf(layout, place));
  return measured === undefined ? { state: 'unknown' } : { state: 'measured', measured };
}

type Known =
  | { readonly state: 'sound'; readonly layouts: readonly MeasuredLayout[] }
  | { readonly state: 'damaged'; readonly problem: string };

function read(home: string, weights: Digest): Known {
  const found = whereReadable(() => {
    const file = readStrictJson(pathOf(home, weights), maxFileBytes, refuse);
    return file === undefined ? [] : decode(file);
  });
  return 'value' in found ? { state: 'sound', layouts: found.value } : { state: 'damaged', ...found };
}

function decode(file: unknown): readonly MeasuredLayout[] {
  const { schema, layouts } = members(file, 'the file', ['schema', 'layouts'], refuse);
  if (schema !== 1) return refuse('it is of another form');
  return list(layouts, 'layouts', maxLayouts, refuse).map(decodeMeasured);
}

function decodeMeasured(value: unknown): MeasuredLayout {
  const names = ['machine', 'runtimeBuild', 'at', 'usual', 'chosen', 'compared'] as const;
  const fields = members(value, 'a layout', names, refuse);
  return {
    machine: text(fields.machine, 'machine', maxTextLength, refuse),
    runtimeBuild: text(fields.runtimeBuild, 'runtimeBuild', maxTextLength, refuse),
    at: finite(fields.at, 'at', refuse),
    usual: decodeLayout(fields.usual),
    chosen: decodeLayout(fields.chosen),
    compared: list(fields.compared, 'compared', maxCompared, refuse).map((one) => {
      const { layout, ratio, rounds } = members(one, 'a comparison', ['layout', 'ratio', 'rounds'], refuse);
      return {
        layout: decodeLayout(layout),
        ratio: finite(ratio, 'ratio', refuse),
        rounds: finite(rounds, 'rounds', refuse),
      };
    }),
  };
}

function decodeLayout(value: unknown): EngineLayout {
  const fields = members(value, 'a layout', ['threads', 'attention', 'caches'], refuse);
  const threads = finite(fields.threads, 'threads', refuse);
  const attention = attentions.find((known) => known === fields.attention);
  const caches = cacheKinds.find((known) => known === fields.caches);
  if (!Number.isSafeInteger(threads) || threads < 1) return refuse(`${threads} is no number of threads`);
  return {
    threads,
    attention: attention ?? refuse('the attention is unknown'),
    caches: caches ?? refuse('the caches are unknown'),
  };
}

function isOf(one: LayoutPlace, other: LayoutPlace): boolean {
  return one.machine === other.machine && one.runtimeBuild === other.runtimeBuild;
}

function directoryOf(home: string): string {
  return join(home, 'layouts');
}

function pathOf(home: string, weights: Digest): string {
  return join(directoryOf(home), `${parseDigest(weights)}.json`);
}
