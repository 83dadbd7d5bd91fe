// A context in which sequences of one model are evaluated, and the batch through which that happens. All of it is
// synchronous and belongs to one thread; another one may only set the byte that breaks a step off.
import koffi from 'koffi';
import { allocateBlock } from './block.ts';
import {
  cacheTypes,
  deviceTypes,
  type Fields,
  flashAttentionTypes,
  newThreadPool,
  noPooling,
  type Pointer,
  threadPoolParameters,
} from './interface.ts';
import type { Library } from './library.ts';
import { type NativeModel, withReason } from './model.ts';

export type ContextOptions = {
  readonly sequences: number;
  /** Tokens of each sequence. */
  readonly contextLength: number;
  /** Most tokens of a step. */
  readonly batch: number;
  readonly flashAttention: keyof typeof flashAttentionTypes;
  /** One cache for all sequences, else one for each. */
  readonly unified: boolean;
  /** Rows of logits a step at most, or a hidden state for each token instead. */
  readonly outputs: number | 'states';
  readonly cacheType: keyof typeof cacheTypes;
  /** Applied at the scale that they state. */
  readonly adapters: readonly Pointer[];
  /** While its first byte is set, steps are broken off; a zero follows it. */
  readonly abortFlag: Uint8Array;
};

/** What `decode` did with the batch: all of it, or perhaps a part, which nobody should rely on. */
export type DecodeOutcome = 'done' | 'aborted';

export type NativeContext = {
  /** Of the context that evaluated the last batch. */
  readonly pointer: () => Pointer;
  /**
   * Puts a sequence's next tokens into the batch: `tokens` from index `from` to before `to`. Sequences in ascending order.
   * @param position of the first one.
   * @param logits whether they are wanted after the last one.
   */
  readonly add: (
    sequence: number,
    position: number,
    tokens: readonly number[],
    from: number,
    to: number,
    logits: 'none' | 'last' | 'all',
  ) => void;
  /** Evaluates the batch and empties it. @throws Error */
  readonly decode: () => DecodeOutcome;
  /** Logits of the n-th output of the last batch; valid until the next one. */
  readonly logits: (row: number) => Float32Array;
  /** The hidden state of the last token of the last batch; a copy. */
  readonly lastState: () => readonly number[];
  /** Forgets a sequence's tokens from a position on; false where the model keeps its past in a form that cannot be cut. */
  readonly cut: (sequence: number, from: number) => boolean;
  /** Makes `target` hold what `source` does, at once. False where that fails, and `target` is empty. */
  readonly copy: (target: number, source: number) => boolean;
  /** Bytes that a sequence takes when it is stored. */
  readonly storedBytes: (sequence: number) => number;
  /** @param room of so many bytes. @returns whether it was written whole */
  readonly store: (sequence: number, room: Pointer, bytes: number) => boolean;
  /** In place of what the sequence holds. False where that fails, and the sequence is empty. */
  readonly restore: (sequence: number, stored: Pointer, bytes: number) => boolean;
};

export type ThreadPool = { readonly pointer: Pointer; readonly threads: number };

/** Its threads wait awake for the next step for a while, as llama-server's do. */
export function createThreadPool({ call }: Library, threads: number): ThreadPool {
  const cpu = call.ggml_backend_dev_by_type(deviceTypes.cpu);
  const registry = cpu && call.ggml_backend_dev_backend_reg(cpu);
  const create = registry && call.ggml_backend_reg_get_proc_address(registry, 'ggml_threadpool_new');
  if (!create) throw new Error('the runtime has no threads for this processor');
  const parameters = new Uint8Array(threadPoolParameters.bytes);
  call.ggml_threadpool_params_init(parameters, threads);
  new DataView(parameters.buffer).setUint32(threadPoolParameters.poll, wakefulness, true);
  return { pointer: newThreadPool(create, parameters), threads };
}

/** From 0, asleep, to 100. */
const wakefulness = 50;

/** @throws Error with what the runtime said */
export function loadAdapters(
  library: Library,
  model: NativeModel,
  paths: readonly string[],
): readonly Pointer[] {
  return paths.map((path) =>
    withReason(library, 'an adapter cannot be loaded', () =>
      library.call.llama_adapter_lora_init(model.pointer, path),
    ),
  );
}

