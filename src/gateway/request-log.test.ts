import fc from 'fast-check';
import { expect, test } from 'vitest';
import { placeText } from '../base/index.ts';
import { noUsage, type RequestRecord } from '../traffic/index.ts';
import { requestLog, requestMembers } from './request-log.ts';

const text = fc.string({ unit: 'binary' });
const place = fc.record({ host: text, region: text, operator: text });

const records = fc.record({
  requestId: text,
  principal: fc.option(fc.record({ account: fc.option(text) })),
  model: fc.option(text),
  dialect: text,
  admissionKey: fc.option(text),
  places: fc.array(place, { maxLength: 3 }),
  outcome: fc.oneof(
    fc.constantFrom({ type: 'finished' }, { type: 'client-gone' }),
    fc.record({ type: fc.constantFrom('refused', 'failed'), code: text }),
  ),
  usage: fc.record({
    promptTokens: fc.nat(),
    cachedPromptTokens: fc.nat(),
    completionTokens: fc.nat(),
    reasoningTokens: fc.nat(),
  }),
  choices: fc.array(fc.record({ finish: fc.option(text), usage: fc.constant(noUsage) }), { maxLength: 3 }),
  durationMs: fc.double({ min: 0, max: 1e9, noNaN: true }),
}) as unknown as fc.Arbitrary<RequestRecord>;

/** The members as an object, for JSON.stringify to be compared with. */
function facts(record: RequestRecord): object {
  const { outcome } = record;
  return {
    requestId: record.requestId,
    account: record.principal?.account ?? null,
    model: record.model,
    dialect: record.dialect,
    admissionKey: record.admissionKey,
    places: [...new Set(record.places.map(placeText))],
    outcome: outcome.type,
    ...('code' in outcome && { code: outcome.code }),
    finish: record.choices.map(({ finish }) => finish),
    usage: record.usage,
    milliseconds: Math.round(record.durationMs),
  };
}

test('the members say what JSON.stringify would say, and nothing in them steers a terminal', () => {
  fc.assert(
    fc.property(records, (record) => {
      const members = requestMembers(record);
      expect(JSON.parse(`{${members}}`)).toEqual(JSON.parse(JSON.stringify(facts(record))));
      expect(members).not.toMatch(/[\p{Cc}\p{Cs}\p{Zl}\p{Zp}\u202e]/u);
    }),
  );
});

test('a log that takes no JSON is given the same members as an object', () => {
  const [record] = fc.sample(records, 1) as [RequestRecord];
  const told: unknown[] = [];
  requestLog({ info: (members: unknown) => void told.push(members) } as never).ended?.(record);
  expect(told).toEqual([JSON.parse(JSON.stringify(facts(record)))]);
});
