// What there is to draw from: prompts of all kinds with their features, clients, and prompts of extraction in their wrappers.
import { createLibrary } from './accounts.ts';
import { readClients } from './clients.ts';
import { type Corpus, corpora, extractionPrompts, type Wrapping, wrappers } from './extraction.ts';
import { honestKinds } from './kinds.ts';
import type { Stolen, World } from './rotation.ts';

export function worldOf(data: string, mostRequests: number): World {
  const library = createLibrary();
  const tenants = honestKinds(data).map((kind) => ({ ...kind, prompts: library.add(kind.prompts) }));
  const half = (which: 0 | 1): Stolen => {
    const prompts = extractionPrompts(data, which);
    const wrapped = (corpus: Corpus, wrapping: Wrapping) =>
      wrappers[wrapping].map((wrap) => library.add(prompts[corpus].map(wrap)));
    return Object.fromEntries(
      corpora.map((corpus) => [
        corpus,
        {
          none: wrapped(corpus, 'none'),
          known: wrapped(corpus, 'known'),
          unknown: which === 0 ? [] : wrapped(corpus, 'unknown'),
        },
      ]),
    ) as unknown as Stolen;
  };
  return {
    ...{ library, tenants, mostRequests },
    clients: readClients(data),
    stolen: [half(0), half(1)],
    // The fewest that allow an alarm at 0.001.
    calibrationWeeks: 1020,
  };
}

export function dataDirectory(): string {
  const { TIEGEL_DATA } = process.env;
  if (TIEGEL_DATA === undefined) throw new Error('Set TIEGEL_DATA to the directory of the validation data.');
  return TIEGEL_DATA;
}
