// What each engine is told for a recipe: the whole mapping once, and what an engine cannot do.
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { hasPython } from '../has-python.ts';
import { type ClusterGrpo, type ClusterRecipe, loadClusterRecipe } from './cluster-recipe.ts';
import { openRlhfJob } from './openrlhf.ts';
import { trlJob } from './trl.ts';
import { verlJob } from './verl.ts';

const zero = loadClusterRecipe('r1-zero-7b');
const distil = loadClusterRecipe('r1-distill-1.5b');

const changed = (change: Partial<ClusterGrpo>): ClusterRecipe => ({
  ...zero,
  stage: { ...(zero.stage as ClusterGrpo), ...change },
});

describe('verl', () => {
  test('takes every setting of r1-zero-7b', () => {
    const { script, settings } = verlJob(zero, '/shared/run');
    expect(script).toBe('verl_job.py');
    expect(settings).toMatchObject({
      command: ['python3', '-m', 'verl.trainer.main_ppo'],
      result: '/shared/run/result',
    });
    expect(settings.options).toEqual({
      'algorithm.adv_estimator': 'grpo',
      'algorithm.norm_adv_by_std_in_grpo': false,
      'algorithm.use_kl_in_reward': false,
      'data.train_batch_size': 128,
      'data.max_prompt_length': 1024,
      'data.max_response_length': 3072,
      'data.filter_overlong_prompts': true,
      'data.truncation': 'error',
      'data.seed': 1,
      'actor_rollout_ref.model.path': 'Qwen/Qwen2.5-7B',
      'actor_rollout_ref.model.enable_gradient_checkpointing': true,
      'actor_rollout_ref.actor.optim.lr': 0.000001,
      'actor_rollout_ref.actor.ppo_mini_batch_size': 128,
      'actor_rollout_ref.actor.use_dynamic_bsz': true,
      'actor_rollout_ref.actor.ppo_max_token_len_per_gpu': 8192,
      'actor_rollout_ref.actor.loss_agg_mode': 'seq-mean-token-sum-norm',
      'actor_rollout_ref.actor.clip_ratio_low': 0.2,
      'actor_rollout_ref.actor.clip_ratio_high': 0.28,
      'actor_rollout_ref.actor.use_kl_loss': false,
      'actor_rollout_ref.rollout.name': 'vllm',
      'actor_rollout_ref.rollout.n': 8,
      'actor_rollout_ref.rollout.temperature': 1,
      'actor_rollout_ref.rollout.tensor_model_parallel_size': 2,
      'trainer.nnodes': 1,
      'trainer.n_gpus_per_node': 8,
      'trainer.total_training_steps': 300,
      'trainer.save_freq': 25,
      'trainer.max_actor_ckpt_to_keep': 4,
      'trainer.default_local_dir': '/shared/run/checkpoints',
      'trainer.resume_mode': 'auto',
      'trainer.project_name': 'tiegel',
      'trainer.experiment_name': 'r1-zero-7b',
      'trainer.logger': '[console]',
      'custom_reward_function.name': 'compute_score',
    });
  });

  test('is told of KL, standardised advantages, sequence ratios, dual clip and dynamic sampling', () => {
    const { settings } = verlJob(
      changed({
        klWeight: 0.001,
        advantage: { scale: 'std', epsilon: 1e-6 },
        ratio: 'sequence',
        clip: { low: 0.0003, high: 0.0004, dual: 3 },
        rounds: 10,
        aggregation: 'token-mean',
        updates: 2,
      }),
      '/shared',
    );
    expect(settings.command).toEqual(['python3', '-m', 'recipe.dapo.main_dapo']);
    expect(settings.options).toMatchObject({
      'algorithm.norm_adv_by_std_in_grpo': true,
      'algorithm.filter_groups.enable': true,
      'algorithm.filter_groups.max_num_gen_batches': 10,
      'actor_rollout_ref.actor.use_kl_loss': true,
      'actor_rollout_ref.actor.kl_loss_coef': 0.001,
      'actor_rollout_ref.actor.kl_loss_type': 'low_var_kl',
      'actor_rollout_ref.actor.policy_loss.loss_mode': 'gspo',
      'actor_rollout_ref.actor.clip_ratio_c': 3,
      'actor_rollout_ref.actor.loss_agg_mode': 'token-mean',
      'actor_rollout_ref.actor.ppo_mini_batch_size': 64,
    });
  });
});

