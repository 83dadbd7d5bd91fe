// A loaded model and its vocabulary.
import { type Fields, loadModes, type Pointer, tokenAttributes } from './interface.ts';
import type { Library } from './library.ts';

export type NativeModel = Disposable & {
  readonly pointer: Pointer;
  /** Bytes of its weights. */
  readonly size: number;
  readonly trainContextSize: number;
  /** Its past, or a part of it, is kept in a form from which single tokens cannot be taken back. */
  readonly isRecurrent: boolean;
  /** Values of a hidden state. */
  readonly width: number;
  readonly vocabulary: Vocabulary;
  /** A value of its metadata as text; undefined where it has none of that key. */
  readonly metadata: (key: string) => string | undefined;
};

export type Vocabulary = {
  readonly pointer: Pointer;
  readonly size: number;
  /** @param special whether the names of control tokens in it are those tokens. @throws Error */
  readonly tokenize: (text: string, special: boolean) => readonly number[];
  /** Bytes of a token's text; of a control token none unless `special`. The same array each time. */
  readonly piece: (token: number, special: boolean) => Uint8Array;
  /** Whether the model ends its turn with it. */
  readonly endsGeneration: (token: number) => boolean;
  /** A control token, or one that whoever made the vocabulary added by hand. */
  readonly isMarker: (token: number) => boolean;
  /** What texts begin and end with, where the model wants that; null for none. */
  readonly begin: number | null;
  readonly end: number | null;
  /** What may stand in for an empty text. */
  readonly filler: number;
};

export type ModelOptions = {
  /** Layers on a GPU; undefined as many as fit. */
  readonly gpuLayers?: number;
  /** Nothing but the vocabulary is read. */
  readonly vocabularyOnly?: boolean;
};

const longestMetadata = 1024;

/**
 * Reads the file and does not map it: what is written to it later changes nothing, and on a CPU the weights are stored
 * anew for its kernels besides, so that a mapped file would take the memory twice.
 *
 * @throws Error with what the runtime said of it
 */
export function loadModel(library: Library, path: string, options: ModelOptions = {}): NativeModel {
  const { call } = library;
  const parameters: Fields = {
    ...call.llama_model_default_params(),
    load_mode: loadModes.read,
    vocab_only: options.vocabularyOnly ?? false,
    ...(options.gpuLayers !== undefined && { n_gpu_layers: options.gpuLayers }),
  };
  const pointer = withReason(library, 'the model cannot be loaded', () =>
    call.llama_model_load_from_file(path, parameters),
  );
  return {
    pointer,
    size: Number(call.llama_model_size(pointer)),
    trainContextSize: call.llama_model_n_ctx_train(pointer),
    isRecurrent: call.llama_model_is_recurrent(pointer) || call.llama_model_is_hybrid(pointer),
    width: call.llama_model_n_embd_out(pointer),
    vocabulary: vocabularyOf(library, call.llama_model_get_vocab(pointer)),
    metadata: (key) => {
      const text = new Uint8Array(longestMetadata);
      const length = call.llama_model_meta_val_str(pointer, key, text, text.length);
      return length < 0 ? undefined : Buffer.from(text.subarray(0, length)).toString();
    },
    [Symbol.dispose]: () => call.llama_model_free(pointer),
  };
}

/** @throws Error with the last thing that the runtime called an error, where `run` gives no address */
export function withReason(library: Library, problem: string, run: () => Pointer | null): Pointer {
  const errors: string[] = [];
  const pointer = library.whileLogging((level, text) => {
    if (level === errorLevel && text.trim() !== '') errors.push(text.trim());
  }, run);
  if (pointer) return pointer;
  throw new Error(
    errors.length === 0 ? problem : `${problem}: ${errors.join('; ').slice(0, longestMetadata)}`,
  );
}

const errorLevel = 4;

function vocabularyOf({ call }: Library, pointer: Pointer): Vocabulary {
  const [begin, end] = [call.llama_vocab_bos(pointer), call.llama_vocab_eos(pointer)].map((token) =>
    token < 0 ? null : token,
  ) as [number | null, number | null];
  const ends = new Map<number, boolean>();
  const pieces = [new Map<number, Uint8Array>(), new Map<number, Uint8Array>()] as const;
  const readPiece = (token: number, special: boolean): Uint8Array => {
    const write = (room: Uint8Array): number =>
      call.llama_token_to_piece(pointer, token, room, room.length, 0, special);
    const room = new Uint8Array(64);
    const length = write(room);
    if (length >= 0) return room.slice(0, length);
    const longer = new Uint8Array(-length);
    return longer.subarray(0, write(longer));
  };
  return {
    pointer,
    size: call.llama_vocab_n_tokens(pointer),
    tokenize: (text, special) => {
      if (text === '') return [];
      const bytes = Buffer.from(text);
      let tokens = new Int32Array(bytes.length + 16);
      const write = (): number =>
        call.llama_tokenize(pointer, bytes, bytes.length, tokens, tokens.length, false, special);
      let count = write();
      if (count < 0 && count > -(2 ** 31)) {
        tokens = new Int32Array(-count);
        count = write();
      }
      if (count < 0) throw new Error('the text cannot be tokenised');
      return Array.from(tokens.subarray(0, count));
    },
    piece: (token, special) => {
      const known = pieces[special ? 1 : 0];
      const piece = known.get(token) ?? readPiece(token, special);
      known.set(token, piece);
      return piece;
    },
    endsGeneration: (token) => {
      const known = ends.get(token) ?? call.llama_vocab_is_eog(pointer, token);
      ends.set(token, known);
      return known;
    },
    isMarker: (token) =>
      (call.llama_vocab_get_attr(pointer, token) &
        (tokenAttributes.control | tokenAttributes.userDefined)) !==
      0,
    begin: call.llama_vocab_get_add_bos(pointer) ? begin : null,
    end: call.llama_vocab_get_add_eos(pointer) ? end : null,
    filler: begin ?? end ?? 0,
  };
}
