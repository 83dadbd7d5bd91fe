// A cluster recipe by its commands: rewards are served, the job is sent and followed. The cluster is a stand-in for Ray's
// API; no engine runs.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { startFakeRay } from '../../src/teach/submit/fake-ray.ts';
import { root } from '../repository/source-files.ts';
import { emptyHome, runToEnd } from './tiegel-process.ts';

const home = emptyHome();
afterAll(() => rmSync(home, { recursive: true, force: true }));

test('rewards are served and a job is submitted, followed and found again', {
  timeout: 120_000,
}, async () => {
  const rewards = spawn(
    process.execPath,
    ['src/cli/main.ts', 'teach', 'rewards', '--run', 'r1', '--port', '0', '--json'],
    { cwd: root, env: { ...process.env, TIEGEL_HOME: home } },
  );
  const [line] = (await once(rewards.stdout, 'data')) as [Buffer];
  const { url, tokens } = JSON.parse(line.toString('utf8')) as { url: string; tokens: { r1: string } };
  expect((await fetch(`${url}/healthz`)).status).toBe(200);

  await using ray = await startFakeRay();
  const rows = join(home, 'rows.jsonl');
  writeFileSync(rows, '{"prompt":"3+4?","task":"sums","verifier":"number","ground_truth":"7"}\n');
  const submit = [process.execPath, 'src/cli/main.ts', 'teach', 'submit', 'r1-zero-7b', '--engine', 'verl'];
  const place = [
    '--ray',
    ray.url,
    '--storage',
    '/shared/r1/',
    '--data',
    rows,
    '--rewards',
    url,
    '--run',
    'r1',
  ];
  const environment = { TIEGEL_REWARDS_TOKEN: tokens.r1 };
  const sent = await runToEnd(home, [...submit, ...place, '--json'], environment);
  expect([sent.code, JSON.parse(sent.stdout)]).toEqual([
    0,
    {
      id: expect.stringMatching(/^tiegel-r1-zero-7b-[0-9a-f]{16}-1$/),
      known: false,
      digest: expect.any(String),
      result: '/shared/r1/result',
    },
  ]);
  const [job] = ray.jobs.values();
  expect(job?.submission.runtime_env).toMatchObject({ env_vars: { TIEGEL_REWARDS_URL: url } });

  Object.assign(job!, { status: 'SUCCEEDED', logs: 'step 1\n' });
  const followed = await runToEnd(home, [...submit, ...place, '--follow'], environment);
  expect(followed.code).toBe(0);
  expect(followed.stdout).toMatch(/already exists\.\nstep 1\n\nDone\. The model is in \/shared\/r1\/result/);

  const ended = once(rewards, 'exit');
  rewards.kill('SIGTERM');
  expect(await ended).toEqual([0, null]);
});

test('a recipe that needs rewards is refused without them', { timeout: 60_000 }, async () => {
  const words = [
    'teach',
    'submit',
    'r1-zero-7b',
    '--engine',
    'verl',
    '--ray',
    'http://127.0.0.1:9',
    '--storage',
    '/s',
  ];
  const rows = join(home, 'more.jsonl');
  writeFileSync(rows, '{"prompt":"3+4?","task":"sums","verifier":"number","ground_truth":"7"}\n');
  const command = [process.execPath, 'src/cli/main.ts', ...words, '--data', rows, '--json'];
  const { code, stdout } = await runToEnd(home, command, {});
  expect([code, JSON.parse(stdout)]).toEqual([2, { error: expect.objectContaining({ code: 'TGL_USAGE' }) }]);
});
