// Randomised exposure: where a reply can say the same in several ways, a keyed coin chose the way that was served. A model that
// never saw the replies hits the coins by chance alone, by our own drawing and whatever it is; it survives a paraphrase.
import { createHash, createHmac } from 'node:crypto';
import { hitsTail } from '../../stats/index.ts';
import {
  type Choose,
  generatorNamed,
  generators,
  type StreamedText,
  streamedGenerators,
} from './generators/generators.ts';

/**
 * The way that the key chooses for one place of the replies to a prompt. Of 48 bits, so that the ways differ in chance by less
 * than 2^-40.
 */
function coinsOf(key: Uint8Array, generator: string, prompt: string): Choose {
  const asked = normalised(prompt);
  return (item, ways) => {
    const said = [generator, asked, item].join('\0');
    return createHmac('sha256', key).update(said).digest().readUIntBE(0, 6) % ways;
  };
}

/** Of longer prompts a digest is hashed with each place. */
const longestPrompt = 4000;

/** The same prompt for small changes of space and case. */
function normalised(prompt: string): string {
  const text = prompt.normalize('NFC').toLowerCase().replace(/\s+/g, ' ').trim();
  return text.length <= longestPrompt ? text : createHash('sha256').update(text).digest('hex');
}

/** A reply that says the same, in the ways that the key chooses. */
export function exposeReply(key: Uint8Array, prompt: string, reply: string): string {
  return generators.reduce(
    (text, { name, realise }) => realise(prompt, text, coinsOf(key, name, prompt)),
    reply,
  );
}

/** What {@link exposeReply} makes of replies while they are written, where a place can be seen before the whole reply is there. */
export function exposeWritten(key: Uint8Array, prompt: string): StreamedText {
  const steps = streamedGenerators.flatMap(
    ({ name, stream }) => stream?.(prompt, coinsOf(key, name, prompt)) ?? [],
  );
  return {
    push: (text) => steps.reduce((given, step) => step.push(given), text),
    keep: (text) => {
      for (const step of steps) step.keep(text);
    },
    end: () => steps.reduce((given, step) => step.push(given) + step.end(), ''),
  };
}

export type TrapReply = {
  /** Of the generator that realised it. */
  readonly generator: string;
  readonly prompt: string;
  /** Of the suspect. */
  readonly reply: string;
};

export type ExposureFinding = {
  /** Replies that were looked at, each prompt once. */
  readonly replies: number;
  /** Places at which a way could be read, each once. */
  readonly trials: number;
  readonly hits: number;
  /** Hits that chance gives on average. */
  readonly expected: number;
  readonly p: number;
};

/** Reading what a reply does never depends on the coin, so that given the replies each coin is as it was drawn. */
export function testExposure(key: Uint8Array, replies: readonly TrapReply[]): ExposureFinding {
  const seen = new Set<string>();
  const chances: number[] = [];
  let [read, hits] = [0, 0];
  for (const { generator, prompt, reply } of replies) {
    const asked = `${generator}\0${normalised(prompt)}`;
    if (seen.has(asked)) continue;
    seen.add(asked);
    read++;
    const coin = coinsOf(key, generator, prompt);
    for (const { item, way, ways } of generatorNamed(generator).read(prompt, reply)) {
      const place = `${asked}\0${item}`;
      if (seen.has(place)) continue;
      seen.add(place);
      chances.push(1 / ways);
      if (coin(item, ways) === way) hits++;
    }
  }
  const expected = chances.reduce((sum, chance) => sum + chance, 0);
  return { replies: read, trials: chances.length, hits, expected, p: hitsTail(hits, chances) };
}
