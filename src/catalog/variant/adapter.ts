// LoRA adapters (Hu et al., 2021) in GGUF, as llama.cpp's convert_lora_to_gguf.py writes them: for a weight W [out, in] a pair
// A [rank, in] and B [out, rank], which make it W + alpha / rank · B A. Checked against the base by the bounded reader before
// native code reads them. llama.cpp passes over norms and knows adapters that begin at certain tokens; both are refused.
import { TiegelError } from '../../base/index.ts';
import { type Gguf, openGguf, optionalString } from '../../formats/index.ts';

/** What an adapter says of itself. */
export type AdapterFacts = { readonly license: string | null };

/** The last two name what an adapter is for; llama.cpp computes nothing from them. */
const adapterKeys: ReadonlySet<string> = new Set([
  ...['adapter.type', 'adapter.lora.alpha', 'adapter.lora.task_name', 'adapter.lora.prompt_prefix'],
]);

const embedding = 'token_embd.weight';

export function isAdapter(gguf: Gguf): boolean {
  return optionalString(gguf, 'general.type') === 'adapter';
}

/**
 * Checks that a file is an adapter for the model in another one.
 *
 * @throws TGL_ADAPTER_INVALID, TGL_GGUF_INVALID, TGL_GGUF_UNSUPPORTED
 */
export function inspectAdapter(path: string, basePath: string): AdapterFacts {
  const refuse = (problem: string): never => {
    throw new TiegelError('TGL_ADAPTER_INVALID', { problem });
  };
  using adapter = openGguf(path);
  using base = openGguf(basePath);
  const [kind, architecture] = ['adapter.type', 'general.architecture'].map((key) =>
    optionalString(adapter, key),
  );
  if (!isAdapter(adapter)) refuse('the file holds no adapter');
  if (kind !== 'lora' || adapter.metadata.has('adapter.alora.invocation_tokens'))
    refuse('only adapters of the kind lora are read, which hold for every token');
  if (architecture !== optionalString(base, 'general.architecture'))
    refuse(`it is for the architecture ${architecture}, another one than its base's`);
  const unknown = adapter.metadata.keys().find((key) => key.startsWith('adapter.') && !adapterKeys.has(key));
  if (unknown !== undefined) refuse(`the key ${unknown} is unknown`);
  const alpha = adapter.metadata.get('adapter.lora.alpha');
  // llama.cpp takes 0 for none, and then scales by 1.
  if (alpha?.type !== 'float32' || !Number.isFinite(alpha.value) || alpha.value === 0)
    refuse('it states no alpha');

  const shapes = new Map(adapter.tensors.map(({ name, shape }) => [name, shape]));
  if (shapes.size === 0) refuse('it holds no tensors');
  for (const name of shapes.keys()) {
    const [, weight, half] = /^(.+)\.lora_([ab])$/.exec(name) ?? refuse(`it holds the tensor ${name}`);
    const other = `${weight}.lora_${half === 'a' ? 'b' : 'a'}`;
    if (!shapes.has(other)) refuse(`${name} stands without ${other}`);
  }
  for (const { name, shape } of adapter.tensors.filter(({ name }) => name.endsWith('.lora_a'))) {
    const weight = name.slice(0, -'.lora_a'.length);
    const whole = base.tensors.find((tensor) => tensor.name === weight)?.shape;
    const problem = shapeProblem(weight, shape, shapes.get(`${weight}.lora_b`) ?? [], whole);
    if (problem !== undefined) refuse(problem);
  }
  return { license: optionalString(adapter, 'general.license')?.slice(0, 1024).toWellFormed() ?? null };
}

/** Shapes in ggml's order: the row length first. The embedding is looked up by rows, so that its A is turned. */
function shapeProblem(
  weight: string,
  [aLength, aRows, ...aMore]: readonly number[],
  [bLength, bRows, ...bMore]: readonly number[],
  whole: readonly number[] | undefined,
): string | undefined {
  if (whole === undefined) return `its base has no tensor ${weight}`;
  const [length, rows, ...more] = whole;
  if (aMore.length + bMore.length + more.length > 0) return `${weight} is no matrix`;
  const [into, from, rank, same] =
    weight === embedding ? [aRows, bRows, aLength, bLength] : [bRows, aLength, aRows, bLength];
  const [wantedInto, wantedFrom] = [rows, length];
  if (into === wantedInto && from === wantedFrom && rank === same) return undefined;
  return `its part of ${weight} does not have the shape of its base`;
}
