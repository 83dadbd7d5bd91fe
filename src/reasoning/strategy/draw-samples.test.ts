import fc from 'fast-check';
import { expect, test } from 'vitest';
import { drawSamples } from './draw-samples.ts';
import { verifyAndResample } from './verify.ts';
import { vote } from './vote.ts';

const never = new AbortController().signal;

/** Samples that end in an order of their own, and remember which of them were aborted. */
function scripted(answers: readonly string[], finishing: (index: number) => number = () => 0) {
  const aborted: number[] = [];
  const begun: number[] = [];
  const draw = async (index: number, signal: AbortSignal): Promise<string> => {
    begun.push(index);
    for (let turn = finishing(index); turn >= 0; turn--) {
      if (signal.aborted) {
        aborted.push(index);
        throw signal.reason;
      }
      await null;
    }
    return answers[index] as string;
  };
  return { draw, aborted, begun };
}

test('one by one nothing is begun that is not needed', async () => {
  const { draw, begun } = scripted(['4', '4', '5', '5']);
  const outcome = await vote(
    { draw, most: 4, rule: { type: 'beta', level: 0.8 }, keyOf: (key) => key },
    never,
  );
  expect(outcome).toMatchObject({ chosen: '4', index: 0, agreement: 1, begun: 2, stoppedBy: 'rule' });
  expect(begun).toEqual([0, 1]);
});

test('a wave is looked at in the order in which it was begun, and its rest is aborted', async () => {
  // The last ones end first, and agree.
  const { draw, aborted } = scripted(['1', '1', '2', '2', '2', '2'], (index) =>
    index < 2 ? 5 : index === 5 ? 90 : 0,
  );
  const outcome = await vote(
    { draw, most: 6, waves: [6], rule: { type: 'window', size: 2 }, keyOf: (key) => key },
    never,
  );
  expect(outcome).toMatchObject({ chosen: '1', begun: 6, samples: ['1', '1'] });
  expect(aborted).toEqual([5]);
});

test('waves only change how much is begun, never the answer', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.constantFrom('1', '2', '3'), { minLength: 1, maxLength: 16 }),
      fc.array(fc.integer({ min: 1, max: 8 }), { minLength: 1, maxLength: 4 }),
      fc.array(fc.integer({ min: 0, max: 6 }), { minLength: 16, maxLength: 16 }),
      async (answers, waves, ends) => {
        const rule = { type: 'beta', level: 0.9 } as const;
        const shared = { most: answers.length, rule, keyOf: (key: string) => key };
        const alone = await vote({ ...shared, draw: scripted(answers).draw }, never);
        const together = await vote(
          { ...shared, waves, draw: scripted(answers, (index) => ends[index] as number).draw },
          never,
        );
        expect({ ...together, begun: 0 }).toEqual({ ...alone, begun: 0 });
        expect(together.begun).toBeGreaterThanOrEqual(alone.begun);
      },
    ),
  );
});

test('a limit ends the drawing between waves, with the best answer so far', async () => {
  let used = 0;
  const outcome = await vote(
    {
      draw: async (index) => {
        used += 100;
        return ['1', '2', '2', '3'][index] as string;
      },
      most: 4,
      mayGoOn: () => used < 300,
      rule: { type: 'exact' },
      keyOf: (key) => key,
    },
    never,
  );
  expect(outcome).toMatchObject({ chosen: '2', index: 1, begun: 3, stoppedBy: 'limit' });
});

test('where no answer can be read, the first sample is the reply', async () => {
  const outcome = await vote(
    { draw: scripted(['a', 'b']).draw, most: 2, rule: { type: 'exact' }, keyOf: () => null },
    never,
  );
  expect(outcome).toMatchObject({ chosen: 'a', agreement: 0, stoppedBy: 'most' });
});

test('a sample that fails ends the others, and nothing runs on', async () => {
  const { draw, aborted } = scripted(['1', '2', '3'], () => 40);
  const failing = (index: number, signal: AbortSignal) =>
    index === 1 ? Promise.reject(new Error('gone')) : draw(index, signal);
  await expect(
    drawSamples(
      {
        draw: (index, signal) => (index === 0 ? Promise.resolve('1') : failing(index, signal)),
        most: 3,
        waves: [3],
      },
      () => false,
      never,
    ),
  ).rejects.toThrow('gone');
  expect(aborted).toEqual([2]);
});

test('a client that has left aborts all samples', async () => {
  const client = new AbortController();
  const { draw, aborted } = scripted(['1', '2', '3'], () => 40);
  const drawing = drawSamples({ draw, most: 3, waves: [3] }, () => false, client.signal);
  client.abort(new Error('left'));
  await expect(drawing).rejects.toThrow('left');
  expect(aborted).toEqual([0, 1, 2]);
});

test('the first sample that is verified is the reply', async () => {
  const outcome = await verifyAndResample(
    { draw: scripted(['1', '2', '21', '21']).draw, most: 4, verify: (answer) => answer === '21' },
    never,
  );
  expect(outcome).toMatchObject({ chosen: '21', index: 2, verified: true, begun: 3, stoppedBy: 'rule' });
});

test('where none is verified the first one is the reply, and it says so', async () => {
  const outcome = await verifyAndResample(
    { draw: scripted(['1', '2']).draw, most: 2, verify: async () => false },
    never,
  );
  expect(outcome).toMatchObject({ chosen: '1', index: 0, verified: false, begun: 2, stoppedBy: 'most' });
});

test('less than one sample is refused', async () => {
  const draw = async () => '1';
  await expect(drawSamples({ draw, most: 0 }, () => true, never)).rejects.toThrow('cannot draw 0 samples');
  await expect(drawSamples({ draw, most: 1, waves: [] }, () => true, never)).rejects.toThrow('in waves of');
});
