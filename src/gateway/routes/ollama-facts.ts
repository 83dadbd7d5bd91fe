// What Ollama's routes tell of a model: of one on this machine, what its manifest says; of one on a server, what is known.
import type { AdmittedRemote, AdmittedVariant } from '../../catalog/index.ts';
import { tensorTypes } from '../../formats/index.ts';
import type { ServedModel } from '../access/served-model.ts';

export type OllamaDetails = {
  readonly parent_model: string;
  readonly format: string;
  readonly family: string;
  readonly families: readonly string[];
  readonly parameter_size: string;
  readonly quantization_level: string;
};

/** Members of an entry in a list of models. */
export type OllamaEntry = {
  readonly name: string;
  readonly model: string;
  readonly modified_at: string;
  /** Bytes of its files; 0 where they are on a server. */
  readonly size: number;
  /** SHA-256 of the weights, or the admission key of a model on a server. */
  readonly digest: string;
  readonly details: OllamaDetails;
};

export function entryOf(name: string, { admitted, created }: ServedModel): OllamaEntry {
  const manifest = manifestOf(admitted);
  const adapters = manifest?.adapters ?? [];
  return {
    name,
    model: name,
    modified_at: new Date(created).toISOString(),
    size: [manifest?.weights, ...adapters].reduce((sum, file) => sum + (file?.bytes ?? 0), 0),
    digest: manifest?.weights.digest ?? admitted.admissionKey,
    details: detailsOf(admitted),
  };
}

export function detailsOf(admitted: ServedModel['admitted']): OllamaDetails {
  const manifest = manifestOf(admitted);
  const family = manifest?.architecture ?? '';
  return {
    parent_model: '',
    format: manifest === undefined ? 'remote' : 'gguf',
    family,
    families: family === '' ? [] : [family],
    parameter_size:
      manifest === undefined ? '' : parameterSize(manifest.weights.bytes, manifest.quantisation),
    quantization_level: manifest?.quantisation ?? '',
  };
}

/** The manifest of a model on this machine. */
export function manifestOf(
  admitted: AdmittedVariant | AdmittedRemote,
): AdmittedVariant['variant']['manifest'] | undefined {
  return 'variant' in admitted ? admitted.variant.manifest : undefined;
}

/** In Ollama's words, such as `1.8B`, by the size of the file and the type of most of its tensors; about. */
function parameterSize(bytes: number, quantisation: string): string {
  const type = Object.hasOwn(tensorTypes, quantisation)
    ? tensorTypes[quantisation as keyof typeof tensorTypes]
    : undefined;
  if (type === undefined) return '';
  const parameters = (bytes / type.blockBytes) * type.blockLength;
  const [unit, divisor] =
    parameters >= 1e9
      ? (['B', 1e9] as const)
      : parameters >= 1e6
        ? (['M', 1e6] as const)
        : (['K', 1e3] as const);
  return `${(parameters / divisor).toFixed(1)}${unit}`;
}
