import { expect, test } from 'vitest';
import { createMarkerTokens } from './marker-tokens.ts';

test('takes markers of one token for tokens, and asks the server once for each', async () => {
  const asked: string[] = [];
  const ids: Readonly<Record<string, readonly number[]>> = {
    '<think>': [7],
    '</think>': [8],
    '<tool>': [1, 2],
  };
  const markerTokens = createMarkerTokens({
    tokenise: async (text) => {
      asked.push(text);
      return ids[text]!.map((id) => ({ id, bytes: Buffer.from(text) }));
    },
  });
  const request = { prompt: [], maxTokens: 1, sampling: { temperature: 0, topP: 1 } };
  const constraint = { type: 'grammar', grammar: 'root ::= "a"', after: '</think>' } as const;
  expect([...(await markerTokens({ ...request, markers: ['<think>', '<tool>'] }))]).toEqual([[7, '<think>']]);
  expect([...(await markerTokens({ ...request, constraint }))]).toEqual([[8, '</think>']]);
  await markerTokens({ ...request, constraint, markers: ['<think>', '<tool>'] });
  expect(asked).toEqual(['<think>', '<tool>', '</think>']);
});
