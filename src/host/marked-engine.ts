// An engine all of whose replies are drawn by a key, unknown to whoever asks it.
import type { Engine, GenerateRequest } from '../engine/index.ts';
import { servedWatermark } from './served-watermark.ts';

/** @param keyNow 32 bytes in hexadecimal, asked for each request. */
export function markedEngine<Kind extends Engine>(engine: Kind, keyNow: () => string): Kind {
  const { within } = engine;
  return {
    ...engine,
    generate: (request: GenerateRequest, signal?: AbortSignal) =>
      engine.generate({ ...request, watermark: { ...servedWatermark, key: keyNow() } }, signal),
    ...(within !== undefined && {
      within: (replicas: readonly number[]) => markedEngine(within(replicas), keyNow),
    }),
  };
}
