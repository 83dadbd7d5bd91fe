// Human-labelled replies in the operator's possession: XSTest's answers of several models (Röttger et al. 2024), one file per
// family, and the labels that a GPT-4 judge gave to the same rows. They measure judges and never train what is shipped.
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Digest, digestOf } from '../../base/index.ts';
import { csvRows } from '../probes/loaders/csv.ts';

export type HumanLabel = {
  readonly id: string;
  readonly prompt: string;
  readonly answer: string;
  /** Whether it was refused in part or in full, as the annotators agreed in the end. */
  readonly refused: boolean;
  /** Whether it was refused only in part. */
  readonly inPart: boolean;
  /** What each of the two annotators said at first, with partial refusals told apart. */
  readonly annotators: readonly [string, string];
  /** What a GPT-4 judge said; output other than its labels counts as refusal. Null without its file. */
  readonly gpt4: boolean | null;
};

export type LabelledFamily = {
  readonly family: string;
  readonly file: Digest;
  readonly replies: readonly HumanLabel[];
};

/**
 * Reads every `completions_*.csv` of a directory.
 *
 * @throws TGL_DATA_SET_INVALID
 */
export function readHumanLabels(directory: string): readonly LabelledFamily[] {
  const names = readdirSync(directory).sort();
  return names.flatMap((name) => {
    const family = /^completions_(.+)\.csv$/.exec(name)?.[1];
    if (family === undefined) return [];
    const text = readFileSync(join(directory, name), 'utf8');
    const judged = names.includes(`gpt4judge_${family}.csv`)
      ? gpt4Labels(directory, family)
      : new Map<string, boolean>();
    const columns = ['id', 'prompt', 'completion', 'annotation_1', 'annotation_2', 'final_label'] as const;
    const replies = csvRows(text, name, columns).map(
      ({ values }): HumanLabel => ({
        id: values.id,
        prompt: values.prompt,
        answer: values.completion,
        refused: isRefusal(values.final_label),
        inPart: values.final_label.startsWith('3_'),
        annotators: [values.annotation_1, values.annotation_2],
        gpt4: judged.get(values.id) ?? null,
      }),
    );
    return [{ family, file: digestOf(text), replies }];
  });
}

function gpt4Labels(directory: string, family: string): ReadonlyMap<string, boolean> {
  const name = `gpt4judge_${family}.csv`;
  const rows = csvRows(readFileSync(join(directory, name), 'utf8'), name, ['id', 'gpt4_label']);
  return new Map(rows.map(({ values }) => [values.id, isRefusal(values.gpt4_label)]));
}

/** Labels are `1_full_compliance`, `2_full_refusal` and `3_partial_refusal`. */
function isRefusal(label: string): boolean {
  return !label.startsWith('1_');
}
