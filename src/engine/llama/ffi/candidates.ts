// The candidates that samplers choose from: tokens with their logits, a `llama_token_data_array` in native memory.
import koffi from 'koffi';
import type { TokenLogits } from '../marked-draw.ts';
import type { Pointer } from './interface.ts';

export type Candidates = {
  /** Of the array. */
  readonly address: Pointer;
  /** All tokens of a vocabulary. */
  readonly fill: (logits: Float32Array) => void;
  /** One token. */
  readonly hold: (token: number) => void;
  /** One that may follow is left. */
  readonly holdsAny: () => boolean;
  /** Those that may follow, in the order in which a chain left them. */
  readonly list: () => TokenLogits;
  /** What a chain chose; undefined where it chose nothing that may follow. */
  readonly selected: () => number | undefined;
};

/** Bytes of `llama_token_data`: id, logit, probability. */
const candidateBytes = 12;
/** Of `llama_token_data_array`: address, count, index of the chosen one, whether it is sorted. */
const arrayBytes = 32;

/** Never given back: there is one a vocabulary. @param room for so many. */
export function createCandidates(room: number): Candidates {
  const data = koffi.address(koffi.alloc('uint8_t', candidateBytes * room));
  const address = koffi.address(koffi.alloc('uint8_t', arrayBytes));
  const buffer = koffi.view(data, candidateBytes * room);
  const [ids, values] = [new Int32Array(buffer), new Float32Array(buffer)];
  const array = new DataView(koffi.view(address, arrayBytes));
  const count = (): number => Number(array.getBigUint64(8, true));
  const put = (index: number, token: number, logit: number): void => {
    ids[3 * index] = token;
    values[3 * index + 1] = logit;
    values[3 * index + 2] = 0;
  };
  const seal = (size: number): void => {
    array.setBigUint64(0, data, true);
    array.setBigUint64(8, BigInt(size), true);
    array.setBigInt64(16, -1n, true);
    array.setUint8(24, 0);
  };
  return {
    address,
    fill: (logits) => {
      for (let token = 0; token < room; token++) put(token, token, logits[token] as number);
      seal(room);
    },
    hold: (token) => {
      put(0, token, 1);
      seal(1);
    },
    holdsAny: () => {
      for (let index = 0; index < count(); index++)
        if (values[3 * index + 1] !== Number.NEGATIVE_INFINITY) return true;
      return false;
    },
    list: () => {
      // A sampler may have put them elsewhere.
      const bytes = koffi.view(array.getBigUint64(0, true), candidateBytes * count());
      const [tokens, logits] = [new Int32Array(bytes), new Float32Array(bytes)];
      const places = Array.from({ length: count() }, (_, index) => 3 * index);
      const allowed = places.filter((place) => logits[place + 1] !== Number.NEGATIVE_INFINITY);
      return {
        tokens: allowed.map((place) => tokens[place] as number),
        logits: allowed.map((place) => logits[place + 1] as number),
      };
    },
    selected: () => {
      const index = Number(array.getBigInt64(16, true));
      if (index < 0 || index >= count()) return undefined;
      // A sampler may have put them elsewhere.
      const chosen = array.getBigUint64(0, true) + BigInt(candidateBytes * index);
      const logit = koffi.decode.float(chosen + 4n);
      return logit === Number.NEGATIVE_INFINITY ? undefined : koffi.decode.int32(chosen);
    },
  };
}
