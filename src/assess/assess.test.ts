// Who gets a record and who does not: models that know, babble, break off or say nothing.
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { digestOf } from '../base/index.ts';
import type { Engine } from '../engine/index.ts';
import { type GgufMetadata, tiegelTemplate } from '../formats/index.ts';
import { assess } from './assess.ts';
import {
  babblingReply,
  bench,
  knowingReply,
  scriptedEngine,
  serving,
  smallBattery,
  writeRandomModel,
} from './fixture.ts';
import type { AssessOptions, AssessProgress } from './run/assess-options.ts';

/** Assesses and checks what always holds: a record exists exactly for a pass, and admission follows it. */
async function assessed(options: AssessOptions) {
  const assessment = await assess(options);
  const admission = await options.catalog.admissions.admit(options.variant, options.serving);
  expect(admission.admitted).toBe(assessment.verdict === 'pass');
  expect(assessment.record !== null).toBe(assessment.verdict === 'pass');
  expect(digestOf(readFileSync(assessment.evidencePath))).toBe(assessment.evidenceDigest);
  const verdicts = Object.fromEntries(assessment.probes.map(({ name, verdict }) => [name, verdict]));
  return { ...assessment, verdicts };
}

test('a model that knows its tasks passes, is recorded and admitted', async () => {
  using setup = await bench();
  const { verdict, probes, record, admissionKey, evidencePath, evidenceDigest } = await assessed(
    setup.options(),
  );
  expect(probes.map(({ name, verdict, reason }) => `${name} ${verdict} ${reason}`)).toEqual([
    'file-review pass 14 tensors as the architecture has them, all finite; template tiegel',
    'identity pass 6 pairs of runs gave the same 30 tokens',
    'capability pass countdown 20 of 20 (at least 86.1 %, floor 40.0 %); ' +
      'multiplication 20 of 20 (at least 86.1 %, floor 70.0 %); ' +
      'chain-arithmetic 20 of 20 (at least 86.1 %, floor 70.0 %)',
  ]);
  expect(verdict).toBe('pass');
  expect(record).toMatchObject({
    admissionKey,
    evidence: evidenceDigest,
    battery: { name: 'small', version: '1' },
    issued: '2026-01-01T00:00:00.000Z',
    expires: '2026-01-02T00:00:00.000Z',
  });
  const evidence = readFileSync(evidencePath, 'utf8').trimEnd().split('\n');
  const types = evidence.map((line) => (JSON.parse(line) as { type: string }).type);
  expect(types.filter((type) => type === 'capability')).toHaveLength(60);
  expect([types.at(0), types.at(-1)]).toEqual(['assessment', 'seal']);
});

test('a template that nobody vetted takes the word of the operator, for that very text', async () => {
  const text = `${tiegelTemplate.text}{# changed #}`;
  const metadata = (whole: GgufMetadata): GgufMetadata =>
    new Map([...whole, ['tokenizer.chat_template', { type: 'string', value: text }] as const]);
  using setup = await bench((path) => writeRandomModel(path, { metadata }));
  const withoutWord = await assessed(setup.options());
  expect(withoutWord.probes[0]).toMatchObject({
    verdict: 'fail',
    reason: expect.stringMatching(`SHA-256 ${digestOf(text)} is not one of the vetted families`),
  });
  const otherWord = await assessed(setup.options({ allowedTemplate: digestOf('another') }));
  expect(otherWord.verdicts['file-review']).toBe('fail');
  const allowed = await assessed(setup.options({ allowedTemplate: digestOf(text) }));
  expect(allowed.verdict).toBe('pass');
  expect(allowed.record?.probes[0]?.reason).toContain(`template embedded ${digestOf(text)}`);
});

