import fc from 'fast-check';
import { expect, test } from 'vitest';
import { createLogitShaper } from './logit-changes.ts';

test('no option, or one that changes nothing, leaves the logits as they are', () => {
  for (const neutral of [
    {},
    { repetitionPenalty: 1, presencePenalty: 0, frequencyPenalty: 0, logitBias: [] },
  ]) {
    const shaper = createLogitShaper(neutral, [1, 2]);
    shaper.take(3);
    expect(shaper.changes()).toBeUndefined();
  }
});

test('a token is penalised once for being there, and for each time it has occurred', () => {
  const tokens = fc.array(fc.nat(5), { maxLength: 40 });
  const penalty = fc.integer({ min: -8, max: 8 }).map((eighths) => eighths / 4);
  const biases = fc.uniqueArray(fc.tuple(fc.nat(5), penalty), { selector: ([token]) => token });
  fc.assert(
    fc.property(tokens, penalty, penalty, biases, (all, presencePenalty, frequencyPenalty, logitBias) => {
      const shaper = createLogitShaper({ presencePenalty, frequencyPenalty, logitBias }, [0, 1, 2, 3]);
      for (const token of all) shaper.take(token);
      const added = shaper.changes()?.added;
      for (const token of [0, 1, 2, 3, 4, 5]) {
        const count = all.filter((other) => other === token).length;
        const bias = logitBias.find(([biased]) => biased === token)?.[1] ?? 0;
        const penalties = count === 0 ? 0 : presencePenalty + count * frequencyPenalty;
        expect(added?.get(token) ?? 0).toBeCloseTo(bias - penalties, 9);
      }
    }),
  );
});

test('the penalty that divides is for tokens of the prompt as well', () => {
  const shaper = createLogitShaper({ repetitionPenalty: 1.3 }, [7, 8]);
  shaper.take(9);
  expect(shaper.changes()).toEqual({ added: new Map(), repetitionPenalty: 1.3, occurred: [7, 8, 9] });
});
