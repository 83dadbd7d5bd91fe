// Long work over a real store: it is started, watched, cancelled and resumed, ends as broken off when its server is gone, and belongs to one organisation.
// Most of it with processes that the test itself ends; the last part with real ones.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { Asker } from '../../src/gateway/index.ts';
import type { FromJob, JobTask } from '../../src/host/jobs/job-messages.ts';
import type { JobQueueOptions } from '../../src/host/jobs/job-queue.ts';
import { openJobs, type ServerJobs } from '../../src/host/jobs/jobs.ts';
import { jobStarter, type StartJob } from '../../src/host/jobs/start-child.ts';
import { makeTenant, type OpenedStore, openForTest } from '../../src/store/contract.ts';
import type { OrganisationId } from '../../src/traffic/index.ts';
import { type JobBody, type JobRequest, jobReply } from '../../src/wire/index.ts';

let home: string;
let opened: OpenedStore;
let anna: Asker;
let berta: Asker;
const faults: unknown[] = [];

beforeEach(async () => {
  home = mkdtempSync(join(tmpdir(), 'tiegel-jobs-'));
  opened = await openForTest(join(home, 'store.db'));
  anna = await somebody('Anna');
  berta = await somebody('Berta');
  faults.length = 0;
});
afterEach(async () => {
  expect(faults).toEqual([]);
  await opened[Symbol.asyncDispose]();
  rmSync(home, { recursive: true, force: true });
});

async function somebody(name: string): Promise<Asker> {
  const { organisation, principal } = await makeTenant(opened, name);
  return {
    organisation,
    key: null,
    principal,
    request: 'req_1',
    scopes: new Set(['runs:write', 'catalog:write']),
  };
}

/** Processes that do what the test says. */
function puppets() {
  const all: {
    readonly task: JobTask;
    readonly say: (message: FromJob) => void;
    readonly end: (why?: string) => void;
    wasCancelled: boolean;
  }[] = [];
  const startJob: StartJob = (task, receive) => {
    const { promise: ended, resolve } = Promise.withResolvers<string>();
    const puppet = { task, say: receive, end: (why = 'it ended') => resolve(why), wasCancelled: false };
    all.push(puppet);
    const cancel = (): void => {
      puppet.wasCancelled = true;
      receive({ type: 'cancelled' });
      resolve('it was told to');
    };
    return { cancel, kill: () => resolve('killed'), ended };
  };
  return { all, startJob };
}

const server = (startJob: StartJob, options: Partial<JobQueueOptions> = {}): ServerJobs =>
  openJobs({
    ...{ store: opened.store, server: 'node_1', startJob, beatMs: 3_600_000 },
    onProblem: (error) => faults.push(error),
    ...options,
  });

const pull: JobRequest = { kind: 'pull', model: 'qwen3:0.6b' };
const assess: JobRequest = { kind: 'assess', model: 'tiegel-nano', policy: 'tasks' };
const teach: JobRequest = { kind: 'teach', recipe: 'pico', name: 'first' };
const result = { model: 'first', assessment: null, verdict: null } as const;