test('TRL takes every setting of r1-zero-7b', () => {
  const { script, settings } = trlJob(zero, '/shared/run');
  expect(script).toBe('trl_job.py');
  expect(settings).toMatchObject({ model: 'Qwen/Qwen2.5-7B', processes: 8, result: '/shared/run/result' });
  expect(settings.config).toMatchObject({
    learning_rate: 0.000001,
    max_steps: 300,
    num_generations: 8,
    per_device_train_batch_size: 4,
    gradient_accumulation_steps: 32,
    steps_per_generation: 32,
    max_completion_length: 3072,
    beta: 0,
    epsilon: 0.2,
    epsilon_high: 0.28,
    loss_type: 'dr_grpo',
    scale_rewards: 'none',
    importance_sampling_level: 'token',
  });
});

test('OpenRLHF takes a recipe that adds up by token', () => {
  const { settings } = openRlhfJob(
    changed({ aggregation: 'token-mean', rounds: 4, klWeight: 0.01 }),
    '/shared/run',
  );
  expect(settings.command).toEqual(['python3', '-m', 'openrlhf.cli.train_ppo_ray']);
  expect(settings.flags).toMatchObject({
    advantage_estimator: 'dr_grpo',
    n_samples_per_prompt: 8,
    rollout_batch_size: 128,
    train_batch_size: 1024,
    eps_clip_low_high: [0.2, 0.28],
    dynamic_filtering: true,
    use_kl_loss: true,
    init_kl_coef: 0.01,
    vllm_num_engines: 4,
    save_path: '/shared/run/result',
  });
});

test('all three take the supervised recipe', () => {
  expect(verlJob(distil, '/s').settings.options).toMatchObject({
    'model.partial_pretrain': 'Qwen/Qwen2.5-Math-1.5B',
  });
  expect(trlJob(distil, '/s').settings.config).toMatchObject({
    num_train_epochs: 3,
    gradient_accumulation_steps: 2,
  });
  expect(openRlhfJob(distil, '/s').settings.flags).toMatchObject({ output_key: 'completion', max_epochs: 3 });
});

test.each([
  ['verl', verlJob, changed({ advantage: { scale: 'batch', epsilon: 0 } }), 'advantage.scale = batch'],
  ['verl', verlJob, changed({ clip: { low: 0.2, high: 0.2, twoSided: 4 } }), 'clip.twoSided'],
  ['verl', verlJob, changed({ updates: 3 }), 'updates = 3'],
  [
    'verl',
    verlJob,
    { ...distil, resources: { ...distil.resources, nodes: 2 } },
    'resources.nodes = 2 for sft',
  ],
  ['trl', trlJob, changed({ rounds: 2 }), 'rounds = 2'],
  ['trl', trlJob, changed({ clip: { low: 0.2, high: 0.2, dual: 3 } }), 'clip.dual'],
  ['trl', trlJob, changed({ groups: 1, samples: 2 }), '2 sequences an update'],
  ['openrlhf', openRlhfJob, zero, 'aggregation = constant'],
  ['openrlhf', openRlhfJob, changed({ aggregation: 'token-mean', ratio: 'sequence' }), 'ratio = sequence'],
  [
    'openrlhf',
    openRlhfJob,
    changed({ aggregation: 'token-mean', clip: { low: 0.2, high: 0.2, dual: 3 } }),
    'clip.dual',
  ],
] as const)('%s refuses what it has no setting for: %#', (engine, job, recipe, setting) => {
  expect(() => job(recipe, '/s')).toThrow(
    expect.objectContaining({
      code: 'TGL_SUBMIT_UNSUPPORTED',
      details: expect.objectContaining({ engine, setting }),
    }),
  );
});

