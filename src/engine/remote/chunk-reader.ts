// Chunks of one stream, most of which differ from the one before in the text of their delta alone. Whatever stands around
// that text is learnt from a chunk that was read in full; a chunk with the same surroundings is then read by position,
// without parsing it. Anything else is read in full.
import { type CompletionChunk, isFault, type ReadChunk, readChunk } from './completion-chunk.ts';

/** Reads the data of one event. @see readChunk */
export type ChunkReader = (data: string) => ReadChunk;

/** A chunk with its text taken out, from one place or from two. */
type Mould = {
  readonly segment: 'content' | 'reasoning';
  readonly head: string;
  /** What stands between two places. */
  readonly between: string | null;
  readonly tail: string;
};

/** What ends a JSON string or stands for something else within it. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: JSON strings must not hold them, so they are looked for.
const notPlain = /["\\\u0000-\u001f]/;

/** A server whose chunks differ elsewhere each time, so many of them in a row, is read in full from then on. */
const patience = 8;

/** Not to be found in a chunk by chance. */
const stranger = 'tiegel\u2042stranger';

export function createChunkReader(): ChunkReader {
  /** Reasoning and answers have surroundings of their own. */
  const moulds: Record<Mould['segment'], Mould | undefined> = { content: undefined, reasoning: undefined };
  let latest: Mould | undefined;
  /** Chunks in a row that were read in full although a mould was known. */
  let misfits = 0;

  return (data) => {
    const text = latest === undefined ? undefined : textWithin(data, latest);
    if (text !== undefined && latest !== undefined) {
      misfits = 0;
      return chunkOf(latest.segment, text);
    }
    const chunk = readChunk(data);
    if (isFault(chunk) || misfits >= patience) return chunk;
    if (latest !== undefined) misfits++;
    const segment = chunk.content === '' ? 'reasoning' : 'content';
    const known = moulds[segment];
    const mould = known !== undefined && textWithin(data, known) !== undefined ? known : mouldOf(data, chunk);
    if (mould !== undefined) {
      moulds[segment] = mould;
      latest = mould;
    }
    return chunk;
  };
}

const none: readonly never[] = [];

function chunkOf(segment: Mould['segment'], text: string): CompletionChunk {
  return {
    reasoning: segment === 'reasoning' ? text : '',
    content: segment === 'content' ? text : '',
    calls: none,
    finish: undefined,
    usage: undefined,
    likelihoods: none,
  };
}

/**
 * The text in the mould's places; undefined where the data are no cast of it, or none that is read without parsing. Slices
 * are compared because that takes a third of the time of `startsWith`.
 */
function textWithin(data: string, { head, between, tail }: Mould): string | undefined {
  const begin = head.length;
  const last = data.length - tail.length;
  const length = between === null ? last - begin : (last - begin - between.length) / 2;
  if (length <= 0 || !Number.isInteger(length)) return undefined;
  if (data.slice(0, begin) !== head || data.slice(last) !== tail) return undefined;
  const end = begin + length;
  const raw = data.slice(begin, end);
  if (between !== null) {
    const again = last - length;
    if (data.slice(end, again) !== between || data.slice(again, last) !== raw) return undefined;
  }
  return decoded(raw);
}

/** The text between the quotes of a JSON string; undefined where it is not the whole of one. */
function decoded(raw: string): string | undefined {
  if (!notPlain.test(raw)) return raw;
  try {
    const text: unknown = JSON.parse(`"${raw}"`);
    return typeof text === 'string' ? text : undefined;
  } catch {
    return undefined;
  }
}

/** Undefined where the chunk holds more than one text, or where that text stands in places that mean something else. */
function mouldOf(data: string, chunk: CompletionChunk): Mould | undefined {
  const segment = chunk.content === '' ? 'reasoning' : 'content';
  const text = chunk[segment];
  if (text === '' || !sameChunk(chunk, chunkOf(segment, text))) return undefined;
  const raw = JSON.stringify(text).slice(1, -1);
  const [head, ...others] = data.split(`"${raw}"`) as [string, ...string[]];
  // Some servers write reasoning under two names.
  if (others.length < 1 || others.length > 2) return undefined;
  // A name of a member, which another text would turn into another member.
  if (others.some((literal) => /^\s*:/.test(literal))) return undefined;
  const mould: Mould = {
    segment,
    head: `${head}"`,
    between: others.length === 2 ? `"${others[0]}"` : null,
    tail: `"${others.at(-1)}`,
  };
  const { between, tail } = mould;
  const cast = readChunk(mould.head + stranger + (between === null ? '' : between + stranger) + tail);
  return !isFault(cast) && sameChunk(cast, chunkOf(segment, stranger)) ? mould : undefined;
}

function sameChunk(one: CompletionChunk, other: CompletionChunk): boolean {
  return (
    one.content === other.content &&
    one.reasoning === other.reasoning &&
    one.finish === other.finish &&
    one.usage === other.usage &&
    one.calls.length + other.calls.length + one.likelihoods.length + other.likelihoods.length === 0
  );
}
