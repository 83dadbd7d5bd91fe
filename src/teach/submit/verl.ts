// verl's settings for a recipe (its Hydra options), as its documentation of 2025 names them. Dynamic sampling is only in
// verl's DAPO entry point.
import type { ClusterGrpo, ClusterRecipe, ClusterSft } from './cluster-recipe.ts';
import { type EngineJob, refuse, type Storage } from './job.ts';

const aggregations = {
  'sample-mean': 'seq-mean-token-mean',
  'token-mean': 'token-mean',
  constant: 'seq-mean-token-sum-norm',
} as const;

/** @throws TGL_SUBMIT_UNSUPPORTED */
export function verlJob(recipe: ClusterRecipe, storage: Storage): EngineJob {
  const { stage } = recipe;
  return {
    script: 'verl_job.py',
    settings:
      stage.stage === 'grpo' ? grpoSettings(recipe, stage, storage) : sftSettings(recipe, stage, storage),
  };
}

function grpoSettings(recipe: ClusterRecipe, stage: ClusterGrpo, storage: Storage): EngineJob['settings'] {
  const { resources, checkpoint, base } = recipe;
  if (stage.advantage.scale === 'batch') {
    refuse('verl', recipe, 'advantage.scale = batch', 'use std or none, or the engine trl');
  }
  if (stage.clip.twoSided !== undefined) {
    refuse('verl', recipe, 'clip.twoSided', 'leave it out, or use the engine trl');
  }
  if (stage.groups % stage.updates !== 0) {
    refuse('verl', recipe, `updates = ${stage.updates}`, `use a divisor of groups (${stage.groups})`);
  }
  const { actor, rollout } = { actor: 'actor_rollout_ref.actor', rollout: 'actor_rollout_ref.rollout' };
  const tokens = stage.longestPrompt + stage.maxTokens;
  const options: Record<string, string | number | boolean> = {
    'algorithm.adv_estimator': 'grpo',
    'algorithm.norm_adv_by_std_in_grpo': stage.advantage.scale === 'std',
    'algorithm.use_kl_in_reward': false,
    'data.train_batch_size': stage.groups,
    'data.max_prompt_length': stage.longestPrompt,
    'data.max_response_length': stage.maxTokens,
    'data.filter_overlong_prompts': true,
    'data.truncation': 'error',
    'data.seed': recipe.seed,
    'actor_rollout_ref.model.path': base.model,
    'actor_rollout_ref.model.enable_gradient_checkpointing': true,
    [`${actor}.optim.lr`]: stage.learningRate,
    [`${actor}.ppo_mini_batch_size`]: stage.groups / stage.updates,
    [`${actor}.use_dynamic_bsz`]: true,
    [`${actor}.ppo_max_token_len_per_gpu`]: 2 * tokens,
    [`${actor}.loss_agg_mode`]: aggregations[stage.aggregation],
    [`${actor}.clip_ratio_low`]: stage.clip.low,
    [`${actor}.clip_ratio_high`]: stage.clip.high,
    [`${actor}.use_kl_loss`]: stage.klWeight > 0,
    [`${rollout}.name`]: 'vllm',
    [`${rollout}.n`]: stage.samples,
    [`${rollout}.temperature`]: stage.temperature,
    [`${rollout}.tensor_model_parallel_size`]: resources.tensorParallel,
    'trainer.nnodes': resources.nodes,
    'trainer.n_gpus_per_node': resources.gpusPerNode,
    'trainer.total_training_steps': stage.steps,
    'trainer.save_freq': checkpoint.everySteps,
    'trainer.max_actor_ckpt_to_keep': checkpoint.keep,
    'trainer.default_local_dir': `${storage}/checkpoints`,
    'trainer.resume_mode': 'auto',
    'trainer.project_name': 'tiegel',
    'trainer.experiment_name': recipe.name,
    'trainer.logger': '[console]',
    'custom_reward_function.name': 'compute_score',
  };
  if (stage.klWeight > 0) {
    options[`${actor}.kl_loss_coef`] = stage.klWeight;
    options[`${actor}.kl_loss_type`] = 'low_var_kl';
  }
  if (stage.clip.dual !== undefined) options[`${actor}.clip_ratio_c`] = stage.clip.dual;
  if (stage.ratio === 'sequence') options[`${actor}.policy_loss.loss_mode`] = 'gspo';
  if (stage.rounds > 0) {
    options['algorithm.filter_groups.enable'] = true;
    options['algorithm.filter_groups.metric'] = 'seq_reward';
    options['algorithm.filter_groups.max_num_gen_batches'] = stage.rounds;
  }
  const module = stage.rounds > 0 ? 'recipe.dapo.main_dapo' : 'verl.trainer.main_ppo';
  return { stage: 'grpo', command: ['python3', '-m', module], options, result: `${storage}/result` };
}

function sftSettings(recipe: ClusterRecipe, stage: ClusterSft, storage: Storage): EngineJob['settings'] {
  const { resources, base } = recipe;
  if (resources.nodes > 1)
    refuse('verl', recipe, `resources.nodes = ${resources.nodes} for sft`, 'use one node');
  const options = {
    'data.prompt_key': 'prompt',
    'data.response_key': 'completion',
    'data.train_batch_size': stage.batch,
    'data.max_length': stage.longestSample,
    'data.truncation': 'error',
    'model.partial_pretrain': base.model,
    'model.enable_gradient_checkpointing': true,
    'optim.lr': stage.learningRate,
    'trainer.total_epochs': stage.epochs,
    'trainer.default_local_dir': `${storage}/checkpoints`,
    'trainer.project_name': 'tiegel',
    'trainer.experiment_name': recipe.name,
    'trainer.logger': '[console]',
    'trainer.seed': recipe.seed,
  };
  const torchrun = ['torchrun', '--standalone', `--nproc_per_node=${resources.gpusPerNode}`, '-m'];
  const command = [...torchrun, 'verl.trainer.fsdp_sft_trainer'];
  return { stage: 'sft', command, options, result: `${storage}/result` };
}
