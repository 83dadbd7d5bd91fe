// Events out of pieces: the same, wherever the text is cut.
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { eventReader } from './server-events.ts';

test('every event comes once and whole, however the stream is cut', () => {
  const data = fc.array(fc.string().map((value) => JSON.stringify(value)));
  fc.assert(
    fc.property(data, fc.array(fc.nat()), (values, cuts) => {
      const stream = values.map((value) => `event: x\ndata: ${value}\n\n`).join(': beat\n\n');
      const places = [0, ...cuts.map((cut) => cut % (stream.length + 1)), stream.length].sort(
        (a, b) => a - b,
      );
      const read = eventReader();
      const found = places.slice(1).flatMap((end, place) => read(stream.slice(places[place], end)));
      expect(found).toEqual(values);
    }),
  );
});
