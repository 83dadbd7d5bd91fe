// What a job does, within its own process: what the commands `pull`, `assess` and `teach` do, with names and never with paths.
import { join } from 'node:path';
import {
  type Assessment,
  type Battery,
  fullBattery,
  loadPolicy,
  operatorData,
  outdatedSince,
  quickBattery,
  remoteBattery,
} from '../../assess/index.ts';
import { type Catalog, nameOfReference, openCatalog } from '../../catalog/index.ts';
import { tiegelTemplate } from '../../formats/index.ts';
import { loadRecipe, type TeachProgress, teach } from '../../teach/index.ts';
import type { JobBody, JobPoint, JobSample } from '../../wire/index.ts';
import type { HostContext } from '../context.ts';
import { fetchIntoCatalog } from '../fetch-model.ts';
import { assessModel, servingConfiguration } from '../local-models.ts';
import { assessRemoteModel, findRemote } from '../remote-models.ts';
import { teachingWork } from '../teaching-work.ts';
import type { JobTask } from './job-messages.ts';

export type JobContext = HostContext & {
  readonly onPoint: (point: JobPoint) => void;
  readonly onSample: (sample: JobSample) => void;
};

type Result = NonNullable<JobBody['result']>;

/** @throws what pulling, assessing or teaching throws, and the reason of the context's signal */
export async function runJob(context: JobContext, { request, resume }: JobTask): Promise<Result> {
  const { environment, clock } = context;
  const catalog = openCatalog({ home: environment.home, clock, outdated: outdatedSince });
  switch (request.kind) {
    case 'pull': {
      const { signal, onProgress } = context;
      const variant = await fetchIntoCatalog(context, catalog, request.model, {
        signal,
        onProgress: ({ done, total }) =>
          onProgress({ doing: 'Pulling', count: { done, total, unit: 'bytes' } }),
      });
      return { model: variant.name, assessment: null, verdict: null };
    }
    case 'assess':
      return assessed(await assessByName(context, catalog, { ...request, resume }));
    case 'teach':
      return teachAs(context, catalog, { ...request, resume });
  }
}

type Named = {
  readonly model: string;
  readonly policy?: string | null | undefined;
  readonly resume: boolean;
};
type Assessed = { readonly model: string; readonly assessment: Assessment };

function assessed({ model, assessment: { id, verdict } }: Assessed): Result {
  return { model, assessment: id, verdict };
}

async function assessByName(
  context: HostContext,
  catalog: Catalog,
  { model, policy, resume }: Named,
): Promise<Assessed> {
  const remote = findRemote(catalog, model);
  const batteryOf = async (usual: Battery): Promise<Battery> =>
    typeof policy === 'string'
      ? fullBattery({
          ...{ policy: loadPolicy(policy), remote: remote !== undefined, data: await operatorData([]) },
        })
      : usual;
  const trials = { resume };
  if (remote !== undefined) {
    const battery = await batteryOf(remoteBattery);
    const assessment = await assessRemoteModel(context, catalog, remote, battery, trials, []);
    return { model: remote.name, assessment };
  }
  const variant = catalog.variants.find(nameOfReference(model) ?? model);
  const isTaught = variant.manifest.chatTemplate.family === tiegelTemplate.name;
  if (policy === 'tasks' && !isTaught)
    context.onNote('The policy tasks was made for models that were taught here.');
  const serving = await servingConfiguration(context.environment, variant);
  const battery = await batteryOf(quickBattery);
  const assessment = await assessModel(context, catalog, variant, serving, battery, { trials });
  return { model: variant.name, assessment };
}

type Taught = { readonly recipe: string; readonly name: string; readonly resume: boolean };

async function teachAs(
  context: JobContext,
  catalog: Catalog,
  { recipe, name, resume }: Taught,
): Promise<Result> {
  const { environment, clock, signal, onProgress, onNote, onPoint, onSample } = context;
  const { files } = await teach({
    recipe: loadRecipe(recipe),
    directory: join(environment.home, 'runs', name),
    ...{ resume, offline: environment.offline, keyIn: environment.keyIn, clock, signal },
    onProgress: (progress) => {
      if (progress.doing === 'watched') {
        onSample(progress.completion);
        return;
      }
      onProgress(teachingWork(progress));
      if (progress.doing === 'training') onPoint(pointOf(progress.progress));
    },
    onWarning: onNote,
  });
  const path = files.q8_0 ?? files.f32;
  const variant = await catalog.variants.importFile(path, { name, source: `taught here by ${recipe}` });
  return { model: variant.name, assessment: null, verdict: null };
}

type Training = Extract<TeachProgress, { readonly doing: 'training' }>['progress'];

function pointOf({ stage, metrics: { step, loss, policy } }: Training): JobPoint {
  return { stage, step, loss, accuracy: policy?.accuracy ?? null, reward: policy?.rewardMean ?? null };
}
