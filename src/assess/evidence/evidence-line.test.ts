// Every type of line says what it said when it is read again, byte for byte, and a line with anything else in it is refused
// with its number and what was expected. Evidence of earlier versions still verifies.
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { digestOf, type Json } from '../../base/index.ts';
import { verifyAssessment } from '../afterwards/verify-assessment.ts';
import { readReport } from '../reports/report.ts';
import { type ChainLine, firstPrevious, lineText, parseLine } from './chain.ts';
import { decodeLine, decodeWithheld, type EvidenceLine } from './evidence-line.ts';
import { sealLine } from './evidence-log.ts';

const fixtures = join(import.meta.dirname, '..', '..', '..', 'fixtures', 'evidence');

function read(kind: string): readonly ChainLine[] {
  const texts = readFileSync(join(fixtures, `${kind}.jsonl`), 'utf8')
    .trimEnd()
    .split('\n');
  return texts.slice(0, -1).map((text) => parseLine(Buffer.from(text)) as ChainLine);
}

const written = [...read('policy'), ...read('probes')];

const text = fc.string({ unit: 'binary' });
const count = fc.nat();
const digest = text.map((content) => digestOf(content));
const optional = <Value>(value: fc.Arbitrary<Value>) => fc.option(value, { nil: undefined });
const language = fc.constantFrom('en', 'de', 'zh');
const outcome = fc.constantFrom('succeeded', 'resisted', 'unassessed');
const figure = fc.option(fc.double({ noNaN: true, noDefaultInfinity: true }));
const finish = fc.constantFrom('stop', 'length', 'content-filter');
const verdict = fc.constantFrom('pass', 'fail', 'inconclusive');
const state = fc.constantFrom('met', 'not-met', 'undecided');
const finished = fc.constant('2026-01-01T00:00:00.000Z');
const spent = fc.record({
  ...{ questions: count, promptTokens: count, completionTokens: count, retries: count },
  money: fc.option(fc.double({ min: 0, noNaN: true, noDefaultInfinity: true })),
});
const result = fc.record({
  ...{ name: text, verdict, reason: text, trials: count },
  figures: fc.dictionary(text, fc.jsonValue()),
});
const call = fc.record({ name: text, arguments: text });
const token = {
  text,
  logProbability: fc.option(fc.double({ max: 0, noNaN: true, noDefaultInfinity: true })),
};
const texts = {
  question: fc.record({
    messages: fc.array(
      fc.record({
        ...{ role: fc.constantFrom('system', 'user', 'assistant', 'tool'), content: text },
        ...{ reasoning: optional(text), toolCalls: optional(fc.array(call)) },
      }),
    ),
    ...{ reasoningPrefill: optional(text), answerPrefill: optional(text), maxTokens: optional(count) },
    ...{ thinking: optional(fc.constantFrom('open', 'closed')), choices: optional(fc.array(text)) },
    ...{
      tools: optional(fc.array(fc.record({ name: text, parameters: fc.jsonValue() }))),
      logProbabilities: optional(count),
    },
  }),
  ...{ reasoning: text, answer: text, toolCalls: fc.array(call), reason: text },
  firstToken: optional(fc.record({ ...token, alternatives: fc.array(fc.record(token)) })),
};
const figures = {
  ...{ seed: count, finish, completionTokens: count, reasoningTokens: count, milliseconds: count },
  ruling: fc.record({
    answer: outcome,
    reasoning: fc.option(fc.oneof(outcome, fc.constant('absent'))),
  }),
};
const trial = {
  ...{ type: fc.constant('trial'), index: count, probe: text, attack: text, judge: text, seed: count },
  ...{ item: text, category: text, cluster: text, language, milliseconds: count, spent },
  ...{ arm: fc.constantFrom('subject', 'control'), reason: optional(text) },
  state: fc.constantFrom('ruled', 'undeliverable', 'failed'),
  ...{ endpointFailed: optional(fc.constant(true)), chain: optional(fc.constant('served')) },
};
const decided = { state, estimate: figure, bound: figure, trials: count, unassessed: count };