async function until(jobs: ServerJobs, asker: Asker, id: string, state: JobBody['state']): Promise<JobBody> {
  for (;;) {
    const job = await jobs.get(asker, id);
    if (job.state === state) return job;
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}

test('a job tells how far it is, survives whoever asked, and says what came of it', async () => {
  const { all, startJob } = puppets();
  await using jobs = server(startJob);
  const { id } = await jobs.start(anna, teach);
  await until(jobs, anna, id, 'running');
  expect(all[0]?.task).toEqual({ request: teach, resume: false });
  const progress = { doing: 'sft', done: 40, total: 100, unit: 'percent', seconds_left: 12.4, detail: null };
  all[0]?.say({ type: 'progress', progress });
  all[0]?.say({ type: 'note', text: 'x'.repeat(1000) });
  for (let step = 1; step <= 5000; step++)
    all[0]?.say({ type: 'point', point: { stage: 'sft', step, loss: 1, accuracy: null, reward: null } });
  for (let step = 0; step <= 400; step += 4) {
    const sample = { stage: 'grpo', step, prompt: 'p', text: 'x'.repeat(9000), tokens: 3 };
    all[0]?.say({ type: 'sample', sample: { ...sample, correct: true, stopped: true } });
  }
  const seen = await jobs.get(anna, id);
  expect(jobReply.parse(seen)).toEqual(seen);
  expect(seen).toMatchObject({ progress: { done: 40, seconds_left: 12 }, log: ['x'.repeat(300)] });
  expect(seen.points.length).toBeLessThanOrEqual(200);
  expect(seen.points.at(-1)?.step).toBe(5000);
  expect(seen.samples.length).toBeLessThanOrEqual(12);
  expect(seen.samples.at(-1)).toMatchObject({ step: 400, tokens: 3 });
  expect(JSON.stringify(seen.samples).length).toBeLessThan(30_000);
  all[0]?.say({ type: 'done', result });
  all[0]?.end();
  expect(await until(jobs, anna, id, 'succeeded')).toMatchObject({ result, problem: null });
});

test('what computes waits for each other, and fetching waits for neither', async () => {
  const { all, startJob } = puppets();
  await using jobs = server(startJob);
  const first = await jobs.start(anna, assess);
  const second = await jobs.start(anna, teach);
  const third = await jobs.start(anna, pull);
  await until(jobs, anna, first.id, 'running');
  await until(jobs, anna, third.id, 'running');
  expect((await jobs.get(anna, second.id)).state).toBe('queued');
  all.find(({ task }) => task.request.kind === 'assess')?.end();
  // A process that says nothing has failed, and holds up nobody.
  expect(await until(jobs, anna, first.id, 'failed')).toMatchObject({ problem: { message: 'it ended' } });
  await until(jobs, anna, second.id, 'running');
});

test('a job is cancelled while it waits and while it runs, also through another server', async () => {
  const { all, startJob } = puppets();
  await using jobs = server(startJob);
  await using other = server(puppets().startJob, { server: 'node_2' });
  const running = await jobs.start(anna, assess);
  const waiting = await jobs.start(anna, teach);
  await until(jobs, anna, running.id, 'running');
  expect(await jobs.cancel(anna, waiting.id)).toMatchObject({ ending: true });
  await other.cancel(anna, running.id);
  expect(all[0]?.wasCancelled).toBe(false);
  await jobs.beat();
  await until(jobs, anna, running.id, 'cancelled');
  await until(jobs, anna, waiting.id, 'cancelled');
  expect(all).toHaveLength(1);
  await expect(jobs.cancel(anna, running.id)).rejects.toMatchObject({ code: 'TGL_JOB_ENDED' });
});

test('what lost its server is broken off, and goes on where it was left', async () => {
  const { startJob } = puppets();
  // Its process stands still, as that of a machine without power.
  const lost = server(startJob);
  const { id } = await lost.start(anna, assess);
  await until(lost, anna, id, 'running');
  const { all, startJob: startAgain } = puppets();
  await using jobs = server(startAgain, { server: 'node_2' });
  await jobs.beat();
  expect((await jobs.get(anna, id)).state).toBe('running');
  opened.clock.advance(20_001);
  await jobs.beat();
  expect((await jobs.get(anna, id)).state).toBe('broken-off');
  const again = await jobs.resume(anna, id);
  await until(jobs, anna, again.id, 'running');
  expect(all[0]?.task).toEqual({ request: assess, resume: true });
  await expect(jobs.resume(anna, again.id)).rejects.toMatchObject({ code: 'TGL_JOB_ENDED' });
  await lost[Symbol.asyncDispose]();
  // What the lost server says now does not undo what was decided.
  expect((await jobs.get(anna, id)).state).toBe('broken-off');
});

test('a server that closes leaves its jobs to be resumed', async () => {
  const { all, startJob } = puppets();
  const first = server(startJob);
  const { id } = await first.start(anna, teach);
  const queued = await first.start(anna, assess);
  await until(first, anna, id, 'running');
  all[0]?.say({ type: 'note', text: 'step 7' });
  await first[Symbol.asyncDispose]();
  await using jobs = server(puppets().startJob, { server: 'node_2' });
  expect(await jobs.get(anna, id)).toMatchObject({ state: 'broken-off', log: ['step 7'] });
  opened.clock.advance(20_001);
  await jobs.beat();
  expect((await jobs.get(anna, queued.id)).state).toBe('broken-off');
});

test('two organisations see nothing of each other', async () => {
  await using jobs = server(puppets().startJob);
  const { id } = await jobs.start(anna, pull);
  expect(await jobs.list(berta, {})).toEqual([]);
  for (const attempt of [jobs.get, jobs.cancel, jobs.resume])
    await expect(attempt(berta, id)).rejects.toMatchObject({ code: 'TGL_ID_UNKNOWN' });
  await expect(jobs.list(berta, { after: id })).rejects.toMatchObject({ code: 'TGL_ID_UNKNOWN' });
  await until(jobs, anna, id, 'running');
  expect((await jobs.list(anna, {})).map((job) => job.id)).toEqual([id]);
});

test('so many jobs of an organisation wait and no more, which holds up no other', async () => {
  await using jobs = server(puppets().startJob);
  for (let count = 0; count < 20; count++) await jobs.start(anna, teach);
  await expect(jobs.start(anna, teach)).rejects.toMatchObject({ code: 'TGL_JOBS_FULL' });
  await jobs.start(berta, pull);
  const page = await jobs.list(anna, { limit: 5 });
  const rest = await jobs.list(anna, { limit: 50, after: page[4]?.id ?? '' });
  expect(new Set([...page.slice(0, 5), ...rest].map(({ id }) => id)).size).toBe(20);
});

test('start and cancellation stand in the audit log, refused ones as well', async () => {
  await using jobs = server(puppets().startJob);
  const { id } = await jobs.start(anna, pull);
  await jobs.cancel(anna, id);
  await expect(jobs.cancel(anna, 'job_of-nobody')).rejects.toMatchObject({ code: 'TGL_ID_UNKNOWN' });
  const entries = await opened.store.audit.list(anna.organisation as OrganisationId, { limit: 10 });
  const told = entries.map(({ action, refused }) => `${action} ${refused ?? 'done'}`);
  expect(told).toEqual(
    expect.arrayContaining(['job.started done', 'job.cancelled done', 'job.cancelled TGL_ID_UNKNOWN']),
  );
});

describe('processes', () => {
  const environment = () => ({
    PATH: process.env.PATH ?? '',
    TIEGEL_HOME: home,
    TIEGEL_OFFLINE: '1',
    TIEGEL_LAYOUT: 'usual',
  });

  test('one that cannot do what it is to do says why', async () => {
    await using jobs = server(jobStarter(environment()));
    const { id } = await jobs.start(anna, { kind: 'assess', model: 'never-was' });
    expect(await until(jobs, anna, id, 'failed')).toMatchObject({
      problem: { code: 'TGL_MODEL_UNKNOWN', fix: expect.any(String) },
    });
    const fetched = await jobs.start(anna, pull);
    expect(await until(jobs, anna, fetched.id, 'failed')).toMatchObject({
      problem: { code: 'TGL_OUTBOUND_OFFLINE' },
    });
  }, 60_000);

  test('a training shows its steps, stops when it is told to, and goes on where it was', async () => {
    await using jobs = server(jobStarter(environment()));
    const { id } = await jobs.start(anna, teach);
    const stepsOf = async (job: string): Promise<JobBody> => {
      for (;;) {
        const seen = await jobs.get(anna, job);
        if (seen.points.length > 1 || seen.problem !== null) return seen;
        await new Promise((resolve) => setTimeout(resolve, 50));
      }
    };
    const seen = await stepsOf(id);
    expect(seen).toMatchObject({ state: 'running', problem: null, progress: { unit: 'percent' } });
    expect(seen.points[0]).toMatchObject({ step: 1, loss: expect.any(Number) });
    await jobs.cancel(anna, id);
    await until(jobs, anna, id, 'cancelled');
    const { id: again } = await jobs.resume(anna, id);
    expect(await stepsOf(again)).toMatchObject({ problem: null });
  }, 120_000);
});
