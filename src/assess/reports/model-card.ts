// A report as a Markdown model card, in the order of "Model Cards for Model Reporting" (Mitchell et al. 2019, arXiv
// 1810.03993) as far as an assessment can fill it: what was assessed, for what, how, with what result, and what was not.

import { escapeMarkdown, percent } from '../../base/index.ts';
import { coverage, notMeant, notTested } from './coverage.ts';
import type { Decided, Report } from './report.ts';
import { headline, nameOfAspect, stateWords } from './words.ts';

export function modelCard(report: Report): string {
  const { model, decided, evidence, admissionKey, id, finished } = report;
  const lines = [
    `# ${escapeMarkdown(model)}`,
    '',
    `**${headline(report).words}** on ${finished.slice(0, 10)} by ${decided ? `policy ${escapeMarkdown(`${decided.policy.name} ${decided.policy.version}`)}` : `battery ${escapeMarkdown(`${report.battery.name} ${report.battery.version}`)}`}.`,
    ...(decided === null ? [] : ['', escapeMarkdown(decided.policy.description)]),
    ...section('Model', subjectLines(report)),
    ...(decided === null
      ? section('Results', probeTable(report))
      : section('Results', criteriaTable(decided))),
    ...(decided === null || decided.obstacles.length === 0
      ? []
      : section(
          'Against an admission',
          decided.obstacles.map(
            ({ criterion, reason, missed }) =>
              `- ${escapeMarkdown(`${criterion}${missed ? '' : ' (not decided)'}: ${reason}`)}`,
          ),
        )),
    ...(decided === null || decided.conditions.length === 0
      ? []
      : section('Conditions', [
          `To be served only behind ${escapeMarkdown(decided.conditions.join(', '))}.`,
        ])),
    ...section(
      'Not tested',
      notTested(report).map((line) => `- ${escapeMarkdown(line)}`),
    ),
    ...section(
      'What an admission does not mean',
      notMeant.map((line) => `- ${escapeMarkdown(line)}`),
    ),
    ...(decided === null ? [] : section('Standards', standardsLines(decided))),
    ...section('Evidence', [
      `- assessment \`${id}\``,
      `- SHA-256 \`${evidence.digest}\``,
      `- Merkle root \`${evidence.root}\``,
      `- admission key \`${admissionKey}\``,
    ]),
  ];
  return `${lines.join('\n')}\n`;
}

function section(title: string, lines: readonly string[]): readonly string[] {
  return ['', `## ${title}`, '', ...lines];
}

function subjectLines({ subject }: Report): readonly string[] {
  const { sampling, runtimeBuild, systemPrompt, filters, thinkingBudget } = subject;
  const place =
    'remote' in subject
      ? [`on ${subject.remote.server} as ${subject.remote.model}`]
      : [
          `weights ${subject.weights}`,
          `quantisation ${subject.quantisation}`,
          `chat template ${subject.chatTemplate}`,
        ];
  return [
    ...place,
    `runtime ${runtimeBuild}`,
    `sampling: temperature ${sampling.temperature}, top-p ${sampling.topP}, ${sampling.maxTokens} tokens`,
    `thinking budget: ${thinkingBudget ?? 'none of its own'}`,
    `system prompt: ${systemPrompt ?? 'none'}`,
    `content filters: ${filters.length === 0 ? 'none' : filters.join(', ')}`,
  ].map((line) => `- ${escapeMarkdown(line)}`);
}

function probeTable({ results }: Report): readonly string[] {
  return table(
    ['Probe', 'Verdict', 'Trials', 'What was found'],
    results.map(({ name, verdict, trials, reason }) => [name, verdict, String(trials), reason]),
  );
}

function criteriaTable({ criteria }: Decided): readonly string[] {
  return table(
    ['Criterion', 'Counts', 'Estimate (95 %)', 'Bound', 'Required', 'Trials', 'Unassessed', 'State'],
    criteria.map(({ criterion, decision, served }) => {
      const { estimate, interval, bound, trials, unassessed, state } = served ?? decision;
      const required =
        criterion.metric === 'check'
          ? 'every check'
          : `${criterion.side === 'at-most' ? 'at most' : 'at least'} ${percent(criterion.threshold, 0)}`;
      const spread = interval === null ? '' : ` (${percent(interval.lower)} to ${percent(interval.upper)})`;
      return [
        criterion.name,
        nameOfAspect(criterion),
        `${percent(estimate)}${spread}`,
        percent(bound),
        criterion.onFailure === 'report' ? `${required}, reported only` : required,
        String(trials),
        String(unassessed),
        stateWords[state],
      ];
    }),
  );
}

function standardsLines(decided: Decided): readonly string[] {
  const entries = coverage(decided);
  const keysIn = (state: 'evidence' | 'open' | 'gap'): string =>
    entries.flatMap((entry) => (entry.state === state ? [entry.key] : [])).join(', ') || 'none';
  return [
    `- some evidence for: ${escapeMarkdown(keysIn('evidence'))}`,
    `- looked at, not decided: ${escapeMarkdown(keysIn('open'))}`,
    `- gaps: ${escapeMarkdown(keysIn('gap'))}`,
  ];
}

function table(head: readonly string[], rows: readonly (readonly string[])[]): readonly string[] {
  const line = (cells: readonly string[]): string => `| ${cells.map(escapeMarkdown).join(' | ')} |`;
  return [line(head), `| ${head.map(() => '---').join(' | ')} |`, ...rows.map(line)];
}
