// Our engine with everything on its way: scheduler and runtime in the child process, events over the channel.
import { systemClock } from '../../src/base/index.ts';
import { createLlamaEngine, type LlamaEngine } from '../../src/engine/index.ts';
import {
  contextLength,
  cpuMillisecondsOf,
  type Measured,
  type Side,
  sequences,
  type Workload,
} from './side.ts';

/** A machine that others keep busy may be very slow; that is no reason to stop. */
export const patience = { stepMs: 600_000, silenceMs: 600_000 };

export async function startOurs(modelPath: string): Promise<Side> {
  const options = {
    model: 'bench',
    modelPath,
    compared: [],
    slots: sequences,
    contextLength,
    limits: patience,
  };
  const engine = await createLlamaEngine(options);
  const run = async ({ prompts, maxTokens }: Workload): Promise<Measured> => {
    const started = systemClock.monotonic();
    const counts = prompts.map(async (prompt) => {
      let tokens = 0;
      const events = engine.generate({ prompt, maxTokens, sampling: { temperature: 0, topP: 1 } });
      for await (const batch of events)
        for (const event of batch) {
          // The token that ends a turn is computed like any other, and llama-server counts it.
          if (event.type === 'token' || (event.type === 'end' && event.reason === 'stop')) tokens++;
        }
      return tokens;
    });
    const tokens = (await Promise.all(counts)).reduce((sum, count) => sum + count, 0);
    return { tokens, milliseconds: systemClock.monotonic() - started };
  };
  return {
    run,
    cpuMilliseconds: () => cpuOfEngine(engine),
    [Symbol.asyncDispose]: () => engine[Symbol.asyncDispose](),
  };
}

/** Of this process and the engine's. */
export function cpuOfEngine(engine: LlamaEngine): number | null {
  const child = cpuMillisecondsOf(engine.processId());
  const { user, system } = process.cpuUsage();
  return child === null ? null : child + (user + system) / 1000;
}
