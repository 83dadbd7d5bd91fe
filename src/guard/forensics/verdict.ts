// What an examination comes to, in grades. Only our own randomisation proves: a mark or coins, at one in a million, with the controls as
// they must be. References support at most.
import type { DecoyFinding } from './decoys.ts';
import type { ExposureFinding } from './exposure.ts';
import type { ReferenceFinding } from './reference-test.ts';

/** `refused`: a control failed, so that nothing can be said. `nothing-found` clears nobody of what was not looked for. */
export const grades = ['proven', 'strong', 'supports', 'nothing-found', 'refused'] as const;

export type Verdict = {
  readonly grade: (typeof grades)[number];
  readonly sentence: string;
  /** Of the tests that rest on our own drawing, for having made several. Null without one. */
  readonly log10P: number | null;
  readonly controls: readonly { readonly name: string; readonly passed: boolean; readonly p: number }[];
  readonly assumptions: readonly string[];
  /** What else would explain it. */
  readonly alternatives: readonly string[];
};

type Findings = {
  readonly mark: {
    readonly logP: number;
    readonly tried: readonly { readonly pairs: number; readonly mean: number }[];
    readonly control: { readonly logP: number };
    readonly decoys: DecoyFinding;
  } | null;
  readonly exposure: ExposureFinding | null;
  readonly references: ReferenceFinding | null;
};

const bounds = { proven: 1e-6, strong: 1e-3, references: 0.05, control: 1e-3 } as const;

export function verdictOf(findings: Findings): Verdict {
  const { mark, exposure } = findings;
  const controls = controlsOf(mark);
  const logs = [mark?.logP, exposure && Math.log(Math.max(exposure.p, Number.MIN_VALUE))].filter(
    (each) => typeof each === 'number',
  );
  const logP = logs.length === 0 ? null : Math.min(0, Math.min(...logs) + Math.log(logs.length));
  const log10P = logP === null ? null : logP / Math.LN10;
  const grade = gradeOf(findings, controls, logP ?? 0);
  return {
    ...{ grade, sentence: sentenceOf(grade, findings, log10P), log10P, controls },
    assumptions: assumptionsOf(findings),
    alternatives: [
      'somebody else collected the outputs and passed them on, knowingly or not',
      'the outputs were published, and the suspect was trained on what is public',
      'somebody who holds the key, or a copy of it, made the text',
    ],
  };
}

function controlsOf(mark: Findings['mark']): Verdict['controls'] {
  if (mark === null) return [];
  const control = (name: string, p: number) => ({ name, passed: p >= bounds.control, p });
  return [
    control(`${mark.decoys.keys} keys that nobody drew by give uniform probabilities`, mark.decoys.p),
    control('text of a model that saw nothing marked has no trace of the key', Math.exp(mark.control.logP)),
  ];
}

function gradeOf({ references }: Findings, controls: Verdict['controls'], logP: number): Verdict['grade'] {
  if (controls.some(({ passed }) => !passed)) return 'refused';
  if (logP < Math.log(bounds.proven)) return 'proven';
  if (logP < Math.log(bounds.strong)) return 'strong';
  const nearest =
    references !== null &&
    references.p <= bounds.references &&
    references.contrasts.every(({ p, difference }) => p <= bounds.references && difference > 0);
  return nearest ? 'supports' : 'nothing-found';
}

const ofGrade = {
  proven: 'The suspect learned from outputs that carry our key or our coins',
  strong: 'It is likely that the suspect learned from outputs that carry our key or our coins',
  supports:
    'Its replies are nearer to the model than those of all references; this supports a suspicion and proves nothing',
  'nothing-found': 'Nothing was found that chance does not explain; what was not looked for is not excluded',
  refused: 'A control failed, so that nothing can be said',
} as const;

function sentenceOf(grade: Verdict['grade'], { mark, exposure }: Findings, log10P: number | null): string {
  const sample = [
    mark &&
      `${mark.tried[0]?.pairs ?? 0} tokens scored under ${mark.tried.length} keys, ${Math.max(...mark.tried.map(({ mean }) => mean)).toFixed(4)} on average where chance gives 1`,
    exposure &&
      `${exposure.hits} of ${exposure.trials} coins hit where chance gives ${exposure.expected.toFixed(1)}`,
  ].filter((part) => part !== null);
  const chance =
    log10P === null ? [] : [`chance gives as much with a probability of 10^${log10P.toFixed(1)}`];
  const said = [...sample, ...chance];
  return said.length === 0 ? `${ofGrade[grade]}.` : `${ofGrade[grade]}: ${said.join('; ')}.`;
}

function assumptionsOf({ mark, exposure, references }: Findings): readonly string[] {
  return [
    ...(mark === null
      ? []
      : ['the key was drawn at random, and nobody but the operator had it before the suspect was made']),
    ...(exposure === null ? [] : ['the coins follow from a key that was drawn at random and kept secret']),
    ...(references === null
      ? []
      : [
          'the references are as the suspect would be had it not learned from the model; a judge may reject that',
        ]),
  ];
}