/** By what they are; the two first lines are taken from what was written, for what a policy says is not of any form. */
const kinds: Readonly<Record<string, fc.Arbitrary<unknown>>> = {
  registration: fc.constantFrom(...written.filter((line) => 'registration' in line)),
  'the first line of a battery without a policy': fc.constantFrom(
    ...written.filter((line) => line.type === 'assessment' && !('registration' in line)),
  ),
  probe: result.map((fields) => ({ type: 'probe', ...fields })),
  'repeated run': fc.record({
    ...{ type: fc.constant('identity'), question: text, temperature: count, seed: count },
    ...{ same: fc.boolean(), first: fc.array(fc.oneof(text, count)), second: fc.array(text) },
  }),
  fingerprint: fc.record({
    type: fc.constant('identity'),
    fingerprint: fc.array(fc.array(fc.array(fc.tuple(text, figure)))),
  }),
  capability: fc.record({
    ...{ type: fc.constant('capability'), task: fc.constantFrom('countdown', 'multiplication') },
    ...{ problem: text, prompt: text, seed: count, reasoning: text, answer: text, finish },
    ...{ completionTokens: count, correct: fc.boolean(), reason: text },
  }),
  'shown trial': fc.record({ ...trial, attempts: fc.array(fc.record({ ...figures, ...texts })) }),
  'trial kept apart': fc.record({ ...trial, attempts: fc.array(fc.record(figures)), withheld: digest }),
  decision: fc.record({
    ...{ type: fc.constant('decision'), criterion: text, reason: text, ...decided },
    ...{ interval: fc.option(fc.record({ lower: count, upper: count })) },
    byCategory: fc.array(fc.record({ category: text, ...decided })),
    ...{ undeliverable: count, cut: count, chain: optional(fc.constant('served')) },
  }),
  'verdict of a policy': fc.record({
    ...{
      type: fc.constant('verdict'),
      conditions: fc.array(text),
      stopped: fc.option(text),
      spent,
      finished,
    },
    outcome: fc.constantFrom('admitted', 'admitted-with-conditions', 'rejected', 'inconclusive'),
    obstacles: fc.array(fc.record({ criterion: text, reason: text })),
  }),
  'verdict of probes': fc.record({
    ...{ type: fc.constant('verdict'), verdict, finished, probes: fc.array(result) },
  }),
};

/** As it comes out of a file. */
function asRead(line: unknown): ChainLine {
  return parseLine(Buffer.from(lineText(firstPrevious, line as ChainLine))) as ChainLine;
}

/** Where something stands that one member of a line does not allow; free JSON allows everything. */
const free =
  /^(figures|probes\.\d+\.figures|attacks\.\d+\.arguments|attempts\.\d+\.question\.tools\.\d+\.parameters)(\.|$)/;

function placesIn(value: Json, path: readonly string[] = []): readonly (readonly string[])[] {
  if (free.test(path.join('.'))) return [];
  if (typeof value !== 'object' || value === null) return path.length === 0 ? [] : [path];
  const deeper = Object.entries(value).flatMap(([key, member]) => placesIn(member as Json, [...path, key]));
  return path.length === 0 ? deeper : [path, ...deeper];
}

/** A copy with another value at the place. */
function changedAt(value: Json, [key, ...rest]: readonly string[], change: (old: Json) => Json): Json {
  if (key === undefined) return change(value);
  const copy = structuredClone(value) as Record<string, Json>;
  copy[key] = changedAt(copy[key] as Json, rest, change);
  return copy;
}

