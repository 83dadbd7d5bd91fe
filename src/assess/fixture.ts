// A catalog with one small, sound model file, and engines that stand in for it: one knows the answers, one babbles.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { manualClock, seededRandom } from '../base/index.ts';
import { type Catalog, openCatalog, type ServingConfiguration, type Variant } from '../catalog/index.ts';
import { createScriptedEngine, type Engine, type ScriptedEngineOptions } from '../engine/index.ts';
import type { PromptPiece } from '../formats/index.ts';
import {
  buildVocabulary,
  createTokenizer,
  type GgufMetadata,
  qwen2Metadata,
  qwen2Tensors,
  type TransformerConfiguration,
  tiegelTemplate,
  writeGguf,
} from '../formats/index.ts';
import { heldOutProblems, taskNames } from '../tasks/index.ts';
import type { AssessOptions } from './run/assess-options.ts';
import type { ProbeBattery } from './terms/battery.ts';

export const serving: ServingConfiguration = {
  runtimeBuild: 'tiegel-scripted 1',
  sampling: { temperature: 0.6, topP: 0.95, maxTokens: 200 },
  thinkingBudget: null,
  systemPrompt: null,
  filters: [],
};

export const smallBattery: ProbeBattery = {
  name: 'small',
  version: '1',
  validDays: 1,
  probes: [
    { probe: 'file-review' },
    { probe: 'identity', seed: 1, promptsPerTask: 1, maxTokens: 8, temperatures: [0, 0.6] },
    {
      probe: 'capability',
      seed: 2,
      problemsPerTask: 20,
      confidence: 0.95,
      floors: { countdown: 0.4, multiplication: 0.7, 'chain-arithmetic': 0.7 },
    },
  ],
};

const configuration: Omit<TransformerConfiguration, 'vocabularySize'> = {
  width: 32,
  layers: 1,
  heads: 2,
  keyValueHeads: 1,
  feedForward: 32,
  contextLength: 256,
  ropeBase: 10_000,
  normEpsilon: 1e-6,
};

export type ModelChange = {
  readonly metadata?: (metadata: GgufMetadata) => GgufMetadata;
  readonly type?: 'F32' | 'F16' | 'Q8_0';
};

/** Writes a qwen2 file with random weights. */
export function writeRandomModel(path: string, change: ModelChange = {}): void {
  const { metadata = (same) => same, type = 'F32' } = change;
  const vocabulary = buildVocabulary([]);
  const whole = { ...configuration, vocabularySize: vocabulary.length };
  const description = { name: 'random', license: 'Apache-2.0', template: tiegelTemplate, type };
  writeGguf(path, {
    metadata: metadata(qwen2Metadata(whole, createTokenizer(vocabulary), description)),
    tensors: qwen2Tensors(whole).map(({ name, shape }, index) => {
      const random = seededRandom(1, index);
      const length = shape.reduce((product, dimension) => product * dimension, 1);
      return { name, shape, type, data: Float32Array.from({ length }, () => random.next() - 0.5) };
    }),
  });
}

type Reply = ScriptedEngineOptions['reply'];

/** Thinks and answers as the tasks' reference does, for every problem of the small battery. */
export function knowingReply(): Reply {
  const replies = new Map<string, readonly string[]>();
  for (const task of taskNames) {
    for (const [seed, count] of [
      [1, 1],
      [2, 20],
    ] as const) {
      for (const { prompt, trace, answer } of heldOutProblems(task, seed, count)) {
        replies.set(prompt, [trace, '\n', '</think>', '\n', answer]);
      }
    }
  }
  return ({ prompt = [] }) => replies.get(questionIn(prompt)) ?? ['never asked'];
}

function questionIn(prompt: readonly PromptPiece[]): string {
  return prompt.filter(({ special }) => !special).at(-1)?.text ?? '';
}

export const babblingReply: Reply = () => ['lo', 'rem', '</think>', 'ip', 'sum'];

export function scriptedEngine(options: Partial<ScriptedEngineOptions> = {}): Engine {
  return createScriptedEngine({ model: 'random', reply: knowingReply(), ...options });
}

export type Bench = Disposable & {
  readonly directory: string;
  readonly catalog: Catalog;
  readonly variant: Variant;
  /** Options of an assessment that passes, with changes. */
  readonly options: (change?: Partial<AssessOptions>) => AssessOptions;
};

/** @param write puts a GGUF file at the path; a sound one by default */
export async function bench(write: (path: string) => void = writeRandomModel): Promise<Bench> {
  const directory = mkdtempSync(join(tmpdir(), 'tiegel-assess-'));
  const path = join(directory, 'random.gguf');
  write(path);
  const clock = manualClock(Date.UTC(2026, 0, 1));
  const catalog = openCatalog({ home: join(directory, 'home'), clock });
  const variant = await catalog.variants.importFile(path, { name: 'random', source: 'a test' });
  return {
    directory,
    catalog,
    variant,
    options: (change) => ({
      catalog,
      variant,
      serving,
      startEngine: async () => scriptedEngine(),
      battery: smallBattery,
      clock,
      ...change,
    }),
    [Symbol.dispose]: () => rmSync(directory, { recursive: true, force: true }),
  };
}
