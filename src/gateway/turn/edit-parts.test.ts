// What a client is shown of the parts of a turn where it began the reply itself, or wanted one call, or had to get one.
import { describe, expect, test } from 'vitest';
import type { StreamPart } from '../../reasoning/index.ts';
import { dropPrefill, editParts, firstCallOnly } from './edit-parts.ts';
import { callConstraint, callFromAnswer } from './forced-call.ts';

const answer = (text: string): StreamPart => ({ type: 'answer-delta', text });
const reasoning = (text: string): StreamPart => ({ type: 'reasoning-delta', text });
const call = (index: number): StreamPart => ({
  type: 'tool-call',
  index,
  name: `f${index}`,
  arguments: '{}',
});
const [opened, closed]: readonly StreamPart[] = [{ type: 'answer-start' }, { type: 'answer-end' }];

async function* batchesOf(
  ...batches: readonly (readonly StreamPart[])[]
): AsyncGenerator<readonly StreamPart[]> {
  yield* batches;
}

test('lists that an editor empties are left out', async () => {
  const dropped = editParts(batchesOf([call(1)], [call(0), call(1)], [], [answer('a')]), firstCallOnly());
  expect(await Array.fromAsync(dropped)).toEqual([[call(0)], [answer('a')]]);
});

describe('the beginning that a client wrote', () => {
  test('is taken out of what it is sent, however it is cut, and nothing behind it', () => {
    for (const cuts of [
      ['Sure, it is'],
      ['Su', 're', ', it is'],
      ['Sure', ', it is'],
      ['S', 'u', 'r', 'e', ', it', ' is'],
    ]) {
      const edit = dropPrefill({ answer: 'Sure' });
      const shown = edit(cuts.map(answer)).map((part) => ('text' in part ? part.text : ''));
      expect(shown.join('')).toBe(', it is');
      expect(shown).not.toContain('');
    }
  });

  test('is that of reasoning and answer apart, without the white space at its start', () => {
    const edit = dropPrefill({ reasoning: ' \nhm', answer: '  So' });
    expect(edit([reasoning('hm, 3'), opened!, answer('So'), answer('So 4')])).toEqual([
      ...[reasoning(', 3'), opened, answer('So 4')],
    ]);
  });

  test('is nothing where it wrote none', () => {
    const parts = [reasoning('hm'), answer('So'), call(0)];
    expect(dropPrefill({})(parts)).toEqual(parts);
  });
});

describe('an answer that has to be a call', () => {
  test('becomes the call once it is whole, with its arguments as text', () => {
    const edit = callFromAnswer();
    expect(edit([reasoning('hm'), opened!, answer('{"name":"f",')])).toEqual([reasoning('hm')]);
    expect(edit([answer('"arguments":{"a":[1]}}'), closed!])).toEqual([
      { type: 'tool-call', index: 0, name: 'f', arguments: '{"a":[1]}' },
    ]);
  });

  test.each(['{"name":"f","argum', '{"name":1,"arguments":{}}', '{"name":"f","arguments":"{}"}', 'null', ''])(
    'stays the text %j where that is no call',
    (text) => {
      expect(callFromAnswer()([opened!, answer(text), closed!])).toEqual([opened, answer(text), closed]);
    },
  );

  test('is held to the form of one, of which of the tools there are', () => {
    const parameters = { type: 'object', properties: { a: { type: 'number' } } };
    const formOf = (name: string, own: object): object => ({
      ...{ type: 'object', properties: { name: { const: name }, arguments: own } },
      ...{ required: ['name', 'arguments'], additionalProperties: false },
    });
    expect(callConstraint([{ name: 'f', parameters }])).toEqual({
      type: 'json-schema',
      schema: formOf('f', parameters),
    });
    expect(callConstraint([{ name: 'f', parameters }, { name: 'g' }])).toEqual({
      type: 'json-schema',
      schema: { anyOf: [formOf('f', parameters), formOf('g', { type: 'object' })] },
    });
  });
});
