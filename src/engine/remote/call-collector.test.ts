// However a server cuts its calls into pieces, the same calls come out.
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { type CallPiece, createCallCollector } from './call-collector.ts';

const text = fc.string({ minLength: 1, maxLength: 12 });

test('any cuts through arguments, and calls that are written at the same time, give the same calls', () => {
  fc.assert(
    fc.property(
      fc.array(fc.record({ name: text, pieces: fc.array(text, { maxLength: 5 }) }), { maxLength: 4 }),
      fc.boolean(),
      (calls, inTurns) => {
        const collector = createCallCollector();
        const pieces = calls.flatMap(({ name, pieces: parts }, index) => [
          { index, id: '', name, arguments: '', order: 0 },
          ...parts.map((part, order) => ({
            ...{ index, id: '', name: '' },
            arguments: part,
            order: order + 1,
          })),
        ]);
        if (inTurns) pieces.sort((one, other) => one.order - other.order);
        for (const piece of pieces) collector.push(piece);
        expect(collector.calls()).toEqual(
          calls.map(({ name, pieces: parts }) => ({
            type: 'tool-call',
            name,
            arguments: parts.join('') || '{}',
          })),
        );
      },
    ),
  );
});

test('pieces without a number begin a call where they name one, and go on with the last elsewhere', () => {
  const collector = createCallCollector();
  const piece = (name: string, part: string) =>
    collector.push({ index: undefined, id: '', name, arguments: part });
  piece('add', '{"a":1}');
  piece('add', '{"a"');
  piece('', ':2}');
  expect(collector.calls().map((call) => call.arguments)).toEqual(['{"a":1}', '{"a":2}']);
});

test('a name that is repeated in every piece is one name', () => {
  const collector = createCallCollector();
  for (const part of ['{', '}']) collector.push({ index: 0, id: '', name: 'add', arguments: part });
  expect(collector.calls()).toEqual([{ type: 'tool-call', name: 'add', arguments: '{}' }]);
});

const calls = (...pieces: readonly Partial<CallPiece>[]): readonly (readonly [string, string])[] => {
  const collector = createCallCollector();
  for (const piece of pieces) collector.push({ index: undefined, id: '', name: '', arguments: '', ...piece });
  return collector.calls().map((call) => [call.name, call.arguments]);
};

test('calls that all have the number 0 are told apart by id, or by arguments that are whole', () => {
  const whole = { index: 0, name: 'add', arguments: '{"a":1}' };
  expect(calls({ ...whole, id: 'x' }, { ...whole, id: 'y' })).toHaveLength(2);
  expect(calls(whole, whole)).toHaveLength(2);
  expect(calls({ ...whole, arguments: '{"a":"}"' }, { ...whole, arguments: '}' })).toEqual([
    ['add', '{"a":"}"}'],
  ]);
});

test('an id that is made up for every piece begins no call', () => {
  const pieces = ['', '{"a"', ':1}'].map((part, place) => ({ index: 0, id: `r${place}`, arguments: part }));
  expect(calls({ ...pieces[0], name: 'add' }, ...pieces.slice(1))).toEqual([['add', '{"a":1}']]);
});

test('a name may follow the arguments', () => {
  expect(calls({ index: 0, arguments: '{}' }, { index: 0, name: 'now' })).toEqual([['now', '{}']]);
});

test('arguments that were written as JSON twice are read twice; what is no JSON stays', () => {
  expect(calls({ name: 'add', arguments: JSON.stringify('{"a":1}') })).toEqual([['add', '{"a":1}']]);
  expect(calls({ name: 'add', arguments: '{"a":' })).toEqual([['add', '{"a":']]);
  expect(calls({ name: 'add', arguments: '"a"' })).toEqual([['add', '"a"']]);
});

test('calls without a number that name unlike ids are two, finished or not', () => {
  const begun = { id: 'x', name: 'add', arguments: '{"a":' };
  expect(calls(begun, { id: 'y', name: 'now', arguments: '{}' })).toEqual([
    ['add', '{"a":'],
    ['now', '{}'],
  ]);
  expect(calls(begun, { id: 'x', name: 'add', arguments: '1}' })).toEqual([['add', '{"a":1}']]);
});

test('white space before the arguments does not complete them', () => {
  const piece = { index: 0, name: 'add' };
  expect(calls({ ...piece, arguments: ' ' }, { ...piece, arguments: '{}' })).toEqual([['add', ' {}']]);
});

test('a string that holds JSON but no object stays a string', () => {
  for (const inner of ['1', 'null', '"a"', 'true'])
    expect(calls({ name: 'add', arguments: JSON.stringify(inner) })).toEqual([
      ['add', JSON.stringify(inner)],
    ]);
});

test('a call that goes on under its id is one, also once its arguments are whole, and another id is another call', () => {
  const whole = { index: 0, id: 'x', name: 'add', arguments: '{"a":1}' };
  expect(calls(whole, { ...whole, arguments: ' ' })).toEqual([['add', '{"a":1} ']]);
  expect(calls({ ...whole, arguments: '{"a":' }, { ...whole, id: 'y', arguments: '{}' })).toEqual([
    ['add', '{"a":'],
    ['add', '{}'],
  ]);
  // Where only one of two pieces has an id, the arguments tell.
  for (const [first, second] of [
    ['', 'y'],
    ['x', ''],
  ] as const) {
    expect(
      calls({ ...whole, id: first, arguments: '{"a"' }, { ...whole, id: second, arguments: ':1}' }),
    ).toHaveLength(1);
    expect(calls({ ...whole, id: first }, { ...whole, id: second })).toHaveLength(2);
  }
});

test('arguments are whole behind what was escaped in them', () => {
  for (const text of ['{"a":"\\n"}', '{"a":"\\""}', '{"a":"\\\\"}', '[["}"]]']) {
    const whole = { index: 0, name: 'add', arguments: text };
    expect(calls(whole, whole)).toEqual([
      ['add', text],
      ['add', text],
    ]);
    const [one, other] = [text.slice(0, -2), text.slice(-2)];
    expect(calls({ ...whole, arguments: one }, { ...whole, arguments: other })).toEqual([['add', text]]);
  }
});

test('a name that comes late belongs to the call before it, whole or not', () => {
  expect(calls({ index: 0, arguments: '{}' }, { index: 0, name: 'now', arguments: ' ' })).toEqual([
    ['now', '{} '],
  ]);
});