describe.skipIf(!hasPython())('the Python files of a job (skipped without python3)', () => {
  const shims = join(import.meta.dirname, 'shims');

  test('all of them compile', () => {
    const paths = readdirSync(shims).map((name) => join(shims, name));
    const code = 'import sys\nfor path in sys.argv[1:]: compile(open(path).read(), path, "exec")';
    execFileSync('python3', ['-c', code, ...paths]);
    expect(paths.length).toBe(7);
  });

  const inPython = (settings: unknown, rows: string, code: string): unknown => {
    const directory = mkdtempSync(join(tmpdir(), 'tiegel-job-'));
    try {
      for (const name of readdirSync(shims))
        writeFileSync(join(directory, name), readFileSync(join(shims, name)));
      writeFileSync(join(directory, 'job.json'), JSON.stringify(settings));
      writeFileSync(join(directory, 'rows.jsonl'), rows);
      const env = {
        ...process.env,
        PYTHONDONTWRITEBYTECODE: '1',
        TIEGEL_REWARDS_URL: 'http://rewards:8485',
        TIEGEL_REWARDS_RUN: 'run 1',
        TIEGEL_REWARDS_TOKEN: 'tgr_x',
      };
      const prelude = `import json, sys\nsys.path.insert(0, ${JSON.stringify(directory)})\n`;
      return JSON.parse(execFileSync('python3', ['-c', prelude + code], { env, encoding: 'utf8' }));
    } finally {
      rmSync(directory, { recursive: true });
    }
  };

  const row = JSON.stringify({ prompt: 'p', task: 'sums', verifier: 'number', ground_truth: '7' });

  test("verl's options are written as Hydra reads them, and rows as verl's reward function gets them", () => {
    const { settings } = verlJob(zero, '/shared');
    const code = `
import job_file, verl_job
rows = [verl_job.grpo_row(row, index) for index, row in enumerate(job_file.rows())]
print(json.dumps([verl_job.arguments(job_file.settings(), "rows.parquet", "verl_reward.py"), rows]))`;
    const [words, rows] = inPython(settings, row, code) as [string[], unknown[]];
    expect(words.slice(0, 3)).toEqual(['python3', '-m', 'verl.trainer.main_ppo']);
    expect(words).toContain('algorithm.norm_adv_by_std_in_grpo=False');
    expect(words).toContain('custom_reward_function.path=verl_reward.py');
    expect(rows).toEqual([
      expect.objectContaining({
        data_source: 'sums',
        reward_model: { style: 'rule', ground_truth: '7' },
        extra_info: { index: 0, verifier: 'number', prompt: 'p' },
      }),
    ]);
  });

  test("OpenRLHF's flags name the reward server with run and token, and rows carry labels", () => {
    const { settings } = openRlhfJob(changed({ aggregation: 'token-mean' }), '/shared');
    const code = `
import job_file, openrlhf_job
rows = [openrlhf_job.labelled(row) for row in job_file.rows()]
print(json.dumps([openrlhf_job.arguments(job_file.settings(), "rows.jsonl"), rows]))`;
    const [words, rows] = inPython(settings, row, code) as [string[], { label: string }[]];
    const following = (flag: string) => words[words.indexOf(flag) + 1];
    expect(following('--remote_rm_url')).toBe('http://rewards:8485/adapters/openrlhf?run=run+1&token=tgr_x');
    expect(words.slice(words.indexOf('--eps_clip_low_high') + 1).slice(0, 2)).toEqual(['0.2', '0.28']);
    expect(JSON.parse(rows[0]!.label)).toEqual({ task: 'sums', verifier: 'number', ground_truth: '7' });
  });

  test('a command that fails ends the job with its status, and its log shows no token', () => {
    const code = `
import subprocess
script = "import job_file; job_file.run([sys.executable, '-c', 'raise SystemExit(7)', 'http://x?token=tgr_secret&a=b'])"
done = subprocess.run([sys.executable, "-c", "import sys; sys.path.insert(0, %r); " % sys.path[0] + script], capture_output=True, text=True)
print(json.dumps([done.returncode, "tgr_secret" in done.stdout, "tiegel: " in done.stdout]))`;
    expect(inPython({}, row, code)).toEqual([7, false, true]);
  });

  test("verl's last checkpoint is the one of the highest step", () => {
    const code = `
import os, tempfile, verl_job
with tempfile.TemporaryDirectory() as directory:
    for step in (9, 25, 100):
        os.mkdir(os.path.join(directory, "global_step_%d" % step))
    print(json.dumps(os.path.basename(verl_job.last_step(directory))))`;
    expect(inPython({}, row, code)).toBe('global_step_100');
  });
});
