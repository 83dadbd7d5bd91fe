// Who gets a record among models on servers: those that repeat themselves, solve something, and are recognised again.
import { readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { digestOf, type Entropy, seededRandom } from '../base/index.ts';
import type { Engine, ScriptedEngineOptions } from '../engine/index.ts';
import { heldOutProblems } from '../tasks/index.ts';
import { readAndSolve } from '../tasks/testing.ts';
import { assessRemote } from './assess.ts';
import { fullBattery } from './batteries/full.ts';
import { bench, scriptedEngine, serving } from './fixture.ts';
import { loadPolicy } from './policy/policy.ts';
import { takeFingerprint } from './recognition/fingerprint.ts';
import { answersTested, questionsAtAdmission } from './recognition/known-answers.ts';
import { readKnownAnswers } from './recognition/known-answers-file.ts';
import { recognitionQuestion } from './recognition/question.ts';
import type { Battery, ProbeBattery } from './terms/battery.ts';

const battery: ProbeBattery = {
  name: 'small-remote',
  version: '1',
  validDays: 1,
  probes: [
    { probe: 'fingerprint', repeats: 2 },
    { probe: 'identity', seed: 1, promptsPerTask: 1, maxTokens: 8, temperatures: [0] },
    {
      probe: 'capability',
      seed: 2,
      problemsPerTask: 20,
      confidence: 0.95,
      answers: 'free',
      floors: { multiplication: 0.5 },
    },
  ],
};

type Reply = ScriptedEngineOptions['reply'];

/** Thinks a little, then boxes the answer where it knows it and says something of its own elsewhere. */
const solver: Reply = ({ prompt, turn }) => {
  const question = turn?.messages.at(-1)?.content ?? prompt!.map(({ text }) => text).join('');
  const answer = question.includes('\\boxed') ? readAndSolve(question.split('\n')[0] ?? '') : undefined;
  const said =
    answer === undefined ? `I say ${digestOf(question).slice(0, 6)}.` : `It is \\boxed{${answer}}.`;
  return ['<think>', ' hm', '</think>', ...said.split(/(?= )/)];
};

/** The scripted engine as if it were a server: it takes turns and no seeds. */
function server(reply: Reply = solver): Engine {
  const capabilities = { promptForm: 'messages', seed: false, thinkingStop: 'none' } as const;
  return scriptedEngine({ reply, capabilities });
}

function fingerprintOf(engine: Engine, key = 'ab'.repeat(32)): ReturnType<typeof takeFingerprint> {
  return takeFingerprint(engine, { serving, template: null }, { key, times: 1 });
}

async function remoteBench() {
  const setup = await bench();
  const added = setup.catalog.remotes.add('far', {
    server: 'vllm',
    endpoints: ['http://10.0.0.7:8000/v1'],
    model: 'org/far',
    contextLength: 4096,
    opensThinking: false,
    keyVariable: null,
    allowPrivate: true,
  });
  const { catalog } = setup;
  const assessed = async (
    reply?: Reply,
    change: Partial<ProbeBattery> | Battery = {},
    more: { readonly signal?: AbortSignal; readonly resume?: boolean; readonly entropy?: Entropy } = {},
  ) => {
    const { clock } = setup.options();
    const { resume = false, ...given } = more;
    const remote = catalog.remotes.find('far') ?? added;
    const startEngine = async () => server(reply);
    const chosen = 'policy' in change ? change : { ...battery, ...change };
    const options = { catalog, remote, serving, startEngine, battery: chosen, clock, trials: { resume } };
    return assessRemote({ ...options, ...given });
  };
  const remote = () => catalog.remotes.find('far') ?? added;
  const admitted = async (reply?: Reply) => {
    const known = setup.catalog.remotes.find('far');
    if (known === undefined) throw new Error('it is gone');
    return setup.catalog.remotes.admit(
      known,
      serving,
      await fingerprintOf(server(reply), known.manifest.fingerprintKey),
    );
  };
  return { catalog, remote, assessed, admitted, [Symbol.dispose]: () => setup[Symbol.dispose]() };
}

test('a server whose model repeats itself and solves problems passes, and is recognised afterwards', async () => {
  using setup = await remoteBench();
  expect(await setup.admitted()).toMatchObject({ admitted: false, reason: 'it has not been assessed' });
  const { verdict, probes, record, evidencePath, evidenceDigest } = await setup.assessed();
  expect(probes.map(({ name, verdict, reason }) => `${name} ${verdict} ${reason}`)).toEqual([
    'fingerprint pass 8 of 8 greedy answers were the same each time',
    expect.stringMatching(/^identity pass 3 pairs of runs gave the same \d+ characters$/),
    'capability pass multiplication 20 of 20 (at least 86.1 %, floor 50.0 %)',
  ]);
  expect(verdict).toBe('pass');
  expect(record).toMatchObject({ model: 'far', subject: { remote: { model: 'org/far' } } });
  expect(digestOf(readFileSync(evidencePath))).toBe(evidenceDigest);
  expect(await setup.admitted()).toMatchObject({ admitted: true, remote: { name: 'far' } });
});

test('a server that gives thinking as the answer does not pass, and the option that it lacks is named', async () => {
  using setup = await remoteBench();
  const unopened: Reply = (request) => solver(request).slice(1);
  const { verdict, probes, record } = await setup.assessed(unopened);
  expect(verdict).toBe('inconclusive');
  expect(probes.at(-1)?.reason).toContain('--opens-thinking');
  expect(record).toBeNull();
});

/** What `general` asks of every model before it asks about harm. */
const general = loadPolicy('general');
const first = ['file', 'identity', 'capability'];
const policy = { ...general, criteria: general.criteria.filter(({ name }) => first.includes(name)) };
const policyBattery: Battery = {
  ...fullBattery({ policy, remote: true }),
  capability: { seed: 2, problemsPerTask: 20, answers: 'free' },
};

test('a policy that lets the fingerprint stand in for the file admits, and the record says that no file was seen', async () => {
  using setup = await remoteBench();
  const { verdict, record } = await setup.assessed(solver, policyBattery);
  expect(verdict).toBe('pass');
  expect(record?.probes[0]).toEqual({
    ...{ name: 'file', verdict: 'pass' },
    reason:
      'the model runs on a server, so there was no file-review; fingerprint: 8 of 8 greedy answers were the same each time; ' +
      'it answers published problems as it does new ones (56 pairs)',
  });
  expect(await setup.admitted()).toMatchObject({ admitted: true });
});

test('a policy that insists on the file admits no model on a server', async () => {
  using setup = await remoteBench();
  const strict = policy.criteria.map((one) => {
    if (one.metric !== 'check') return one;
    const { onServers: _, ...rest } = one;
    return rest;
  });
  const insisting = { ...policyBattery, policy: { ...policy, criteria: strict } };
  await expect(setup.assessed(solver, insisting)).rejects.toMatchObject({
    code: 'TGL_ASSESSMENT_UNDECIDABLE',
    message: expect.stringContaining('there is no check file-review here'),
  });
});

test('an answer that came out differently hides neither a rejection by a policy nor its record', async () => {
  using setup = await remoteBench();
  /** Differs on one question of the fingerprint. */
  const odd: Reply = (request) => {
    const question = request.turn?.messages.at(-1)?.content ?? '';
    const key = setup.remote().manifest.fingerprintKey ?? '';
    const isOdd = question === recognitionQuestion(Buffer.from(key, 'hex'), 0).content;
    return isOdd ? ['Corks and ducks.'] : solver(request);
  };
  const unable: Reply = (request) =>
    odd(request).map((piece) => (piece.includes('boxed') ? ' \\boxed{0}.' : piece));
  const { record } = await setup.assessed(solver, policyBattery);
  expect((await setup.assessed(odd)).record).toEqual(record);
  expect((await setup.assessed(unable, policyBattery)).verdict).toBe('fail');
  expect(await setup.admitted()).toMatchObject({ admitted: false, state: 'rejected' });
  const { verdict, probes } = await setup.assessed(odd);
  expect([verdict, probes[0]?.name]).toEqual(['fail', 'standing']);
  using untried = await remoteBench();
  expect((await untried.assessed(unable, policyBattery)).verdict).toBe('fail');
  expect((await untried.assessed()).verdict).toBe('fail');
});

test('another model behind the same address is not admitted', async () => {
  using setup = await remoteBench();
  await setup.assessed();
  const other: Reply = (request) => [...solver(request), ' Or not.'];
  expect(await setup.admitted(other)).toMatchObject({
    admitted: false,
    reason: 'it gives 0 of 8 answers as it did when it was assessed',
  });
});

test('a model that answers differently each time cannot be recognised and is inconclusive', async () => {
  using setup = await remoteBench();
  let count = 0;
  const { verdict, probes, record } = await setup.assessed(() => [`answer ${count++}`]);
  expect([verdict, record]).toEqual(['inconclusive', null]);
  expect(probes[0]?.reason).toContain('could not be recognised');
  expect(probes.slice(1).every(({ reason }) => reason.includes('the fingerprint has not passed'))).toBe(true);
});

test('a model that says nothing has no fingerprint', async () => {
  using setup = await remoteBench();
  expect((await setup.assessed(() => [])).verdict).toBe('inconclusive');
});

test('a model that solves nothing fails, and what was admitted before stays so', async () => {
  using setup = await remoteBench();
  await setup.assessed();
  expect((await setup.assessed(() => ['17'])).verdict).toBe('fail');
  expect(await setup.admitted()).toMatchObject({ admitted: true });
});

test('a battery that reviews a file tells nothing about a server', async () => {
  using setup = await remoteBench();
  const probes = [{ probe: 'file-review' as const }, ...battery.probes];
  const { verdict, probes: results } = await setup.assessed(undefined, { probes });
  expect(verdict).toBe('inconclusive');
  expect(results[0]?.reason).toBe('not run: this model is examined by its fingerprint');
});

const published = new Set(
  (['multiplication', 'chain-arithmetic'] as const).flatMap((task) =>
    heldOutProblems(task, 20_264, 30).map(({ prompt }) => prompt),
  ),
);

function isPublished(question: string): boolean {
  return published.has(question.split('\n')[0] ?? '');
}

/** Questions and replies of everything that was asked. */
function noting(reply: Reply = solver) {
  const asked: string[] = [];
  const noted: Reply = (request) => {
    asked.push(request.turn?.messages.at(-1)?.content ?? '');
    return reply(request);
  };
  return { asked, noted };
}

test('nothing that is asked in one assessment is asked in another', async () => {
  const asked = await Promise.all(
    [1, 2].map(async (seed) => {
      using setup = await remoteBench();
      const { asked, noted } = noting();
      const random = seededRandom(seed);
      const entropy: Entropy = (bytes) => Uint8Array.from({ length: bytes }, () => random.integer(0, 255));
      await setup.assessed(noted, {}, { entropy });
      return new Set(asked);
    }),
  );
  const [first = new Set(), second = new Set()] = asked;
  expect(first.size).toBeGreaterThan(60);
  // Two draws of a small talk or of a product may coincide.
  expect([...first.intersection(second)].length).toBeLessThan(first.size / 20);
});

test('a server that is resumed is asked the same, and one that is begun anew is not', async () => {
  using setup = await remoteBench();
  const interrupted = async (resume: boolean) => {
    const { asked, noted } = noting();
    const abort = new AbortController();
    let boxed = 0;
    const breaking: Reply = (request) => {
      if ((request.turn?.messages.at(-1)?.content ?? '').includes('boxed') && ++boxed > 90)
        abort.abort(new Error('enough'));
      return noted(request);
    };
    await setup.assessed(breaking, policyBattery, { signal: abort.signal, resume }).catch(() => {});
    return asked.filter((question) => question.includes('boxed') && !isPublished(question));
  };
  const first = await interrupted(false);
  const again = await interrupted(true);
  const anew = await interrupted(false);
  expect(again.some((question) => first.includes(question))).toBe(true);
  expect(anew.filter((question) => first.includes(question)).length).toBeLessThan(2);
});

test('a server with answers ready for the published problems fails by what it answers to others', async () => {
  using setup = await remoteBench();
  const prepared: Reply = (request) => {
    const question = request.turn?.messages.at(-1)?.content?.split('\n')[0] ?? '';
    const isKnown = isPublished(question) || digestOf(question) < '8';
    return solver(request).map((piece) => (isKnown ? piece : piece.replace(/boxed\{\d/, 'boxed{9')));
  };
  const probes = battery.probes.map((one) => (one.probe === 'fingerprint' ? { ...one, pairs: 40 } : one));
  const { verdict, probes: results, record } = await setup.assessed(prepared, { probes });
  expect([verdict, record]).toEqual(['fail', null]);
  expect(results[0]?.reason).toContain('otherwise than new ones of the same kind');
});

test('a model that is exchanged while it is assessed is withdrawn, and known to nobody', async () => {
  using setup = await remoteBench();
  let boxed = 0;
  const exchanged: Reply = (request) => {
    const question = request.turn?.messages.at(-1)?.content ?? '';
    if (question.includes('boxed')) boxed++;
    return boxed < 20 || question.includes('boxed')
      ? solver(request)
      : [`Another ${digestOf(question).slice(0, 5)} sentence.`];
  };
  await expect(setup.assessed(exchanged)).rejects.toMatchObject({ code: 'TGL_REMOTE_CHANGED' });
  expect(await setup.admitted(exchanged)).toMatchObject({ admitted: false });
  expect(setup.remote().manifest.fingerprint).toEqual([]);
  expect(readKnownAnswers(setup.catalog.home, 'far')).toBeUndefined();
});

test('whoever passes has answers kept by which it is watched, for the owner only', async () => {
  using setup = await remoteBench();
  await setup.assessed();
  const known = readKnownAnswers(setup.catalog.home, 'far');
  expect(known?.questions).toHaveLength(questionsAtAdmission);
  expect(known && answersTested(known)).toBe(questionsAtAdmission);
  expect(statSync(join(setup.catalog.home, 'recognition', 'far.json')).mode & 0o777).toBe(0o600);
});
