// Our engine with everything on its way: scheduler and runtime in the child process, events over the channel.
import { systemClock } from '../../src/base/index.ts';
import { createLlamaEngine } from '../../src/engine/index.ts';
import {
  contextLength,
  cpuMillisecondsOf,
  type Measured,
  type Side,
  sequences,
  type Workload,
} from './side.ts';

export async function startOurs(modelPath: string): Promise<Side> {
  // A machine that others keep busy may be very slow; that is no reason to stop here.
  const limits = { stepMs: 600_000, silenceMs: 600_000 };
  const options = { model: 'bench', modelPath, compared: [], slots: sequences, contextLength, limits };
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
  const cpuMilliseconds = (): number | null => {
    const child = cpuMillisecondsOf(engine.processId());
    const { user, system } = process.cpuUsage();
    return child === null ? null : child + (user + system) / 1000;
  };
  return { run, cpuMilliseconds, [Symbol.asyncDispose]: () => engine[Symbol.asyncDispose]() };
}
