// The reward server as trainers meet it: over HTTP, and through the Python files that go with a job.
import { execFile } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { describe, expect, test } from 'vitest';
import { manualClock, systemEntropy } from '../../base/index.ts';
import { hasPython } from '../has-python.ts';
import type { ItemReward, RewardItem } from './protocol.ts';
import { accuracyAlone } from './reward-items.ts';
import { startRewardServer } from './reward-server.ts';
import { openRunTokens } from './run-tokens.ts';
import { openSampleLog } from './sample-log.ts';

const shims = resolve(import.meta.dirname, '..', 'submit', 'shims');

async function setting({ itemsPerSecond = 10_000, clock = manualClock(), oneIn = 1 } = {}) {
  await using open = new AsyncDisposableStack();
  const directory = mkdtempSync(join(tmpdir(), 'tiegel-rewards-'));
  open.defer(() => rmSync(directory, { recursive: true }));
  const tokens = openRunTokens(directory, systemEntropy);
  const faults: unknown[] = [];
  const server = open.use(
    await startRewardServer({
      host: '127.0.0.1',
      port: 0,
      rules: accuracyAlone,
      tokens,
      log: openSampleLog(directory, oneIn),
      clock,
      itemsPerSecond,
      onFault: (cause) => faults.push(cause),
    }),
  );
  const post = async (path: string, body: unknown, token = tokens.tokenOf('run')) => {
    const headers = { authorization: `Bearer ${token}` };
    const text = typeof body === 'string' ? body : JSON.stringify(body);
    const response = await fetch(server.url + path, { method: 'POST', headers, body: text });
    return { status: response.status, value: (await response.json()) as never };
  };
  const kept = open.move();
  return {
    url: server.url,
    tokens,
    clock,
    faults,
    ask: (items: readonly Partial<RewardItem>[], token?: string) =>
      post('/v1/rewards', { run: 'run', step: 3, items: items.map(whole) }, token),
    post,
    samples: () => readFileSync(join(directory, 'samples.jsonl'), 'utf8').trimEnd().split('\n'),
    [Symbol.asyncDispose]: () => kept.disposeAsync(),
  };
}

function whole(item: Partial<RewardItem>, index: number): RewardItem {
  const named = { id: `item-${index}`, task: 'sums', verifier: 'number', prompt: 'What is 3 + 4?' };
  return { ...named, completion: '</think>7', ground_truth: '7', n_tokens: 3, truncated: false, ...item };
}

const rewardsIn = ({ value }: { readonly value: { readonly rewards: readonly ItemReward[] } }) =>
  value.rewards.map(({ reward }) => reward);

test('rewards come in the order of the items, with the version of the verifiers', async () => {
  await using server = await setting();
  const reply = await server.ask([{}, { completion: '</think>8' }, { ground_truth: '?' }]);
  expect(reply.status).toBe(200);
  expect(rewardsIn(reply)).toEqual([1, 0, null]);
  expect(reply.value).toMatchObject({ verifier_version: expect.stringMatching(/^[0-9a-f]{16}$/) });
});

test('asked again, the same ids get the same answer, are logged once and do not count against the rate', async () => {
  await using server = await setting({ itemsPerSecond: 100 });
  const items = Array.from({ length: 1000 }, () => ({}));
  const first = await server.ask(items);
  const again = await server.ask(items);
  expect(again).toEqual(first);
  expect(server.samples()).toHaveLength(1000);
});

test('another completion under a known id is refused', async () => {
  await using server = await setting();
  await server.ask([{}]);
  const { status, value } = await server.ask([{ completion: '</think>8' }]);
  expect([status, value]).toEqual([409, { error: expect.objectContaining({ code: 'TGL_REWARD_CONFLICT' }) }]);
});

test('a run asks in its own name only', async () => {
  await using server = await setting();
  for (const token of ['', 'tgr_wrong', server.tokens.tokenOf('another')]) {
    const { status, value } = await server.ask([{}], token);
    expect([status, value]).toEqual([401, { error: expect.objectContaining({ code: 'TGL_REWARD_TOKEN' }) }]);
  }
});

test('a run that asks for too much waits', async () => {
  await using server = await setting({ itemsPerSecond: 100 });
  const batch = (name: string) => Array.from({ length: 1000 }, (_, index) => ({ id: `${name}-${index}` }));
  expect((await server.ask(batch('a'))).status).toBe(200);
  const refused = await server.ask(batch('b'));
  expect(refused).toMatchObject({ status: 429, value: { error: { retryable: true } } });
  server.clock.advance(10_000);
  expect((await server.ask(batch('b'))).status).toBe(200);
});

test.each([
  ['no JSON', '{', 400, 'TGL_REQUEST_INVALID'],
  [
    'an unknown field',
    { run: 'run', step: 0, items: [{ ...whole({}, 0), more: 1 }] },
    400,
    'TGL_REQUEST_INVALID',
  ],
  ['no items', { run: 'run', step: 0, items: [] }, 400, 'TGL_REQUEST_INVALID'],
  [
    'too many items',
    { run: 'run', step: 0, items: Array.from({ length: 1001 }, (_, index) => whole({}, index)) },
    400,
    'TGL_REQUEST_INVALID',
  ],
])('%s is refused', async (_, body, status, code) => {
  await using server = await setting();
  expect(await server.post('/v1/rewards', body)).toMatchObject({ status, value: { error: { code } } });
  expect(server.faults).toEqual([]);
});

test('an unknown route is refused, and health needs no token', async () => {
  await using server = await setting();
  expect(await server.post('/v1/reward', {})).toMatchObject({
    value: { error: { code: 'TGL_REWARD_ROUTE' } },
  });
  expect((await fetch(`${server.url}/healthz`)).status).toBe(200);
});

