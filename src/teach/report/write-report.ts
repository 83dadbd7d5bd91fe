// Reads run directories and writes the report on them in any of its formats.

import { type Comparison, comparisonsOf, progressOf, statementOf } from './comparison.ts';
import { reportFigures } from './figures.ts';
import { htmlReport } from './html-report.ts';
import { markdownReport } from './markdown-report.ts';
import { type RunData, readRun } from './run-data.ts';
import { standaloneFigure } from './standalone-figure.ts';

export type RunReport = {
  readonly html: () => string;
  readonly markdown: () => string;
  /** Every figure as an SVG file of its own. */
  readonly figures: () => readonly { readonly name: string; readonly svg: string }[];
  /** The figures for programs. */
  readonly summary: readonly RunSummary[];
};

export type RunSummary = {
  readonly run: string;
  readonly recipe: string;
  readonly recipeDigest: string;
  readonly finished: boolean;
  readonly stages: readonly { readonly name: string; readonly stage: string; readonly progress: string }[];
  readonly comparisons: readonly Comparison[];
  /** One line per task. */
  readonly statements: readonly string[];
};

/**
 * Reads runs and reports on them side by side.
 *
 * @throws TGL_RUN_INVALID, TGL_RECIPE_INVALID
 */
export function reportOnRuns(directories: readonly string[]): RunReport {
  const runs = directories.map(readRun);
  return {
    html: () => htmlReport(runs),
    markdown: () => markdownReport(runs),
    figures: () => reportFigures(runs).map(({ name, drawing }) => ({ name, svg: standaloneFigure(drawing) })),
    summary: runs.map(summaryOf),
  };
}

function summaryOf(run: RunData): RunSummary {
  const { name, recipe, recipeDigest, record, stages } = run;
  return {
    run: name,
    recipe: recipe.name,
    recipeDigest,
    finished: record !== undefined,
    stages: stages.map((data) => ({
      name: data.stage.name,
      stage: data.stage.stage,
      progress: progressOf(data),
    })),
    comparisons: comparisonsOf(run),
    statements: comparisonsOf(run).flatMap(({ tasks }) => tasks.map(statementOf)),
  };
}
