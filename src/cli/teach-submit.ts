// `tiegel teach submit`: sends a cluster recipe as a job to a Ray cluster, and follows or stops it.
import { TiegelError } from '../base/index.ts';
import { createOutbound } from '../outbound/index.ts';
import {
  type ClusterEngine,
  type ClusterRecipe,
  clusterEngines,
  createRayClient,
  followJob,
  jobRows,
  loadClusterRecipe,
  type PreparedJob,
  prepareJob,
  type RayClient,
  submitJob,
} from '../teach/index.ts';
import type { CommandContext, ExitCode } from './command.ts';

type SubmitFlags = {
  readonly engine: string;
  readonly ray: string;
  readonly storage: string;
  readonly data?: string;
  readonly rewards?: string;
  readonly run?: string;
  readonly follow?: true;
  readonly stop?: true;
};

export async function runTeachSubmit(
  context: CommandContext,
  name: string,
  flags: SubmitFlags,
): Promise<ExitCode> {
  const { environment, terminal, signal } = context;
  const recipe = loadClusterRecipe(name);
  const storage = flags.storage.replace(/\/+$/, '');
  const job = preparedJob(recipe, { ...flags, storage }, environment.rewardsToken);
  const result = `${storage}/result`;
  const origin = originOf(flags.ray);
  await using outbound = createOutbound({ offline: environment.offline, allowedOrigins: [origin] });
  const ray = createRayClient({ outbound, address: flags.ray, token: environment.rayToken, signal });
  terminal.note(`Ray ${await ray.version()} at ${flags.ray}, engine ${flags.engine}.`);
  if (flags.stop === true) return stop(context, ray, job);

  const { id, known } = await submitJob(ray, job);
  terminal.print(known ? `The job ${id} already exists.` : `Submitted as ${id}.`);
  if (flags.follow === true) {
    const options = { signal, pollMs: 2000, patience: 30, onLog: (text: string) => terminal.write(text) };
    await followJob(ray, id, options);
    terminal.print(`\nDone. The model is in ${result} on the cluster.`);
    terminal.print('To import it: tiegel convert RESULT --out model.gguf, then tiegel import model.gguf');
  }
  terminal.result({ id, known, digest: job.digest, result });
  return 0;
}

function preparedJob(recipe: ClusterRecipe, flags: SubmitFlags, token: string | undefined): PreparedJob {
  const engine: ClusterEngine | undefined = clusterEngines.find((known) => known === flags.engine);
  if (engine === undefined) {
    const problem = `--engine is ${flags.engine}; expected one of ${clusterEngines.join(', ')}.`;
    throw new TiegelError('TGL_USAGE', { problem });
  }
  return prepareJob({
    recipe,
    engine,
    rows: jobRows(recipe, flags.data),
    storage: flags.storage,
    rewards: rewardsOf(recipe, flags, token),
  });
}

/** The token comes from the environment: an argument would stand in the list of processes. */
function rewardsOf(
  recipe: ClusterRecipe,
  { rewards, run }: SubmitFlags,
  token: string | undefined,
): Parameters<typeof prepareJob>[0]['rewards'] {
  if (rewards === undefined) return undefined;
  if (token !== undefined) return { url: rewards, run: run ?? recipe.name, token };
  const problem = 'TIEGEL_REWARDS_TOKEN is not set; `tiegel teach rewards` prints the token of a run.';
  throw new TiegelError('TGL_USAGE', { problem });
}

async function stop({ terminal }: CommandContext, ray: RayClient, job: PreparedJob): Promise<ExitCode> {
  for (let attempt = 1; ; attempt++) {
    const id = job.submission(attempt).submission_id;
    const found = await ray.find(id);
    if (found === undefined)
      throw new TiegelError('TGL_USAGE', { problem: `No job of this recipe is running.` });
    if (found.status !== 'PENDING' && found.status !== 'RUNNING') continue;
    await ray.stop(id);
    terminal.print(`Stopped ${id}. Its checkpoints are kept; submit the recipe again to continue from them.`);
    terminal.result({ id, stopped: true });
    return 0;
  }
}

function originOf(address: string): string {
  const url = URL.parse(address);
  if (url !== null && /^https?:$/.test(url.protocol)) return url.origin;
  throw new TiegelError('TGL_USAGE', { problem: `--ray is ${address}; expected an http or https address.` });
}
