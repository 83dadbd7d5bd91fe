// The runtime's own loop, `LlamaContextSequence.evaluate`, in a process of its own that nothing else disturbs. Tokens
// are counted where they are made: no channel, no text.
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { getLlama, LlamaLogLevel } from 'node-llama-cpp';
import { systemClock } from '../../src/base/index.ts';
import {
  contextLength,
  cpuMillisecondsOf,
  type Measured,
  type Side,
  sequences,
  type Workload,
} from './side.ts';

/** As in the engine: below this size one thread is faster. */
const singleThreadBytes = 50e6;

export async function startEvaluate(modelPath: string): Promise<Side> {
  const child = fork(fileURLToPath(import.meta.url), [modelPath], {
    execArgv: [],
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
  });
  await once(child, 'message');
  return {
    run: async (workload) => {
      child.send(workload);
      const [measured] = (await once(child, 'message')) as [Measured];
      return measured;
    },
    cpuMilliseconds: () => cpuMillisecondsOf(child.pid),
    [Symbol.asyncDispose]: async () => {
      child.kill('SIGKILL');
      await once(child, 'close');
    },
  };
}

async function serve(modelPath: string): Promise<void> {
  const llama = await getLlama({
    gpu: 'auto',
    build: 'never',
    skipDownload: true,
    progressLogs: false,
    logLevel: LlamaLogLevel.error,
  });
  const model = await llama.loadModel({ modelPath });
  const threads = model.size < singleThreadBytes ? 1 : llama.cpuMathCores;
  const context = await model.createContext({
    sequences,
    contextSize: contextLength,
    batchSize: 128,
    threads,
    failedCreationRemedy: false,
  });
  const slots = Array.from({ length: sequences }, () => context.getSequence());

  process.on('message', async ({ prompts, maxTokens }: Workload) => {
    for (const slot of slots) await slot.clearHistory();
    const started = systemClock.monotonic();
    const counts = prompts.map(async (prompt, index) => {
      const tokens = prompt.flatMap(({ text, special }) => model.tokenize(text, special));
      let count = 0;
      for await (const _ of slots[index]!.evaluate(tokens, { temperature: 0 }))
        if (++count === maxTokens) break;
      return count;
    });
    const tokens = (await Promise.all(counts)).reduce((sum, count) => sum + count, 0);
    process.send?.({ tokens, milliseconds: systemClock.monotonic() - started });
  });
  process.send?.('ready');
}

if (process.argv[1] === fileURLToPath(import.meta.url)) await serve(process.argv[2] as string);