test('a model that babbles fails, early and with a reason', async () => {
  using setup = await bench();
  const startEngine = async () => scriptedEngine({ reply: babblingReply, slots: 1 });
  const { verdicts, probes, verdict } = await assessed(setup.options({ startEngine }));
  expect(verdict).toBe('fail');
  expect(verdicts).toEqual({ 'file-review': 'pass', identity: 'pass', capability: 'fail' });
  // 20 problems at a floor of 40 % need 13 right; the eighth miss decides.
  expect(probes[2]?.reason).toMatch(/^countdown 0 of 8 \(at least 0\.0 %.*never learned them fails/);
});

test('a model that is right about as often as the floor is not let through by luck', async () => {
  using setup = await bench();
  const knowing = knowingReply();
  let asked = 0;
  const startEngine = async () =>
    scriptedEngine({
      slots: 1,
      reply: (request) => (asked++ % 2 === 0 ? knowing(request) : babblingReply(request)),
    });
  const capability = smallBattery.probes.filter(({ probe }) => probe !== 'identity');
  const options = setup.options({ startEngine, battery: { ...smallBattery, probes: capability } });
  const { verdicts, probes } = await assessed(options);
  expect(verdicts).toEqual({ 'file-review': 'pass', capability: 'fail' });
  expect(probes[1]?.reason).toMatch(/^countdown 8 of 16/);
});

test('a model that thinks without end gives no answer and fails', async () => {
  using setup = await bench();
  const startEngine = async () => scriptedEngine({ reply: () => ['3*5+6 = 21'] });
  expect((await assessed(setup.options({ startEngine }))).verdicts.capability).toBe('fail');
});

test('a model whose tokens change from run to run fails', async () => {
  using setup = await bench();
  let run = 0;
  const startEngine = async () => scriptedEngine({ reply: () => ['one', ++run === 6 ? 'three' : 'two'] });
  const { verdict, probes } = await assessed(setup.options({ startEngine }));
  expect(verdict).toBe('fail');
  expect(probes[1]).toMatchObject({
    verdict: 'fail',
    reason: expect.stringContaining('differ from token 1 on'),
  });
});

test('a model that stops earlier the second time fails', async () => {
  using setup = await bench();
  let run = 0;
  const startEngine = async () => scriptedEngine({ reply: () => (++run === 2 ? ['one'] : ['one', 'two']) });
  const { probes } = await assessed(setup.options({ startEngine }));
  expect(probes[1]).toMatchObject({
    verdict: 'fail',
    reason: expect.stringContaining('differ from token 1 on'),
  });
});

test('an engine that does not start is inconclusive', async () => {
  using setup = await bench();
  const startEngine = (): Promise<Engine> => Promise.reject(new Error('no memory'));
  const { verdict, verdicts, probes } = await assessed(setup.options({ startEngine }));
  expect(verdict).toBe('inconclusive');
  expect(verdicts).toEqual({ 'file-review': 'pass', identity: 'inconclusive', capability: 'inconclusive' });
  expect(probes[2]?.reason).toBe('the probe broke off: no memory');
});

test.each([13, 30, 71])('an engine that crashes at generation %i is inconclusive', async (crash) => {
  using setup = await bench();
  const startEngine = async () =>
    scriptedEngine({
      failure: (_, index) => (index === crash ? { type: 'crash', afterTokens: 1 } : undefined),
    });
  const { verdict, probes } = await assessed(setup.options({ startEngine }));
  expect(verdict).toBe('inconclusive');
  expect(probes[2]).toMatchObject({
    verdict: 'inconclusive',
    reason: expect.stringContaining('the script says so'),
  });
});

test('an engine of another build than the one to be served is inconclusive', async () => {
  using setup = await bench();
  const { verdict, probes } = await assessed(
    setup.options({ serving: { ...serving, runtimeBuild: 'tiegel-scripted 2' } }),
  );
  expect(verdict).toBe('inconclusive');
  expect(probes[1]?.reason).toContain('it is tiegel-scripted 1, to be assessed is tiegel-scripted 2');
});

test('an engine without seeds, or without tokens, is inconclusive', async () => {
  using setup = await bench();
  const engine = scriptedEngine();
  const seedless: Engine = { ...engine, capabilities: { ...engine.capabilities, seed: false } };
  for (const [started, reason] of [
    [seedless, 'no seed'],
    [scriptedEngine({ reply: () => [] }), 'no tokens'],
  ] as const) {
    const { probes } = await assessed(setup.options({ startEngine: async () => started }));
    expect(probes[1]).toMatchObject({ verdict: 'inconclusive', reason: expect.stringContaining(reason) });
  }
});

test.each([0, 1, -1, Number.NaN])('a floor of %d, which decides nothing, is inconclusive', async (floor) => {
  using setup = await bench();
  const capability = { probe: 'capability', seed: 1, problemsPerTask: 2, confidence: 0.95 } as const;
  const probes = [{ probe: 'file-review' }, { ...capability, floors: { countdown: floor } }] as const;
  const { probes: results } = await assessed(setup.options({ battery: { ...smallBattery, probes } }));
  expect(results[1]).toMatchObject({
    verdict: 'inconclusive',
    reason: expect.stringContaining('decides nothing'),
  });
});

test('zero problems, zero tasks and zero probes are inconclusive', async () => {
  using setup = await bench();
  const capability = { probe: 'capability', seed: 1, problemsPerTask: 0, confidence: 0.95 } as const;
  const review = { probe: 'file-review' } as const;
  for (const probes of [
    [],
    [review, { ...capability, floors: { countdown: 0.1 } }],
    [review, { ...capability, problemsPerTask: 9, floors: {} }],
  ]) {
    const { verdict } = await assessed(setup.options({ battery: { ...smallBattery, probes } }));
    expect(verdict).toBe('inconclusive');
  }
});

test('what the probes do not put in place is inconclusive', async () => {
  using setup = await bench();
  const filter = digestOf('a filter');
  const { verdict, probes } = await assessed(setup.options({ serving: { ...serving, filters: [filter] } }));
  expect(verdict).toBe('inconclusive');
  expect(probes[2]?.reason).toMatch(/^not run: the content filters at hand are not those/);
});

test('the problems are solved within the thinking budget that will be served', async () => {
  using setup = await bench();
  const budgeted = { ...serving, thinkingBudget: 1 };
  const seen: (number | null | undefined)[] = [];
  const reply = knowingReply();
  const startEngine = async () =>
    scriptedEngine({
      reply: (request) => {
        seen.push(request.forced?.afterTokens);
        return reply(request);
      },
    });
  await assessed(setup.options({ serving: budgeted, startEngine }));
  expect(seen.filter((tokens) => tokens !== undefined)).toContain(1);
});

test('no engine is started on a file that was not reviewed', async () => {
  using setup = await bench();
  let starts = 0;
  const startEngine = async () => {
    starts++;
    return scriptedEngine();
  };
  const battery = { ...smallBattery, probes: smallBattery.probes.slice(1) };
  const { verdict } = await assessed(setup.options({ startEngine, battery }));
  expect(verdict).toBe('inconclusive');
  expect(starts).toBe(0);
});

test('the system prompt is part of what is asked', async () => {
  using setup = await bench();
  const texts: string[] = [];
  const knowing = knowingReply();
  const reply: typeof knowing = (request) => {
    texts.push(request.prompt!.map(({ text }) => text).join(''));
    return knowing(request);
  };
  const options = setup.options({
    startEngine: async () => scriptedEngine({ reply }),
    serving: { ...serving, systemPrompt: 'Be brief.' },
  });
  expect((await assessed(options)).verdict).toBe('pass');
  expect(texts.every((text) => text.startsWith('<|system|>Be brief.<|user|>'))).toBe(true);
});

test('an interruption ends it with its reason, frees the engine and leaves no evidence', async () => {
  using setup = await bench();
  const stop = new AbortController();
  const engine = scriptedEngine();
  const onProgress = ({ probe, done }: AssessProgress) => {
    if (probe === 'capability' && done === 3) stop.abort(new Error('interrupted'));
  };
  const options = setup.options({ startEngine: async () => engine, onProgress, signal: stop.signal });
  await expect(assess(options)).rejects.toThrow('interrupted');
  expect(engine.state()).toBe('closed');
  expect(readdirSync(join(setup.catalog.home, 'assessments'))).toEqual([]);
  expect(await setup.catalog.admissions.admit(setup.variant, serving)).toMatchObject({ admitted: false });
});

test('progress runs up to the whole of every probe, and the engine is closed at the end', async () => {
  using setup = await bench();
  const engine = scriptedEngine();
  const last = new Map<string, AssessProgress>();
  const onProgress = (progress: AssessProgress) => {
    expect(progress.done).toBeGreaterThanOrEqual(last.get(progress.probe)?.done ?? 0);
    last.set(progress.probe, progress);
  };
  const { evidencePath } = await assessed(setup.options({ startEngine: async () => engine, onProgress }));
  expect([...last.values()].map(({ probe, done, total }) => [probe, done, total])).toEqual([
    ['file-review', 14, 14],
    ['identity', 6, 6],
    ['capability', 60, 60],
  ]);
  expect(engine.state()).toBe('closed');
  expect(existsSync(`${evidencePath}.partial`)).toBe(false);
});