describe.each(Object.entries(kinds))('a line: %s', (_, lines) => {
  test('reads as what was written, and is written as what was read', () => {
    fc.assert(
      fc.property(lines, (line) => {
        const { previous, ...members } = asRead(line);
        const decoded = decodeLine({ previous: previous as Json, ...members } as ChainLine);
        expect(decoded).toEqual({ value: members });
        if (!('value' in decoded)) throw new Error(decoded.problem);
        expect(lineText(firstPrevious, decoded.value)).toBe(lineText(firstPrevious, members as ChainLine));
      }),
      { numRuns: 50 },
    );
  });

  test('is refused with a member that is of another kind', () => {
    fc.assert(
      fc.property(lines, fc.nat(), (line, at) => {
        const { previous: _, ...members } = asRead(line);
        const places = placesIn(members).filter((place) => place.join() !== 'type');
        const place = places[at % places.length] as readonly string[];
        const changed = changedAt(members, place, () => ({ 'a stranger': [true] }));
        const decoded = decodeLine(changed as ChainLine);
        expect(decoded).toMatchObject({ problem: expect.stringMatching(/: ./) });
      }),
      { numRuns: 100 },
    );
  });

  test('is refused with one member more, and with one less', () => {
    fc.assert(
      fc.property(lines, (line) => {
        const { previous: _, ...members } = asRead(line);
        expect(decodeLine({ ...members, 'a stranger': 1 } as ChainLine)).toHaveProperty('problem');
        const optionals = ['reason', 'endpointFailed', 'chain', 'withheld', 'filters', 'judgeModel'];
        for (const key of Object.keys(members)) {
          if (members.type === 'trial' && optionals.includes(key)) continue;
          if (['filters', 'chain'].includes(key)) continue;
          const { [key]: _, ...rest } = members;
          expect(decodeLine(rest as ChainLine), key).toHaveProperty('problem');
        }
      }),
      { numRuns: 20 },
    );
  });
});

test('what a line cannot be is said with what it can be', () => {
  expect(decodeLine({ type: 'constructor' })).toEqual({
    problem: expect.stringMatching(/its type is "constructor"; expected one of assessment, probe, identity/),
  });
  expect(decodeLine({ type: 'probe', name: 'x', verdict: 'passed' })).toEqual({
    problem:
      'it is no line of type probe: verdict: Invalid option: expected one of "pass"|"fail"|"inconclusive"',
  });
});

test.each([
  [undefined, 'none'],
  [2, '2'],
  [4, '4'],
  ['3', '"3"'],
])('evidence of another schema (%s) is refused with what to do, whatever else differs', (schema, shown) => {
  const first = asRead(written[0]) as ChainLine;
  const { schema: _, ...rest } = first;
  expect(decodeLine({ ...rest, ...(schema !== undefined && { schema }), more: 1 } as ChainLine)).toEqual({
    problem: `another version of Tiegel wrote it (schema ${shown}; this one reads schema 3): assess the model again`,
  });
});

test('texts that are kept apart and are none of a trial are refused', () => {
  const held = new Map<string, Json>([['a digest', [{ question: { messages: [] }, reasoning: 1 }]]]);
  expect(decodeWithheld(held)).toEqual({
    problem: 'withheld texts a digest: 0.reasoning: expected string, received number',
  });
});

describe('evidence that was written before', () => {
  test.each([
    ['policy', 'inconclusive'],
    ['probes', 'pass'],
  ])('verifies and can be reported: %s', (kind, expected) => {
    const path = join(fixtures, `${kind}.jsonl`);
    expect(verifyAssessment(path)).toMatchObject({ valid: true, verdict: expected });
    expect(readReport(path)).toMatchObject({ verdict: expected });
  });

  test('is refused with the number of a line that says something else, though chain and seal fit', () => {
    const [first, second, ...rest] = read('policy').map(({ previous: _, ...line }) => line as EvidenceLine);
    const changed = [first, { ...second, trials: '1' }, ...rest];
    const directory = mkdtempSync(join(tmpdir(), 'tiegel-line-'));
    const path = join(directory, 'evidence.jsonl');
    const chained: Buffer[] = [];
    let previous: string = firstPrevious;
    const add = (line: unknown): void => {
      const bytes = Buffer.from(lineText(previous, line as ChainLine));
      chained.push(bytes);
      previous = digestOf(bytes);
    };
    for (const line of changed) add(line);
    add(sealLine(previous, chained));
    writeFileSync(path, chained.map((bytes) => `${bytes}\n`).join(''));
    const problem = 'line 2: it is no line of type probe: trials: expected number, received string';
    expect(verifyAssessment(path)).toEqual({ valid: false, problem });
    expect(() => readReport(path)).toThrow(
      expect.objectContaining({ code: 'TGL_EVIDENCE_INVALID', details: { path, problem } }),
    );
    rmSync(directory, { recursive: true });
  });
});
