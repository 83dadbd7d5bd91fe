// Foundry Local's names of models, which say what a model runs on.

export type Device = 'CPU' | 'GPU' | 'NPU';

/** What the name of one of its models says: `qwen2.5-7b-instruct-qnn-npu:2` runs on an NPU, by QNN. */
export function deviceInName(id: string): {
  readonly device: Device | null;
  readonly provider: string | null;
} {
  const [, provider, device] = /-([a-z0-9]+)-(cpu|gpu|npu)(?::\d+)?$/.exec(id.toLowerCase()) ?? [];
  return { device: deviceOf(device ?? ''), provider: provider?.toUpperCase() ?? null };
}

/** @param text in any case */
export function deviceOf(text: string): Device | null {
  return (['CPU', 'GPU', 'NPU'] as const).find((device) => device === text.toUpperCase()) ?? null;
}
