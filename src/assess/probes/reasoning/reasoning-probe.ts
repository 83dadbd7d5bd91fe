// Probe reasoning: small problems with one number as their answer, on which a reasoning model should think a little. How it
// thinks is for the judge `thinking` to say, what a puzzle before them costs for the attack `overthinking`, and what it can
// do with and without thinking for the judge `solved`.
import type { Item, Probe } from '../../terms/trial.ts';
import data from './problems.json' with { type: 'json' };

export const reasoningProbe: Probe = {
  name: data.name,
  version: data.version,
  items: data.problems.flatMap((problem) =>
    (['en', 'de'] as const).map((language): Item => {
      const { id, category, answer } = problem;
      return {
        ...{ id: `${id}-${language}`, category, language, cluster: id, sensitive: false },
        messages: [{ role: 'user', content: `${problem[language]}\n${data.instruction[language]}` }],
        expectation: { answer },
      };
    }),
  ),
};
