// However a server cuts its calls into pieces, the same calls come out.
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { createCallCollector } from './call-collector.ts';

const text = fc.string({ minLength: 1, maxLength: 12 });

test('any cuts through arguments, and calls that are written at the same time, give the same calls', () => {
  fc.assert(
    fc.property(
      fc.array(fc.record({ name: text, pieces: fc.array(text, { maxLength: 5 }) }), { maxLength: 4 }),
      fc.boolean(),
      (calls, inTurns) => {
        const collector = createCallCollector();
        const pieces = calls.flatMap(({ name, pieces: parts }, index) => [
          { index, name, arguments: '', order: 0 },
          ...parts.map((part, order) => ({ index, name: '', arguments: part, order: order + 1 })),
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
  const piece = (name: string, part: string) => collector.push({ index: undefined, name, arguments: part });
  piece('add', '{"a":1}');
  piece('add', '{"a"');
  piece('', ':2}');
  expect(collector.calls().map((call) => call.arguments)).toEqual(['{"a":1}', '{"a":2}']);
});

test('a name that is repeated in every piece is one name', () => {
  const collector = createCallCollector();
  for (const part of ['{', '}']) collector.push({ index: 0, name: 'add', arguments: part });
  expect(collector.calls()).toEqual([{ type: 'tool-call', name: 'add', arguments: '{}' }]);
});
