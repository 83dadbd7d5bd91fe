// What the native runtime is and computes, asked of a child process that lives for one question.
import { startChild } from './child-process.ts';
import type { RuntimeFacts } from './protocol.ts';

/** The text that names a runtime in the admission key. */
export function runtimeBuildOf({ binding, llamaCpp, gpu }: RuntimeFacts): string {
  return `koffi ${binding} / llama.cpp ${llamaCpp} / gpu ${gpu}`;
}

/**
 * Versions, devices and instruction sets of the runtime on this machine, for `tiegel doctor`. Loads no model; takes
 * about a second.
 *
 * @throws TGL_ENGINE_START_FAILED when the runtime cannot be loaded here, TGL_RUNTIME_UNKNOWN
 */
export async function llamaDoctor(): Promise<RuntimeFacts> {
  const child = startChild({ model: 'the runtime check' });
  try {
    return (await child.ask({ type: 'describe' }, 'facts')).facts;
  } finally {
    child.kill('the question was answered');
    await child.ended;
  }
}

/**
 * The `runtimeBuild` that a llama engine has on this machine, without loading a model.
 *
 * @throws TGL_ENGINE_START_FAILED
 */
export async function llamaRuntimeBuild(): Promise<string> {
  return runtimeBuildOf(await llamaDoctor());
}

/**
 * Raw logits after the last token of each prompt, one vector of the vocabulary's size a prompt, computed on the CPU
 * with an F32 cache. For comparison with another implementation of the same model.
 *
 * @param adapterPaths adapters that are applied to the model.
 * @throws TGL_ENGINE_START_FAILED when a file cannot be loaded or evaluated.
 */
export async function evaluateLogits(
  modelPath: string,
  prompts: readonly (readonly number[])[],
  adapterPaths: readonly string[] = [],
): Promise<Float32Array[]> {
  const child = startChild({ model: modelPath });
  try {
    const command = { type: 'logits', modelPath, adapterPaths, prompts } as const;
    const { logits } = await child.ask(command, 'logits');
    return logits.map((values) => Float32Array.from(values));
  } finally {
    child.kill('the question was answered');
    await child.ended;
  }
}

/**
 * The token ids that a model has for texts; what looks like a control token in them is text.
 *
 * @throws TGL_ENGINE_START_FAILED when the file cannot be loaded
 */
export async function tokenizeTexts(
  modelPath: string,
  texts: readonly string[],
): Promise<readonly (readonly number[])[]> {
  const child = startChild({ model: modelPath });
  try {
    return (await child.ask({ type: 'tokenize', modelPath, texts }, 'tokens')).tokens;
  } finally {
    child.kill('the question was answered');
    await child.ended;
  }
}