describe('the way OpenRLHF asks', () => {
  const label = (ground_truth: string) => JSON.stringify({ task: 'sums', verifier: 'number', ground_truth });

  test('prompt and completion come as one text; what cannot be scored gets the mean of its group', async () => {
    await using server = await setting();
    const path = `/adapters/openrlhf?run=run&token=${server.tokens.tokenOf('run')}`;
    const prompts = ['3+4?', '3+4?', '3+4?', 'alone'];
    const query = ['3+4?a</think>7', '3+4?b</think>8', '3+4?c</think>7', 'alone</think>1'];
    const labels = [label('7'), label('7'), label('?'), label('?')];
    const reply = await server.post(path, { query, prompts, labels }, 'tgr_wrong');
    expect(reply).toMatchObject({ status: 401 });
    const response = await fetch(server.url + path, {
      method: 'POST',
      body: JSON.stringify({ query, prompts, labels }),
    });
    expect(await response.json()).toEqual({ rewards: [1, 0, 0.5, 0] });
  });

  test('columns of different length are refused', async () => {
    await using server = await setting();
    const body = { query: ['a'], prompts: [], labels: [label('1')] };
    expect(await server.post('/adapters/openrlhf?run=run', body)).toMatchObject({ status: 400 });
  });
});

test('a batch of 1,000 completions of 2,000 characters costs less than a second of CPU time', async () => {
  await using server = await setting({ itemsPerSecond: 100_000, oneIn: 100 });
  const completion = `<think>${'so 12 and 30 make 42, '.repeat(90)}</think>The answer is \\boxed{42}.`;
  const items = Array.from({ length: 1000 }, (_, index) => ({ id: String(index), completion }));
  const before = process.cpuUsage();
  expect((await server.ask(items)).status).toBe(200);
  const { user, system } = process.cpuUsage(before);
  expect((user + system) / 1e6).toBeLessThan(1);
});

describe.skipIf(!hasPython())('the Python files of a job (skipped without python3)', () => {
  const run = async (
    server: { readonly url: string; readonly tokens: { tokenOf: (run: string) => string } },
    code: string,
  ) => {
    const env = {
      ...process.env,
      PYTHONPATH: shims,
      PYTHONDONTWRITEBYTECODE: '1',
      TIEGEL_REWARDS_URL: server.url,
      TIEGEL_REWARDS_TOKEN: server.tokens.tokenOf('run'),
      TIEGEL_REWARDS_RUN: 'run',
      TIEGEL_REWARDS_BACKOFF: '0.01',
    };
    const { stdout } = await promisify(execFile)('python3', ['-c', code], { env });
    return JSON.parse(stdout) as unknown;
  };

  test('verl gets a number for each completion', async () => {
    await using server = await setting();
    const code = `
import json
from verl_reward import compute_score
extra = {"verifier": "number", "prompt": "3+4?"}
print(json.dumps([compute_score("sums", text, "7", extra) for text in ("</think>7", "</think>8", "7")]))`;
    expect(await run(server, code)).toEqual([1, 0, 0]);
  });

  test('verl is stopped by what cannot be scored', async () => {
    await using server = await setting();
    const code = `
import json
from verl_reward import compute_score
try:
    compute_score("sums", "</think>7", "seven", {"verifier": "number"})
except RuntimeError as error:
    print(json.dumps(str(error)))`;
    expect(await run(server, code)).toContain('cannot be scored');
  });

  test('TRL gets a list, None for what cannot be scored, of texts and of conversations', async () => {
    await using server = await setting();
    const code = `
import json
from trl_reward import tiegel_reward
columns = {"task": ["sums"] * 3, "verifier": ["number"] * 3, "ground_truth": ["7", "7", "?"]}
texts = ["</think>7", "</think>8", "</think>7"]
turns = [[{"role": "assistant", "content": text}] for text in texts]
prompts = ["3+4?"] * 3
ids = [[1, 2], [1], [3]]
print(json.dumps([tiegel_reward(prompts, given, ids, **columns) for given in (texts, turns)]))`;
    expect(await run(server, code)).toEqual([
      [1, 0, null],
      [1, 0, null],
    ]);
  });

  test('more than a batch is asked for in parts', async () => {
    await using server = await setting();
    const code = `
import json
from tiegel_rewards import rewards
item = {"task": "sums", "verifier": "number", "prompt": "p", "ground_truth": "7", "n_tokens": 1, "truncated": False}
print(json.dumps(sum(rewards([dict(item, completion="</think>%d" % (index % 10)) for index in range(2500)]))))`;
    expect(await run(server, code)).toBe(250);
  });

  test('a server that is gone, and one that refuses, are exceptions', async () => {
    await using server = await setting();
    const code = `
import json, os
from tiegel_rewards import RewardServerError, rewards
problems = []
for url, token in (("http://127.0.0.1:9", "x"), (os.environ["TIEGEL_REWARDS_URL"], "wrong")):
    os.environ["TIEGEL_REWARDS_URL"], os.environ["TIEGEL_REWARDS_TOKEN"] = url, token
    try:
        rewards([{"task": "sums", "verifier": "number", "prompt": "p", "completion": "7", "ground_truth": "7",
                  "n_tokens": 1, "truncated": False}])
    except RewardServerError as error:
        problems.append(str(error))
print(json.dumps(problems))`;
    const problems = await run(server, code);
    expect(problems).toEqual([
      expect.stringContaining('127.0.0.1:9'),
      expect.stringContaining('TGL_REWARD_TOKEN'),
    ]);
  });
});
