// The stage `distil`: a student learns from a teacher, either by imitating its completions that the verifier accepts
// (`traces`) or by matching its distribution on the student's own completions (`on-policy`, with controls).
import { z } from 'zod';
import type { OpenedTeacher } from '../distil/local-teacher.ts';
import { distilOnPolicy } from '../distil/on-policy.ts';
import { gatherRemoteTraces, openRemoteTeacher } from '../distil/remote-traces.ts';
import { permittedTeacher } from '../distil/teacher-terms.ts';
import { sampleAndImitate } from '../reject.ts';
import { rejectionResult, trainingResult } from '../stage-result.ts';
import { compareWithControls } from './arms.ts';
import { type Controls, trainControls } from './controls.ts';
import {
  count,
  type KeepingFields,
  keepingFields,
  type SamplingControl,
  type SamplingFields,
  type SftControl,
  samplingControl,
  samplingFields,
  sftControl,
  share,
  type TrainingFields,
  trainingFields,
} from './fields.ts';
import {
  type Run,
  type StageInput,
  type StageKind,
  type StageOutput,
  samplingOptions,
} from './stage-kind.ts';

/** A model whose weights are on this machine: a run directory or a GGUF file, with the vocabulary of students. */
export type LocalTeacher = {
  readonly from: string;
  /** The permission under which its outputs are used, in the operator's words; needed where its terms give none. */
  readonly permission?: string | undefined;
};

/** A model behind an OpenAI-compatible server, such as Tiegel's own. */
export type RemoteTeacher = {
  readonly endpoint: string;
  readonly model: string;
  /** Kind of server, as `tiegel remote add` knows them. */
  readonly server: string;
  /** The endpoint may be an address of this machine or network. */
  readonly allowPrivate?: boolean | undefined;
  /** Environment variable that holds the key. */
  readonly keyVariable?: string | undefined;
  readonly contextLength: number;
  /** Licence of the model as the operator knows it, by its SPDX name. */
  readonly licence?: string | undefined;
  readonly permission?: string | undefined;
};

export type TraceDistilStage = TrainingFields &
  SamplingFields &
  KeepingFields & {
    readonly stage: 'distil';
    readonly method: 'traces';
    readonly teacher: LocalTeacher | RemoteTeacher;
    readonly problems: number;
  };

export type OnPolicyDistilStage = TrainingFields &
  SamplingFields & {
    readonly stage: 'distil';
    readonly method: 'on-policy';
    readonly teacher: LocalTeacher;
    readonly steps: number;
    /** Prompts per step. */
    readonly problems: number;
    /** β of GKD's divergence: 0 is forward KL(T ‖ S), 1 is reverse KL(S ‖ T). */
    readonly beta: number;
    /** Other ways to spend the same compute; each is trained from the same start and evaluated. */
    readonly controls?: DistilControls | undefined;
  };

export type DistilStage = TraceDistilStage | OnPolicyDistilStage;

export type DistilControls = {
  /** SFT goes on without a teacher. */
  readonly sft?: SftControl | undefined;
  /** SFT on traces of the teacher that the verifier accepts. */
  readonly traces?: SamplingControl | undefined;
};

const permission = z.string().min(10, 'says nothing').max(1000).optional();
const localTeacher = z.strictObject({ from: z.string().min(1), permission });
const remoteTeacher = z.strictObject({
  endpoint: z.url({ protocol: /^https?$/ }),
  model: z.string().min(1),
  server: z.string(),
  allowPrivate: z.boolean().optional(),
  keyVariable: z.string().min(1).optional(),
  contextLength: count(2 ** 24),
  licence: z.string().min(1).max(200).optional(),
  permission,
});

const schema = z.discriminatedUnion('method', [
  z.strictObject({
    ...trainingFields,
    ...samplingFields,
    stage: z.literal('distil'),
    method: z.literal('traces'),
    teacher: z.union([localTeacher, remoteTeacher]),
    problems: count(1_000_000),
    ...keepingFields,
  }),
  z.strictObject({
    ...trainingFields,
    ...samplingFields,
    stage: z.literal('distil'),
    method: z.literal('on-policy'),
    teacher: localTeacher,
    steps: count(1_000_000),
    problems: count(4096),
    beta: share,
    controls: z.strictObject({ sft: sftControl.optional(), traces: samplingControl.optional() }).optional(),
  }),
]);

export const distilStage: StageKind<DistilStage> = {
  schema,
  imitatesData: (stage) => stage.method === 'on-policy' && stage.controls?.sft !== undefined,
  async check({ teacher }) {
    await permittedTeacher(teacher);
  },
  run: (run, { stage, ...input }) =>
    stage.method === 'traces' ? runTraces(run, { ...input, stage }) : runOnPolicy(run, { ...input, stage }),
};

async function runTraces(run: Run, input: StageInput<TraceDistilStage>): Promise<StageOutput> {
  const { stage, directory } = input;
  const { context, tokenizer } = run;
  const sampling = samplingOptions(run, input);
  if ('endpoint' in stage.teacher) {
    const { clock, signal } = context;
    await using engine = openRemoteTeacher(stage.teacher, { clock, offline: run.offline, keyIn: run.keyIn });
    const { contextLength } = context.shape;
    await gatherRemoteTraces(engine, stage, { ...sampling, tokenizer, contextLength, signal });
  }
  const rejection = await sampleAndImitate(context, {
    ...stage,
    ...sampling,
    teacherParameters: run.teacher?.parameters,
    until: { problems: stage.problems },
  });
  const teacher = await permittedTeacher(stage.teacher);
  const result = { ...rejectionResult('distil', stage.name, directory, rejection), teacher };
  return { result, values: rejection.training.values };
}

async function runOnPolicy(run: Run, input: StageInput<OnPolicyDistilStage>): Promise<StageOutput> {
  const { stage, directory } = input;
  const { parameters: teacherParameters } = run.teacher as OpenedTeacher;
  const options = { ...samplingOptions(run, input), teacherParameters };
  const training = await distilOnPolicy(run.context, stage, options);
  const teacher = await permittedTeacher(stage.teacher);
  const result = { ...trainingResult('distil', stage.name, directory, training), teacher };
  if (!stage.controls) return { result, values: training.values };
  const terms = controlsOf(stage, teacherParameters);
  const controls = await trainControls(run, input, terms, training.state.flops);
  const arms = await compareWithControls(run, input, controls, training);
  return { result: { ...result, arms }, values: training.values };
}

/** Start of the control's samples, far beyond those of any `sft` stage and of other controls. */
const firstControlSample = 2 ** 41;
/** Separates the control's draw of problems from those of all stages. */
const controlDrawIndex = 1_000_001;

/** The teacher's compute counts, in the stage and in its controls. */
function controlsOf({ controls }: OnPolicyDistilStage, teacherParameters: number): Controls {
  return {
    sft: { control: controls?.sft, name: 'without-teacher', firstSample: firstControlSample },
    accepted: controls?.traces
      ? [
          {
            control: controls.traces,
            name: 'verified-traces',
            drawIndex: controlDrawIndex,
            teacherParameters,
          },
        ]
      : [],
  };
}
