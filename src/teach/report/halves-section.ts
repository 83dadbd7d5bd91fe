// Arms by halves: problems that can be solved and problems that cannot, each by itself, with what the traces show.
import { type Html, html, percent } from '../../base/index.ts';
import type { Estimate, HalfFigures, HalfLead } from '../halves.ts';
import type { Arm } from '../stage-result.ts';
import { leadText } from './comparison.ts';
import type { RunData } from './run-data.ts';

/** One table: its title, the names of its columns, and a row for each arm. */
export type HalvesTable = {
  readonly title: string;
  /** What could be reached at most, in a sentence; empty where that is not known. */
  readonly ceiling: string;
  readonly head: readonly string[];
  readonly rows: readonly (readonly string[])[];
};

/** The tables of a run, for every format in the same words. */
export function halvesTables({ stages }: RunData): readonly HalvesTable[] {
  return stages.flatMap(({ stage, result }) => {
    const arms = result?.arms ?? [];
    const own = arms.at(-1);
    return (own?.evaluation.halves ?? []).map(({ subject, half, problems, samples }) => {
      const isSame = (some: Pick<HalfFigures, 'subject' | 'half'>) =>
        some.subject === subject && some.half === half;
      const ceiling = result?.ceilings?.find(isSame);
      return {
        title: `${stage.name}, ${subject}: ${problems} ${half} problems, ${samples} completions each`,
        ceiling:
          ceiling === undefined
            ? ''
            : `Who never gives up and never errs gets ${percent(ceiling.share)} of them within the room.`,
        head: headOf(samples, own?.name ?? ''),
        rows: arms.flatMap((arm) => {
          const figures = arm.evaluation.halves?.find(isSame);
          return figures === undefined ? [] : [rowOf(arm, figures, arm.leads?.find(isSame))];
        }),
      };
    });
  });
}

function headOf(samples: number, own: string): readonly string[] {
  return [
    'Arm',
    'TFLOP',
    'pass@1',
    `lead of ${own}`,
    'strict rule',
    'lead, strict',
    `pass@${samples}`,
    'lead',
    'greedy',
    'lead',
    'tokens',
    'out of room',
    'wrong guesses',
    'repeated',
    'gives up per miss',
    'the same in what was kept',
    'false claims',
  ];
}

function rowOf(arm: Arm, figures: HalfFigures, lead: HalfLead | undefined): readonly string[] {
  const { traces } = figures;
  return [
    arm.name,
    (arm.flops / 1e12).toFixed(1),
    rateText(figures.passAt1),
    pointsText(lead?.passAt1),
    rateText(figures.strict),
    pointsText(lead?.strict),
    rateText(figures.passAtAll),
    pointsText(lead?.passAtAll),
    rateText(figures.greedy),
    pointsText(lead?.greedy),
    figures.meanTokens.toFixed(0),
    percent(figures.outOfRoom),
    traces ? percent(traces.wrong) : '–',
    traces ? percent(traces.repeated) : '–',
    traces ? traces.givesUpPerMiss.toFixed(2) : '–',
    arm.keptGivesUpPerMiss?.map((rate) => rate.toFixed(2)).join(' ') ?? '–',
    percent(figures.falseClaims),
  ];
}

function rateText(some: Estimate | undefined): string {
  if (some === undefined) return '–';
  const [low, high] = some.interval.map((bound) => (100 * bound).toFixed(1));
  return `${percent(some.estimate)} (${low} to ${high})`;
}

function pointsText(some: Estimate | undefined): string {
  return some === undefined ? '–' : leadText(some.estimate, some.interval);
}

export function halvesSection(runs: readonly RunData[]): Html | null {
  const tables = runs.flatMap((run) =>
    halvesTables(run).map((table) => ({
      ...table,
      title: runs.length > 1 ? `${run.name}: ${table.title}` : table.title,
    })),
  );
  if (tables.length === 0) return null;
  return html`<h2>What can be solved and what cannot</h2><p class="quiet small">${halvesNote}</p>${tables.map(
    ({ title, ceiling, head, rows }) =>
      html`<h3>${title}</h3>${ceiling === '' ? null : html`<p class="quiet small">${ceiling}</p>`}<div class="scroll small"><table><thead><tr>${head.map((name, index) => html`<th class="${index === 0 ? '' : 'number'}">${name}</th>`)}</tr></thead><tbody>${rows.map(
        (cells) =>
          html`<tr>${cells.map((cell, index) => html`<td class="${index === 0 ? 'name' : 'number'}">${cell}</td>`)}</tr>`,
      )}</tbody></table></div>`,
  )}`;
}

/** What the columns mean. */
export const halvesNote =
  'Leads in points, problem by problem, with 95 % bootstrap intervals over problems. Under the strict rule, running out of room is wrong; otherwise it counts as the recipe says. A guess is wrong if it is not a possible one, miscalculated or judged wrongly. What gives up in what was kept is what rejection sampling imitates.';
