// The mark from the engine to the verdict: replies drawn by the key of the quarter are proven from their text alone, those of the same
// model without it are not.
import { createHmac } from 'node:crypto';
import { expect, test } from 'vitest';
import { digestOf, manualClock } from '../../src/base/index.ts';
import { temporaryDirectory } from '../../src/catalog/fixture.ts';
import { openCatalog } from '../../src/catalog/index.ts';
import { createLlamaEngine, type Engine, tokenizeTexts } from '../../src/engine/index.ts';
import { patience, writeTestModel } from '../../src/engine/llama/test-model.ts';
import { examine, verifyExamination, type WrittenText } from '../../src/guard/index.ts';
import { readKeys, signExamination, writtenKeys } from '../../src/host/guard/examinations.ts';
import { currentMarkKey, forensicKeys } from '../../src/host/guard/forensic-keys.ts';
import { openSignedFile } from '../../src/host/guard/signed-files.ts';
import { markedEngine } from '../../src/host/marked-engine.ts';
import { servedWatermark } from '../../src/host/served-watermark.ts';

const pepper = { hash: (name: string) => createHmac('sha256', 'a pepper').update(name).digest() };
const now = Date.UTC(2026, 10, 30);
/** Random weights write bytes that are no text otherwise. */
const constraint = { type: 'grammar', grammar: 'root ::= [a-z ]{300}' } as const;

/** Texts of 300 characters behind prompts that differ. */
async function writtenBy(engine: Engine, path: string, count: number): Promise<readonly WrittenText[]> {
  const texts = await Promise.all(
    Array.from({ length: count }, async (_, index) => {
      let text = '';
      const prompt = [{ text: `question ${index}`, special: false }];
      const sampling = { temperature: 3, topP: 1, seed: index };
      const request = { prompt, maxTokens: 400, constraint, sampling };
      for await (const events of engine.generate(request))
        for (const event of events) if (event.type === 'token') text += event.text;
      return text;
    }),
  );
  const replies = await tokenizeTexts(path, texts);
  return texts.map((text, index) => ({ text, prompt: [], reply: replies[index]! }));
}

test('what a marked engine wrote is proven, a key of another pepper finds nothing in it, and unmarked text has no trace', {
  timeout: patience,
}, async () => {
  using file = writeTestModel();
  await using engine = await createLlamaEngine({
    model: 'test',
    modelPath: file.path,
    compared: [],
    slots: 4,
  });
  const keyNow = () => Buffer.from(currentMarkKey(pepper, now).key).toString('hex');
  const marked = await writtenBy(markedEngine(engine, keyNow), file.path, 12);
  const plain = await writtenBy(engine, file.path, 12);
  const keys = forensicKeys(pepper, now + 120 * 86_400_000, 4);
  const material = (texts: readonly WrittenText[]) => ({
    suspect: { name: 'suspect', digest: null },
    model: { name: 'test', digest: digestOf('test') },
    mark: { window: servedWatermark.window, texts, control: { name: 'control', texts: plain } },
    ...{ traps: [], references: null },
  });
  const made = new Date(now).toISOString();
  const found = examine(material(marked), keys, made);
  expect(found.verdict.grade).toBe('proven');
  const likeliest = found.findings.mark!.tried.toSorted((a, b) => a.logP - b.logP)[0];
  expect(likeliest?.cohort).toBe('2026-Q4');
  const others = { hash: (name: string) => createHmac('sha256', 'another').update(name).digest() };
  expect(examine(material(marked), forensicKeys(others, now, 4), made).verdict.grade).toBe('nothing-found');
  expect(examine(material(await writtenBy(engine, file.path, 14)), keys, made).verdict.grade).toBe(
    'nothing-found',
  );

  using directory = temporaryDirectory();
  const attestations = openCatalog({ home: directory.path, clock: manualClock() }).attestations;
  const signed = signExamination(attestations, found);
  const opened = openSignedFile(signed, [attestations.publicKey]);
  expect(verifyExamination(opened.said, readKeys(writtenKeys(keys)))).toEqual(found);
  expect(() => openSignedFile(signed, ['ab'.repeat(32)])).toThrow('not trusted');
  const forged = signed.replace(
    /"payload":"(.)/,
    (_, first: string) => `"payload":"${first === 'A' ? 'B' : 'A'}`,
  );
  expect(() => openSignedFile(forged, [attestations.publicKey])).toThrow('not to be believed');
  expect(() => openSignedFile('{', [attestations.publicKey])).toThrow('not JSON');
  expect(() => readKeys('{"marks":[]}')).toThrow('--keys-out');
});

test('replies of a marked engine to one prompt differ, and greedy ones are what they were', {
  timeout: patience,
}, async () => {
  using file = writeTestModel();
  await using engine = await createLlamaEngine({ model: 'test', modelPath: file.path, compared: [] });
  const marked = markedEngine(engine, () => 'ab'.repeat(32));
  const write = async (from: Engine, temperature: number, seed: number): Promise<string> => {
    let text = '';
    const prompt = [{ text: 'one question', special: false }];
    for await (const events of from.generate({
      prompt,
      maxTokens: 40,
      sampling: { temperature, topP: 1, seed },
    }))
      for (const event of events) if (event.type === 'token') text += event.text;
    return text;
  };
  const drawn = await Promise.all([1, 2, 3].map((seed) => write(marked, 1, seed)));
  expect(new Set(drawn).size).toBe(3);
  expect(await write(marked, 1, 1)).toBe(drawn[0]);
  expect(await write(marked, 0, 1)).toBe(await write(engine, 0, 1));
});
