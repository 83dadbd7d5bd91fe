// Numbers that look drawn at random to whoever has not the key, and can be computed again by whoever has it: one a token behind
// a context. What a marked sampler draws with, and what a test for the mark compares with.
import { createCipheriv, createHash } from 'node:crypto';

export type KeyedUniforms = {
  /**
   * Uniform in (0, 1), with 52 bits: AES-256 of the context's SHA-256, cut to 96 bits, and the token.
   * @param context token ids. @param tokens ids, 32 bits each. @returns one number a token
   */
  readonly behind: (context: readonly number[], tokens: readonly number[]) => Float64Array;
  /** The same for tokens of any contexts. @param blocks of {@link keyedBlocks} @returns one number a block */
  readonly of: (blocks: Uint8Array) => Float64Array;
};

/** Of AES-256. */
const keyBytes = 32;

/** @param key 32 bytes. @throws RangeError for another length */
export function createKeyedUniforms(key: Uint8Array): KeyedUniforms {
  if (key.length !== keyBytes)
    throw new RangeError(`a key has ${keyBytes} bytes, and this one ${key.length}`);
  const cipher = createCipheriv('aes-256-ecb', key, null).setAutoPadding(false);
  const of = (blocks: Uint8Array): Float64Array => {
    const drawn = cipher.update(blocks);
    const uniforms = new Float64Array(blocks.length / blockBytes);
    for (let index = 0; index < uniforms.length; index++) {
      const high = drawn.readUInt32LE(blockBytes * index);
      const low = drawn.readUInt32LE(blockBytes * index + 4);
      uniforms[index] = (high * 2 ** 20 + (low >>> 12) + 0.5) / 2 ** 52;
    }
    return uniforms;
  };
  return { of, behind: (context, tokens) => of(keyedBlocks(context, tokens)) };
}

const blockBytes = 16;

/** What a cipher makes numbers of: a block for each token behind the context, the same for all keys. */
export function keyedBlocks(context: readonly number[], tokens: readonly number[]): Uint8Array {
  const hash = createHash('sha256').update(Int32Array.from(context)).digest();
  const blocks = Buffer.alloc(blockBytes * tokens.length);
  for (const [index, token] of tokens.entries()) {
    hash.copy(blocks, blockBytes * index, 0, blockBytes - 4);
    blocks.writeUInt32LE(token >>> 0, blockBytes * (index + 1) - 4);
  }
  return blocks;
}
