// OpenRLHF's settings for a recipe, as its command lines of 2025 name them. It has one way to aggregate tokens and no setting
// for a sequence's ratio.
import type { ClusterGrpo, ClusterRecipe, ClusterSft } from './cluster-recipe.ts';
import { type EngineJob, refuse, type Storage } from './job.ts';

type Flags = Readonly<Record<string, string | number | true | readonly number[]>>;

/** @throws TGL_SUBMIT_UNSUPPORTED */
export function openRlhfJob(recipe: ClusterRecipe, storage: Storage): EngineJob {
  const { stage, resources, base, checkpoint } = recipe;
  const common: Flags = {
    pretrain: base.model,
    save_path: `${storage}/result`,
    ckpt_path: `${storage}/checkpoints`,
    save_steps: checkpoint.everySteps,
    max_ckpt_num: checkpoint.keep,
    load_checkpoint: true,
    seed: recipe.seed,
    bf16: true,
    gradient_checkpointing: true,
    apply_chat_template: true,
    input_key: 'prompt',
  };
  if (stage.stage === 'sft') {
    if (resources.nodes > 1) {
      refuse('openrlhf', recipe, `resources.nodes = ${resources.nodes} for sft`, 'use one node');
    }
    const command = [
      'deepspeed',
      '--num_gpus',
      String(resources.gpusPerNode),
      '--module',
      'openrlhf.cli.train_sft',
    ];
    return job('sft', command, { ...common, ...sftFlags(stage) });
  }
  const command = ['python3', '-m', 'openrlhf.cli.train_ppo_ray'];
  return job('grpo', command, { ...common, ...grpoFlags(recipe, stage) });
}

function job(stage: 'sft' | 'grpo', command: readonly string[], flags: Flags): EngineJob {
  return { script: 'openrlhf_job.py', settings: { stage, command, flags } };
}

function sftFlags(stage: ClusterSft): Flags {
  return {
    output_key: 'completion',
    max_len: stage.longestSample,
    train_batch_size: stage.batch,
    micro_train_batch_size: 1,
    learning_rate: stage.learningRate,
    max_epochs: stage.epochs,
    zero_stage: 2,
  };
}

function grpoFlags(recipe: ClusterRecipe, stage: ClusterGrpo): Flags {
  const { resources } = recipe;
  if (stage.aggregation !== 'token-mean') {
    refuse(
      'openrlhf',
      recipe,
      `aggregation = ${stage.aggregation}`,
      'use token-mean, or the engine verl or trl',
    );
  }
  if (stage.ratio === 'sequence')
    refuse('openrlhf', recipe, 'ratio = sequence', 'use token, or the engine verl or trl');
  if (stage.advantage.scale === 'batch') {
    refuse('openrlhf', recipe, 'advantage.scale = batch', 'use std or none, or the engine trl');
  }
  const special = stage.clip.twoSided !== undefined ? 'clip.twoSided' : stage.clip.dual && 'clip.dual';
  if (special !== undefined) refuse('openrlhf', recipe, String(special), 'leave it out');
  const gpus = resources.nodes * resources.gpusPerNode;
  return {
    label_key: 'label',
    advantage_estimator: stage.advantage.scale === 'std' ? 'group_norm' : 'dr_grpo',
    n_samples_per_prompt: stage.samples,
    rollout_batch_size: stage.groups,
    train_batch_size: (stage.groups * stage.samples) / stage.updates,
    micro_train_batch_size: 1,
    micro_rollout_batch_size: 4,
    max_samples: stage.steps * stage.groups,
    num_episodes: 1,
    max_epochs: 1,
    prompt_max_len: stage.longestPrompt,
    generate_max_len: stage.maxTokens,
    temperature: stage.temperature,
    eps_clip_low_high: [stage.clip.low, stage.clip.high],
    actor_learning_rate: stage.learningRate,
    ...(stage.klWeight > 0
      ? { use_kl_loss: true, kl_estimator: 'k3', init_kl_coef: stage.klWeight }
      : { init_kl_coef: 0 }),
    ...(stage.rounds > 0 && { dynamic_filtering: true, dynamic_filtering_reward_range: [0, 1] }),
    actor_num_nodes: resources.nodes,
    actor_num_gpus_per_node: resources.gpusPerNode,
    vllm_num_engines: Math.max(1, Math.floor(gpus / resources.tensorParallel)),
    vllm_tensor_parallel_size: resources.tensorParallel,
    vllm_sync_backend: 'nccl',
    colocate_all_models: true,
    zero_stage: 3,
  };
}
