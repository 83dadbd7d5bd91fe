// Turns a cluster recipe into a Ray job and follows it: package, submission under an id derived from its content, logs as
// they come, the end. Submitting the same job twice attaches to the first; a failed one is tried again as its next
// attempt and continues from its own checkpoints.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { type Digest, digestOf, digestOfJson, TiegelError } from '../../base/index.ts';
import { type ClusterRecipe, clusterRecipeDigest } from './cluster-recipe.ts';
import type { ClusterEngine, EngineJob, Storage } from './job.ts';
import { openRlhfJob } from './openrlhf.ts';
import type { JobSubmission, RayClient, RayJob } from './ray-client.ts';
import type { ProblemRow, TraceRow } from './rows.ts';
import { trlJob } from './trl.ts';
import { verlJob } from './verl.ts';
import { zipOf } from './zip.ts';

export type JobRequest = {
  readonly recipe: ClusterRecipe;
  readonly engine: ClusterEngine;
  readonly rows: readonly (ProblemRow | TraceRow)[];
  /** A directory that all machines of the cluster share. */
  readonly storage: Storage;
  /** Address of the reward server; needed for `grpo`. */
  readonly rewards: { readonly url: string; readonly run: string; readonly token: string } | undefined;
};

/** A job before it is sent, after everything that can be checked has been checked. */
export type PreparedJob = {
  readonly digest: Digest;
  readonly packageName: string;
  readonly archive: Uint8Array;
  readonly submission: (attempt: number) => JobSubmission;
};

const engines: Readonly<Record<ClusterEngine, (recipe: ClusterRecipe, storage: Storage) => EngineJob>> = {
  verl: verlJob,
  trl: trlJob,
  openrlhf: openRlhfJob,
};

const shimDirectory = join(import.meta.dirname, 'shims');
const shims: Readonly<Record<ClusterEngine, readonly string[]>> = {
  verl: ['job_file.py', 'verl_job.py', 'verl_reward.py', 'tiegel_rewards.py'],
  trl: ['job_file.py', 'trl_job.py', 'trl_reward.py', 'tiegel_rewards.py'],
  openrlhf: ['job_file.py', 'openrlhf_job.py'],
};

/** @throws TGL_SUBMIT_UNSUPPORTED, TGL_USAGE if a reward server is missing */
export function prepareJob({ recipe, engine, rows, storage, rewards }: JobRequest): PreparedJob {
  if (recipe.stage.stage === 'grpo' && rewards === undefined) {
    const problem = `The recipe ${recipe.name} needs rewards: start \`tiegel teach rewards\` and name it with --rewards.`;
    throw new TiegelError('TGL_USAGE', { problem });
  }
  const { script, settings } = engines[engine](recipe, storage);
  const files = {
    ...Object.fromEntries(
      shims[engine].map((name) => [name, readFileSync(join(shimDirectory, name), 'utf8')]),
    ),
    'job.json': `${JSON.stringify(settings, null, 2)}\n`,
    'recipe.json': `${JSON.stringify(recipe, null, 2)}\n`,
    'rows.jsonl': rows.map((row) => `${JSON.stringify(row)}\n`).join(''),
  };
  const archive = zipOf(files);
  const packageName = `_ray_pkg_${digestOf(archive).slice(0, 32)}.zip`;
  const digest = digestOfJson({ recipe: clusterRecipeDigest(recipe), engine, package: packageName });
  return {
    digest,
    packageName,
    archive,
    submission: (attempt) => ({
      submission_id: submissionId(recipe, digest, attempt),
      entrypoint: `python3 ${script}`,
      runtime_env: {
        working_dir: `gcs://${packageName}`,
        env_vars: {
          ...(rewards !== undefined && {
            TIEGEL_REWARDS_URL: rewards.url,
            TIEGEL_REWARDS_RUN: rewards.run,
            TIEGEL_REWARDS_TOKEN: rewards.token,
          }),
        },
      },
      metadata: { recipe: recipe.name, engine, digest, base: recipe.base.model, next: 'quarantine' },
      entrypoint_num_cpus: 1,
    }),
  };
}

function submissionId(recipe: ClusterRecipe, digest: Digest, attempt: number): string {
  return `tiegel-${recipe.name}-${digest.slice(0, 16)}-${attempt}`;
}

const maxAttempts = 100;

/**
 * Submits a job, or finds the attempt that is running or has succeeded.
 *
 * @returns the id under which Ray knows it, and whether it had been submitted before
 * @throws TGL_RAY_REFUSED, TGL_RAY_ANSWER, TGL_OUTBOUND_*
 */
export async function submitJob(
  ray: RayClient,
  job: PreparedJob,
): Promise<{ readonly id: string; readonly known: boolean }> {
  for (let attempt = 1; attempt <= maxAttempts; attempt++) {
    const submission = job.submission(attempt);
    const found = await ray.find(submission.submission_id);
    if (found?.status === 'FAILED' || found?.status === 'STOPPED') continue;
    if (found !== undefined) return { id: submission.submission_id, known: true };
    await ray.upload(job.packageName, job.archive);
    await ray.submit(submission);
    return { id: submission.submission_id, known: false };
  }
  throw new TiegelError('TGL_RAY_JOB_FAILED', {
    id: job.submission(maxAttempts).submission_id,
    status: 'FAILED',
    reason: `${maxAttempts} attempts`,
  });
}

export type FollowOptions = {
  readonly signal: AbortSignal;
  readonly pollMs: number;
  readonly onLog: (text: string) => void;
  /** After this many failures in a row to reach the dashboard, following ends; the job goes on without it. */
  readonly patience: number;
};

/**
 * Follows a job to its end; an interruption stops the following, not the job.
 *
 * @throws TGL_RAY_JOB_FAILED for one that failed or was stopped, TGL_RAY_*, TGL_OUTBOUND_*, the reason of the signal
 */
export async function followJob(ray: RayClient, id: string, options: FollowOptions): Promise<void> {
  const { signal, pollMs, onLog, patience } = options;
  let shown = 0;
  let failures = 0;
  for (;;) {
    signal.throwIfAborted();
    const looked = await look(ray, id).catch((cause: unknown) => {
      signal.throwIfAborted();
      failures++;
      const gone = TiegelError.isInstance(cause) && cause.code.startsWith('TGL_OUTBOUND_') && cause.retryable;
      if (!gone || failures > patience) throw cause;
    });
    if (looked !== undefined) {
      failures = 0;
      // A cluster that rotated its log shows less than before.
      if (looked.logs.length < shown) shown = 0;
      if (looked.logs.length > shown) onLog(looked.logs.slice(shown));
      shown = looked.logs.length;
      if (ended(id, looked.job)) return;
    }
    await setTimeout(pollMs, undefined, { signal }).catch(() => signal.throwIfAborted());
  }
}

/** Reads the state first, so that nothing logged before the end is missed. */
async function look(ray: RayClient, id: string): Promise<{ readonly job: RayJob; readonly logs: string }> {
  const job = await ray.find(id);
  if (job === undefined) {
    throw new TiegelError('TGL_RAY_JOB_FAILED', {
      id,
      status: 'unknown',
      reason: 'the cluster no longer knows it',
    });
  }
  return { job, logs: await ray.logs(id) };
}

function ended(id: string, { status, message }: RayJob): boolean {
  if (status === 'SUCCEEDED') return true;
  if (status === 'PENDING' || status === 'RUNNING') return false;
  throw new TiegelError('TGL_RAY_JOB_FAILED', { id, status, reason: message || 'see its log' });
}