/** @throws Error with what the runtime said */
export function createContext(
  library: Library,
  model: NativeModel,
  pool: ThreadPool,
  options: ContextOptions,
): NativeContext {
  const { call } = library;
  const { adapters } = options;
  const pointer = withReason(library, 'the context cannot be made', () =>
    call.llama_init_from_model(model.pointer, parametersOf(library, options, pool)),
  );
  call.llama_attach_threadpool(pointer, pool.pointer, null);
  if (adapters.length > 0)
    call.llama_set_adapters_lora(
      pointer,
      BigUint64Array.from(adapters),
      adapters.length,
      new Float32Array(adapters.length).fill(1),
    );
  const memory = call.llama_get_memory(pointer);
  const batch = createBatch(options.batch);
  const rows = createRows(model.vocabulary.size);
  const cut: NativeContext['cut'] = (sequence, from) => call.llama_memory_seq_rm(memory, sequence, from, -1);
  const storedBytes: NativeContext['storedBytes'] = (sequence) =>
    Number(call.llama_state_seq_get_size(pointer, sequence));
  const store: NativeContext['store'] = (sequence, room, bytes) =>
    Number(call.llama_state_seq_get_data(pointer, room, bytes, sequence)) === bytes;
  const restore: NativeContext['restore'] = (sequence, stored, bytes) => {
    cut(sequence, 0);
    if (Number(call.llama_state_seq_set_data(pointer, stored, bytes, sequence)) > 0) return true;
    cut(sequence, 0);
    return false;
  };
  return {
    pointer: () => pointer,
    add: batch.add,
    decode: () => {
      const code = call.llama_decode(pointer, batch.take());
      if (code === 2) return 'aborted';
      if (code !== 0)
        throw new Error(code === 1 ? 'the cache is full' : `the runtime gave ${code} for a step`);
      if (options.outputs !== 'states') rows.lieAt(call.llama_get_logits(pointer), options.outputs);
      return 'done';
    },
    logits: rows.row,
    lastState: () => {
      const state = call.llama_get_embeddings_ith(pointer, -1);
      if (!state) throw new Error('the runtime gave no state');
      return Array.from(new Float32Array(koffi.view(state, 4 * model.width)));
    },
    cut,
    copy: (target, source) => {
      cut(target, 0);
      if (options.unified) {
        call.llama_memory_seq_cp(memory, source, target, -1, -1);
        return true;
      }
      // From one cache to another the runtime would copy only with the next step, whatever became of either by then.
      using block = allocateBlock(storedBytes(source));
      return store(source, block.address, block.bytes) && restore(target, block.address, block.bytes);
    },
    storedBytes,
    store,
    restore,
  };
}

function parametersOf(library: Library, options: ContextOptions, { threads }: ThreadPool): Fields {
  const { sequences, contextLength, batch, outputs } = options;
  return {
    ...library.call.llama_context_default_params(),
    n_ctx: contextLength * sequences,
    n_batch: batch,
    n_ubatch: batch,
    n_seq_max: sequences,
    // Where states are wanted every token is an output; fewer rows than outputs end the process.
    n_outputs_max: outputs === 'states' ? batch : outputs,
    n_outputs_max_per_seq: outputs === 'states' ? batch : Math.ceil(outputs / sequences),
    n_threads: threads,
    n_threads_batch: threads,
    flash_attn_type: flashAttentionTypes[options.flashAttention],
    pooling_type: noPooling,
    embeddings: outputs === 'states',
    type_k: cacheTypes[options.cacheType],
    type_v: cacheTypes[options.cacheType],
    swa_full: false,
    kv_unified: options.unified,
    abort_callback: library.isByteSet,
    abort_callback_data: library.addressOf(options.abortFlag),
  };
}

type Batch = { readonly add: NativeContext['add']; readonly take: () => Fields };

/** Arrays in native memory, allocated once and written through views. */
function createBatch(room: number): Batch {
  const array = (bytes: number): { readonly address: Pointer; readonly buffer: ArrayBuffer } => {
    const address = koffi.address(koffi.alloc('uint8_t', bytes));
    return { address, buffer: koffi.view(address, bytes) };
  };
  const [token, position, count, id] = [array(4 * room), array(4 * room), array(4 * room), array(4 * room)];
  const [idAddress, output] = [array(8 * room), array(room)];
  const tokens = new Int32Array(token.buffer);
  const positions = new Int32Array(position.buffer);
  const sequences = new Int32Array(id.buffer);
  const outputs = new Int8Array(output.buffer);
  new Int32Array(count.buffer).fill(1);
  const addresses = new BigUint64Array(idAddress.buffer);
  for (let index = 0; index < room; index++) addresses[index] = id.address + BigInt(4 * index);
  const fields = {
    token: token.address,
    embd: null,
    pos: position.address,
    n_seq_id: count.address,
    seq_id: idAddress.address,
    logits: output.address,
  };
  let filled = 0;
  return {
    add: (sequence, start, values, from, to, logits) => {
      if (filled + to - from > room) throw new RangeError(`a batch holds ${room} tokens`);
      for (let index = from; index < to; index++) {
        tokens[filled] = values[index] as number;
        positions[filled] = start + index - from;
        sequences[filled] = sequence;
        outputs[filled] = logits === 'all' || (logits === 'last' && index === to - 1) ? 1 : 0;
        filled++;
      }
    },
    take: () => {
      const batch = { ...fields, n_tokens: filled };
      filled = 0;
      return batch;
    },
  };
}

type Rows = {
  readonly lieAt: (address: Pointer | null, count: number) => void;
  readonly row: (index: number) => Float32Array;
};

/** Views of the logits, made anew when the runtime moves them. */
function createRows(length: number): Rows {
  let address: Pointer | null = null;
  let rows: readonly Float32Array[] = [];
  return {
    lieAt: (now, count) => {
      if (now === address) return;
      address = now;
      const all = now ? new Float32Array(koffi.view(now, 4 * length * count)) : new Float32Array(0);
      rows = Array.from({ length: count }, (_, row) => all.subarray(row * length, (row + 1) * length));
    },
    row: (index) => {
      const row = rows[index];
      if (row === undefined) throw new Error('the runtime gave no logits');
      return row;
    },
  };
}
