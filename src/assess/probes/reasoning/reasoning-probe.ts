// Probe reasoning: small problems with one number as their answer, on which a reasoning model should think a little. How it
// thinks is for the judge thinking, how much a puzzle in front of them costs for the attack overthinking, and what it can
// do with thinking and without for the judge solved.
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
