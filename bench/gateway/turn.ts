// What one turn costs without any HTTP: the scripted engine and `converse` alone, in this process. Subtracted from our
// CPU per request it leaves the gateway itself.
import { createScriptedEngine } from '../../src/engine/index.ts';
import { tiegelTemplate } from '../../src/formats/index.ts';
import { converse } from '../../src/reasoning/index.ts';
import { prompt, reply } from './workload.ts';

/** CPU microseconds per turn, `atOnce` of them at a time. */
export async function turnCpu(turns: number, atOnce: number): Promise<number> {
  await using engine = createScriptedEngine({ model: 'instant', reply: () => reply, slots: atOnce });
  const request = {
    template: tiegelTemplate,
    messages: [{ role: 'user', content: prompt }],
    thinking: { mode: 'open', budget: null },
    maxTokens: 200,
    sampling: { temperature: 0.6, topP: 0.95 },
    stop: [],
  } as const;
  const before = process.cpuUsage();
  for (let done = 0; done < turns; done += atOnce) {
    const { signal } = new AbortController();
    await Promise.all(Array.from({ length: atOnce }, () => drain(converse(engine, request, signal).parts)));
  }
  const { user, system } = process.cpuUsage(before);
  return (user + system) / turns;
}

async function drain(batches: AsyncIterable<unknown>): Promise<void> {
  for await (const _ of batches);
}
