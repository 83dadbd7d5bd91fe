// Bodies of /v1/x/jobs: long work that the server has done in processes of its own, such as fetching, assessing and teaching models. Times are
// seconds since the Unix epoch.
import { z } from 'zod';
import type { AssessedCriterion } from './assessments.ts';
import { type Maybe, optional, shortString } from './schema-parts.ts';

export type JobKind = 'pull' | 'assess' | 'teach';

export type JobState = 'queued' | 'running' | 'succeeded' | 'failed' | 'cancelled' | 'broken-off';

const jobRecipes = ['nano', 'persist', 'pico', 'textbook'] as const;

const jobPolicies = ['general', 'tasks'] as const;

/** What is to be done. */
export type JobRequest =
  | { readonly kind: 'pull'; readonly model: string }
  | {
      readonly kind: 'assess';
      readonly model: string;
      /** Null or absent for the quick battery, which no policy decides. */
      readonly policy?: Maybe<(typeof jobPolicies)[number]>;
    }
  | { readonly kind: 'teach'; readonly recipe: (typeof jobRecipes)[number]; readonly name: string };

type Of<Kind extends JobKind> = Omit<Extract<JobRequest, { readonly kind: Kind }>, 'kind'>;

const model = shortString(200);
const pull = { model };
const assess = {
  model,
  policy: optional(z.enum(jobPolicies, { error: `one of ${jobPolicies.join(', ')}` })),
};
const teach = {
  recipe: z.enum(jobRecipes, { error: `one of ${jobRecipes.join(', ')}` }),
  name: z.string().regex(/^[a-z0-9][a-z0-9-]{0,39}$/, { error: 'a name of small letters, digits and -' }),
};

export const pullJobRequest: z.ZodType<Of<'pull'>> = z.strictObject(pull);
export const assessJobRequest: z.ZodType<Of<'assess'>> = z.strictObject(assess);
export const teachJobRequest: z.ZodType<Of<'teach'>> = z.strictObject(teach);

/** What a job was asked to do. */
export const jobRequest: z.ZodType<JobRequest> = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('pull'), ...pull }),
  z.strictObject({ kind: z.literal('assess'), ...assess }),
  z.strictObject({ kind: z.literal('teach'), ...teach }),
]);

export type JobProgress = {
  readonly doing: string;
  /** All null where parts cannot be counted. */
  readonly done: number | null;
  readonly total: number | null;
  readonly unit: string | null;
  readonly seconds_left: number | null;
  readonly detail: string | null;
  /** While an assessment tries the criteria of a policy: how they stand. Absent for other work. */
  readonly criteria?: readonly JobCriterion[];
};

/** A criterion whose bound closes in on its threshold. */
export type JobCriterion = Pick<
  AssessedCriterion,
  'name' | 'state' | 'estimate' | 'bound' | 'trials' | 'unassessed'
> & {
  readonly metric: Exclude<AssessedCriterion['metric'], 'check'>;
  readonly side: 'at-most' | 'at-least';
  readonly threshold: number;
  /** How many trials decide it at the most. */
  readonly planned: number;
};

/** Of a step of training; accuracy and reward where completions were sampled. */
export type JobPoint = {
  readonly stage: string;
  readonly step: number;
  readonly loss: number;
  readonly accuracy: number | null;
  readonly reward: number | null;
};

/** A held-out problem as the weights after so many steps complete it, for recipes that watch some. */
export type JobSample = {
  readonly stage: string;
  readonly step: number;
  readonly prompt: string;
  readonly text: string;
  readonly tokens: number;
  /** Null where nothing could be checked. */
  readonly correct: boolean | null;
  /** False where the room was used up. */
  readonly stopped: boolean;
};

export type JobBody = {
  readonly id: string;
  readonly object: 'job';
  readonly request: JobRequest;
  readonly state: JobState;
  readonly started_by: string;
  readonly created_at: number;
  readonly began_at: number | null;
  readonly ended_at: number | null;
  /** Somebody has asked for its end, which is not there yet. */
  readonly ending: boolean;
  readonly progress: JobProgress | null;
  /** Of the training, thinned out as they become many. */
  readonly points: readonly JobPoint[];
  /** The same problem at several steps of a training, thinned out likewise. */
  readonly samples: readonly JobSample[];
  /** The last lines of what it said. */
  readonly log: readonly string[];
  /** Null unless it succeeded. */
  readonly result: {
    readonly model: string;
    readonly assessment: string | null;
    readonly verdict: 'pass' | 'fail' | 'inconclusive' | null;
  } | null;
  /** Why it failed. */
  readonly problem: { readonly code: string; readonly message: string; readonly fix: string | null } | null;
};

const time = z.int().min(0);
const number = z.number().nullable();
const text = z.string().nullable();

const criterion: z.ZodType<JobCriterion> = z.strictObject({
  ...{ name: z.string(), metric: z.enum(['answer-rate', 'reasoning-rate', 'paired-difference']) },
  ...{ side: z.enum(['at-most', 'at-least']), threshold: z.number() },
  state: z.enum(['met', 'not-met', 'undecided']),
  ...{ estimate: number, bound: number, trials: time, unassessed: time, planned: time },
});

export const jobReply: z.ZodType<JobBody> = z.strictObject({
  ...{ id: z.string(), object: z.literal('job'), request: jobRequest, started_by: z.string() },
  state: z.enum(['queued', 'running', 'succeeded', 'failed', 'cancelled', 'broken-off']),
  ...{ created_at: time, began_at: time.nullable(), ended_at: time.nullable(), ending: z.boolean() },
  progress: z
    .strictObject({
      ...{ doing: z.string(), done: number, total: number, unit: text, seconds_left: number, detail: text },
      criteria: z.array(criterion).exactOptional(),
    })
    .nullable(),
  points: z.array(
    z.strictObject({
      ...{ stage: z.string(), step: z.int().min(0), loss: z.number(), accuracy: number, reward: number },
    }),
  ),
  samples: z.array(
    z.strictObject({
      ...{ stage: z.string(), step: z.int().min(0), prompt: z.string(), text: z.string(), tokens: time },
      ...{ correct: z.boolean().nullable(), stopped: z.boolean() },
    }),
  ),
  log: z.array(z.string()),
  result: z
    .strictObject({
      ...{ model: z.string(), assessment: text },
      verdict: z.enum(['pass', 'fail', 'inconclusive']).nullable(),
    })
    .nullable(),
  problem: z.strictObject({ code: z.string(), message: z.string(), fix: text }).nullable(),
});
