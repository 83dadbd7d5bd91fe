// The comparison as Markdown, for a model card: a table for each task, the statement, and what it does not say.
import { escapeMarkdown, percent } from '../../base/index.ts';
import type { Interval } from '../evaluation-summary.ts';
import { type Comparison, comparisonsOf, figuresOf, lastEvaluation, leadText } from './comparison.ts';
import { halvesNote, halvesTables } from './halves-section.ts';
import { notSaid } from './not-said.ts';
import type { RunData } from './run-data.ts';
import { warningsOf } from './warnings.ts';

export function markdownReport(runs: readonly RunData[]): string {
  const parts = runs.flatMap((run) => [
    `## ${escapeMarkdown(run.name)}`,
    `Recipe ${run.recipe.name}, \`${run.recipeDigest}\`${run.record === undefined ? ', **not finished**' : ''}.`,
    ...warningParts(run),
    ...comparisonsOf(run).flatMap(comparisonParts),
    ...halvesParts(run),
    ...evaluationParts(run),
  ]);
  const notes = notSaid(runs).map((line) => `- ${line}`);
  return `${[...parts, '### What the figures do not say', notes.join('\n')].join('\n\n')}\n`;
}

function warningParts(run: RunData): readonly string[] {
  const warnings = warningsOf(run);
  if (warnings.length === 0) return [];
  return ['### What went wrong', warnings.map((warning) => `- ${escapeMarkdown(warning)}`).join('\n')];
}

function comparisonParts({ stage, arms, tasks }: Comparison): readonly string[] {
  return tasks.flatMap(({ subject, verdict, reason, rows }) => [
    `### ${stage} beside the other arms: ${subject}`,
    verdict === undefined ? reason : `**${verdict}.** ${reason}`,
    table(
      ['Arm', 'TFLOP', 'pass@1', 'greedy', 'tokens', `lead of ${arms.at(-1)?.name}, points`],
      rows.map(({ arm, flops, figures: { sampled, greedy }, lead }) => [
        arm,
        (flops / 1e12).toFixed(1),
        rate(sampled?.passAt[0]?.rate, sampled?.passAt[0]?.interval),
        rate(greedy?.accuracy, greedy?.interval),
        sampled?.meanTokens.toFixed(0) ?? '–',
        lead ? leadText(lead.estimate, lead.interval) : '–',
      ]),
    ),
  ]);
}

function halvesParts(run: RunData): readonly string[] {
  const tables = halvesTables(run).flatMap(({ title, ceiling, head, rows }) => [
    `### ${title}`,
    ...(ceiling === '' ? [] : [ceiling]),
    table(head, rows),
  ]);
  return tables.length === 0 ? [] : [...tables, halvesNote];
}

function evaluationParts(run: RunData): readonly string[] {
  const evaluation = lastEvaluation(run);
  if (evaluation === undefined) return [];
  const subjects = [...new Set(evaluation.accuracies.map(({ subject }) => subject))];
  const rows = subjects.map((subject) => {
    const { sampled, greedy, withoutThinking } = figuresOf(evaluation, subject);
    return [
      subject,
      rate(greedy?.accuracy, greedy?.interval),
      rate(withoutThinking?.accuracy, withoutThinking?.interval),
      rate(sampled?.passAt[0]?.rate, sampled?.passAt[0]?.interval),
      (greedy ?? sampled)?.meanTokens.toFixed(0) ?? '–',
    ];
  });
  return ['### Held-out problems', table(['Task', 'greedy', 'without thinking', 'pass@1', 'tokens'], rows)];
}

function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]): string => `| ${cells.join(' | ')} |`;
  return [line(head), `|${' --- |'.repeat(head.length)}`, ...rows.map(line)].join('\n');
}

function rate(estimate: number | undefined, interval: Interval | undefined): string {
  if (estimate === undefined || interval === undefined) return '–';
  return `${percent(estimate)} (${(100 * interval[0]).toFixed(1)} to ${(100 * interval[1]).toFixed(1)})`;
}
