// What is called of llama.cpp and ggml: structs, prototypes and the defaults they are checked against, all of them in this
// file. A wrong type here is memory corruption in the child process. Written from the headers of release 0.5.0.
import koffi from 'koffi';
import type { LibraryNames } from './library-files.ts';

/** An address in native memory; 0 is none. */
export type Pointer = bigint;

/** Memory that is given to a call: an address, or an array that stays alive during it. */
type Memory = Pointer | ArrayBufferView | null;

const structs = {
  llama_batch: {
    n_tokens: 'int32_t',
    token: 'void *',
    embd: 'void *',
    pos: 'void *',
    n_seq_id: 'void *',
    seq_id: 'void *',
    logits: 'void *',
  },
  llama_model_params: {
    devices: 'void *',
    tensor_buft_overrides: 'void *',
    n_gpu_layers: 'int32_t',
    split_mode: 'int32_t',
    load_mode: 'int32_t',
    lazy_mode: 'int32_t',
    main_gpu: 'int32_t',
    tensor_split: 'void *',
    progress_callback: 'void *',
    progress_callback_user_data: 'void *',
    kv_overrides: 'void *',
    vocab_only: 'bool',
    check_tensors: 'bool',
    use_extra_bufts: 'bool',
    no_host: 'bool',
    no_alloc: 'bool',
    load_mtp: 'bool',
  },
  llama_context_params: {
    n_ctx: 'uint32_t',
    n_batch: 'uint32_t',
    n_ubatch: 'uint32_t',
    n_seq_max: 'uint32_t',
    n_rs_seq: 'uint32_t',
    n_outputs_max: 'uint32_t',
    n_outputs_max_per_seq: 'uint32_t',
    n_threads: 'int32_t',
    n_threads_batch: 'int32_t',
    ctx_type: 'int32_t',
    rope_scaling_type: 'int32_t',
    pooling_type: 'int32_t',
    attention_type: 'int32_t',
    flash_attn_type: 'int32_t',
    rope_freq_base: 'float',
    rope_freq_scale: 'float',
    yarn_ext_factor: 'float',
    yarn_attn_factor: 'float',
    yarn_beta_fast: 'float',
    yarn_beta_slow: 'float',
    yarn_orig_ctx: 'uint32_t',
    defrag_thold: 'float',
    cb_eval: 'void *',
    cb_eval_user_data: 'void *',
    type_k: 'int32_t',
    type_v: 'int32_t',
    abort_callback: 'void *',
    abort_callback_data: 'void *',
    embeddings: 'bool',
    offload_kqv: 'bool',
    no_perf: 'bool',
    op_offload: 'bool',
    swa_full: 'bool',
    kv_unified: 'bool',
    samplers: 'void *',
    n_samplers: 'size_t',
    ctx_other: 'void *',
  },
  llama_sampler_chain_params: { no_perf: 'bool' },
} as const;

/** A struct as koffi gives and takes it: whatever its fields hold. */
export type Fields = Readonly<Record<string, number | boolean | Pointer | null>>;

/** What `llama_model_default_params` and `llama_context_default_params` hold: a field that has moved shows here. */
export const knownDefaults: Readonly<Record<'model' | 'context', Fields>> = {
  model: {
    n_gpu_layers: -1,
    split_mode: 1,
    load_mode: -1,
    lazy_mode: 1,
    use_extra_bufts: true,
    load_mtp: false,
  },
  context: {
    n_ctx: 512,
    n_batch: 2048,
    n_ubatch: 512,
    n_seq_max: 1,
    n_outputs_max_per_seq: 1,
    flash_attn_type: -1,
    yarn_ext_factor: -1,
    defrag_thold: -1,
    type_k: 1,
    type_v: 1,
    offload_kqv: true,
    no_perf: true,
    op_offload: true,
    swa_full: true,
    kv_unified: false,
    n_samplers: 0,
  },
};

/** In the library `llama`. */
type LlamaFunctions = {
  readonly llama_version: () => string;
  readonly llama_print_system_info: () => string;
  readonly llama_backend_init: () => void;
  readonly llama_log_set: (callback: Pointer, data: null) => void;
  readonly llama_model_default_params: () => Fields;
  readonly llama_context_default_params: () => Fields;
  readonly llama_model_load_from_file: (path: string, parameters: Fields) => Pointer | null;
  readonly llama_model_free: (model: Pointer) => void;
  readonly llama_init_from_model: (model: Pointer, parameters: Fields) => Pointer | null;
  readonly llama_free: (context: Pointer) => void;
  readonly llama_model_get_vocab: (model: Pointer) => Pointer;
  readonly llama_model_size: (model: Pointer) => number | bigint;
  readonly llama_model_is_recurrent: (model: Pointer) => boolean;
  readonly llama_model_is_hybrid: (model: Pointer) => boolean;
  readonly llama_model_n_ctx_train: (model: Pointer) => number;
  readonly llama_model_n_embd_out: (model: Pointer) => number;
  readonly llama_model_meta_val_str: (model: Pointer, key: string, text: Memory, room: number) => number;
  readonly llama_vocab_n_tokens: (vocabulary: Pointer) => number;
  readonly llama_vocab_is_eog: (vocabulary: Pointer, token: number) => boolean;
  readonly llama_vocab_get_attr: (vocabulary: Pointer, token: number) => number;
  readonly llama_vocab_bos: (vocabulary: Pointer) => number;
  readonly llama_vocab_eos: (vocabulary: Pointer) => number;
  readonly llama_vocab_get_add_bos: (vocabulary: Pointer) => boolean;
  readonly llama_vocab_get_add_eos: (vocabulary: Pointer) => boolean;
  readonly llama_tokenize: (
    vocabulary: Pointer,
    text: Memory,
    length: number,
    tokens: Memory,
    room: number,
    addSpecial: boolean,
    parseSpecial: boolean,
  ) => number;
  readonly llama_token_to_piece: (
    vocabulary: Pointer,
    token: number,
    text: Memory,
    room: number,
    strip: number,
    special: boolean,
  ) => number;
  readonly llama_decode: (context: Pointer, batch: Fields) => number;
  readonly llama_get_logits: (context: Pointer) => Pointer | null;
  readonly llama_get_embeddings_ith: (context: Pointer, index: number) => Pointer | null;
  readonly llama_get_memory: (context: Pointer) => Pointer;
  readonly llama_memory_seq_rm: (memory: Pointer, sequence: number, from: number, to: number) => boolean;
  readonly llama_memory_seq_cp: (
    memory: Pointer,
    source: number,
    target: number,
    from: number,
    to: number,
  ) => void;
  readonly llama_memory_seq_pos_min: (memory: Pointer, sequence: number) => number;
  readonly llama_memory_seq_pos_max: (memory: Pointer, sequence: number) => number;
  readonly llama_state_seq_get_size: (context: Pointer, sequence: number) => number | bigint;
  readonly llama_state_seq_get_data: (
    context: Pointer,
    target: Memory,
    size: number,
    sequence: number,
  ) => number | bigint;
  readonly llama_state_seq_set_data: (
    context: Pointer,
    source: Memory,
    size: number,
    sequence: number,
  ) => number | bigint;
  readonly llama_attach_threadpool: (context: Pointer, pool: Pointer, batchPool: null) => void;
  readonly llama_adapter_lora_init: (model: Pointer, path: string) => Pointer | null;
  readonly llama_set_adapters_lora: (
    context: Pointer,
    adapters: Memory,
    count: number,
    scales: Memory,
  ) => number;
  readonly llama_sampler_chain_init: (parameters: Fields) => Pointer;
  readonly llama_sampler_chain_add: (chain: Pointer, sampler: Pointer) => void;
  readonly llama_sampler_init_greedy: () => Pointer;
  readonly llama_sampler_init_top_k: (k: number) => Pointer;
  readonly llama_sampler_init_top_p: (p: number, least: number) => Pointer;
  readonly llama_sampler_init_min_p: (p: number, least: number) => Pointer;
  readonly llama_sampler_init_temp: (temperature: number) => Pointer;
  readonly llama_sampler_init_dist: (seed: number) => Pointer;
  readonly llama_sampler_init_penalties: (
    vocabulary: number,
    last: number,
    repeat: number,
    frequency: number,
    presence: number,
  ) => Pointer;
  readonly llama_sampler_init_logit_bias: (vocabulary: number, count: number, biases: Memory) => Pointer;
  readonly llama_sampler_init_grammar: (
    vocabulary: Pointer | null,
    grammar: string,
    root: string,
  ) => Pointer | null;
  readonly llama_sampler_clone: (sampler: Pointer) => Pointer;
  readonly llama_sampler_sample: (sampler: Pointer, context: Pointer, index: number) => number;
  readonly llama_sampler_apply: (sampler: Pointer, candidates: Pointer) => void;
  readonly llama_sampler_accept: (sampler: Pointer, token: number) => void;
  readonly llama_sampler_free: (sampler: Pointer) => void;
};

/** In the library of ggml that registers devices. */
type RegistryFunctions = {
  readonly ggml_backend_load_all_from_path: (path: string) => void;
  readonly ggml_backend_load: (path: string) => Pointer | null;
  readonly ggml_backend_dev_count: () => number | bigint;
  readonly ggml_backend_dev_get: (index: number) => Pointer;
  readonly ggml_backend_dev_by_type: (type: number) => Pointer | null;
};

/** In the library of ggml that devices are asked through. */
type BaseFunctions = {
  readonly ggml_backend_dev_type: (device: Pointer) => number;
  readonly ggml_backend_dev_description: (device: Pointer) => string;
  readonly ggml_backend_dev_memory: (device: Pointer, free: Memory, total: Memory) => void;
  readonly ggml_backend_dev_backend_reg: (device: Pointer) => Pointer;
  readonly ggml_backend_reg_get_proc_address: (registry: Pointer, name: string) => Pointer | null;
  readonly ggml_threadpool_params_init: (parameters: Memory, threads: number) => void;
  readonly ggml_validate_row_data: (type: number, row: Memory, bytes: number) => boolean;
};

const llama: Readonly<Record<keyof LlamaFunctions, string>> = {
  llama_version: 'const char *llama_version()',
  llama_print_system_info: 'const char *llama_print_system_info()',
  llama_backend_init: 'void llama_backend_init()',
  llama_log_set: 'void llama_log_set(void *callback, void *data)',
  llama_model_default_params: 'llama_model_params llama_model_default_params()',
  llama_context_default_params: 'llama_context_params llama_context_default_params()',
  llama_model_load_from_file: 'void *llama_model_load_from_file(const char *path, llama_model_params params)',
  llama_model_free: 'void llama_model_free(void *model)',
  llama_init_from_model: 'void *llama_init_from_model(void *model, llama_context_params params)',
  llama_free: 'void llama_free(void *ctx)',
  llama_model_get_vocab: 'void *llama_model_get_vocab(void *model)',
  llama_model_size: 'uint64_t llama_model_size(void *model)',
  llama_model_is_recurrent: 'bool llama_model_is_recurrent(void *model)',
  llama_model_is_hybrid: 'bool llama_model_is_hybrid(void *model)',
  llama_model_n_ctx_train: 'int32_t llama_model_n_ctx_train(void *model)',
  llama_model_n_embd_out: 'int32_t llama_model_n_embd_out(void *model)',
  llama_model_meta_val_str:
    'int32_t llama_model_meta_val_str(void *model, const char *key, uint8_t *text, size_t room)',
  llama_vocab_n_tokens: 'int32_t llama_vocab_n_tokens(void *vocab)',
  llama_vocab_is_eog: 'bool llama_vocab_is_eog(void *vocab, int32_t token)',
  llama_vocab_get_attr: 'int32_t llama_vocab_get_attr(void *vocab, int32_t token)',
  llama_vocab_bos: 'int32_t llama_vocab_bos(void *vocab)',
  llama_vocab_eos: 'int32_t llama_vocab_eos(void *vocab)',
  llama_vocab_get_add_bos: 'bool llama_vocab_get_add_bos(void *vocab)',
  llama_vocab_get_add_eos: 'bool llama_vocab_get_add_eos(void *vocab)',
  llama_tokenize:
    'int32_t llama_tokenize(void *vocab, const uint8_t *text, int32_t length, int32_t *tokens, int32_t room, bool add_special, bool parse_special)',
  llama_token_to_piece:
    'int32_t llama_token_to_piece(void *vocab, int32_t token, uint8_t *text, int32_t room, int32_t lstrip, bool special)',
  llama_decode: 'int32_t llama_decode(void *ctx, llama_batch batch)',
  llama_get_logits: 'void *llama_get_logits(void *ctx)',
  llama_get_embeddings_ith: 'void *llama_get_embeddings_ith(void *ctx, int32_t i)',
  llama_get_memory: 'void *llama_get_memory(void *ctx)',
  llama_memory_seq_rm: 'bool llama_memory_seq_rm(void *memory, int32_t sequence, int32_t from, int32_t to)',
  llama_memory_seq_cp:
    'void llama_memory_seq_cp(void *memory, int32_t source, int32_t target, int32_t from, int32_t to)',
  llama_memory_seq_pos_min: 'int32_t llama_memory_seq_pos_min(void *memory, int32_t sequence)',
  llama_memory_seq_pos_max: 'int32_t llama_memory_seq_pos_max(void *memory, int32_t sequence)',
  llama_state_seq_get_size: 'size_t llama_state_seq_get_size(void *ctx, int32_t sequence)',
  llama_state_seq_get_data:
    'size_t llama_state_seq_get_data(void *ctx, uint8_t *target, size_t size, int32_t sequence)',
  llama_state_seq_set_data:
    'size_t llama_state_seq_set_data(void *ctx, const uint8_t *source, size_t size, int32_t sequence)',
  llama_attach_threadpool: 'void llama_attach_threadpool(void *ctx, void *pool, void *batch_pool)',
  llama_adapter_lora_init: 'void *llama_adapter_lora_init(void *model, const char *path)',
  llama_set_adapters_lora:
    'int32_t llama_set_adapters_lora(void *ctx, void *adapters, size_t count, float *scales)',
  llama_sampler_chain_init: 'void *llama_sampler_chain_init(llama_sampler_chain_params params)',
  llama_sampler_chain_add: 'void llama_sampler_chain_add(void *chain, void *sampler)',
  llama_sampler_init_greedy: 'void *llama_sampler_init_greedy()',
  llama_sampler_init_top_k: 'void *llama_sampler_init_top_k(int32_t k)',
  llama_sampler_init_top_p: 'void *llama_sampler_init_top_p(float p, size_t least)',
  llama_sampler_init_min_p: 'void *llama_sampler_init_min_p(float p, size_t least)',
  llama_sampler_init_temp: 'void *llama_sampler_init_temp(float temperature)',
  llama_sampler_init_dist: 'void *llama_sampler_init_dist(uint32_t seed)',
  llama_sampler_init_penalties:
    'void *llama_sampler_init_penalties(int32_t vocabulary, int32_t last, float repeat, float frequency, float presence)',
  llama_sampler_init_logit_bias:
    'void *llama_sampler_init_logit_bias(int32_t vocabulary, int32_t count, uint8_t *biases)',
  llama_sampler_init_grammar:
    'void *llama_sampler_init_grammar(void *vocab, const char *grammar, const char *root)',
  llama_sampler_clone: 'void *llama_sampler_clone(void *sampler)',
  llama_sampler_sample: 'int32_t llama_sampler_sample(void *sampler, void *ctx, int32_t index)',
  llama_sampler_apply: 'void llama_sampler_apply(void *sampler, void *candidates)',
  llama_sampler_accept: 'void llama_sampler_accept(void *sampler, int32_t token)',
  llama_sampler_free: 'void llama_sampler_free(void *sampler)',
};

const registry: Readonly<Record<keyof RegistryFunctions, string>> = {
  ggml_backend_load_all_from_path: 'void ggml_backend_load_all_from_path(const char *path)',
  ggml_backend_load: 'void *ggml_backend_load(const char *path)',
  ggml_backend_dev_count: 'size_t ggml_backend_dev_count()',
  ggml_backend_dev_get: 'void *ggml_backend_dev_get(size_t index)',
  ggml_backend_dev_by_type: 'void *ggml_backend_dev_by_type(int32_t type)',
};

const base: Readonly<Record<keyof BaseFunctions, string>> = {
  ggml_backend_dev_type: 'int32_t ggml_backend_dev_type(void *device)',
  ggml_backend_dev_description: 'const char *ggml_backend_dev_description(void *device)',
  ggml_backend_dev_memory: 'void ggml_backend_dev_memory(void *device, uint64_t *free, uint64_t *total)',
  ggml_backend_dev_backend_reg: 'void *ggml_backend_dev_backend_reg(void *device)',
  ggml_backend_reg_get_proc_address: 'void *ggml_backend_reg_get_proc_address(void *reg, const char *name)',
  ggml_threadpool_params_init: 'void ggml_threadpool_params_init(uint8_t *parameters, int32_t threads)',
  ggml_validate_row_data: 'bool ggml_validate_row_data(int32_t type, void *row, size_t bytes)',
};

/** Names of all of them, by the library that exports them. */
export const calledFunctions: Readonly<Record<keyof LibraryNames, readonly string[]>> = {
  llama: Object.keys(llama),
  ggml: Object.keys(registry),
  base: Object.keys(base),
};

export type Functions = LlamaFunctions & RegistryFunctions & BaseFunctions;

type Opened = ReturnType<typeof koffi.load>;

/** Bound to the libraries that hold them. @throws Error for a symbol that is missing */
export function bindFunctions(libraries: {
  readonly llama: Opened;
  readonly registry: Opened;
  readonly base: Opened;
}): Functions {
  for (const [name, fields] of Object.entries(structs)) if (!isDeclared(name)) koffi.struct(name, fields);
  const bound = (library: Opened, prototypes: Readonly<Record<string, string>>): Record<string, unknown> =>
    Object.fromEntries(Object.entries(prototypes).map(([name, text]) => [name, library.func(text)]));
  return {
    ...bound(libraries.llama, llama),
    ...bound(libraries.registry, registry),
    ...bound(libraries.base, base),
  } as unknown as Functions;
}

/** Types have names for a whole thread. */
function isDeclared(name: string): boolean {
  try {
    koffi.type(name);
    return true;
  } catch {
    return false;
  }
}

/** `ggml_threadpool *ggml_threadpool_new(ggml_threadpool_params *)`, whose address a registry gives. */
export function newThreadPool(address: Pointer, parameters: Uint8Array): Pointer {
  return koffi.call(address, koffi.proto('void *(uint8_t *parameters)'), parameters) as Pointer;
}

/** Offsets in `ggml_threadpool_params`: 512 bytes for processors, then threads, priority, how long threads wait awake. */
export const threadPoolParameters: { readonly bytes: number; readonly poll: number } = {
  bytes: 1024,
  poll: 520,
};

/** What some of the numbers mean. */
export const flashAttentionTypes = { automatic: -1, off: 0, on: 1 } as const;
export const cacheTypes = { F32: 0, F16: 1 } as const;
export const loadModes = { read: 0 } as const;
export const deviceTypes = { cpu: 0, gpu: 1, integratedGpu: 2 } as const;
export const tokenAttributes = { control: 8, userDefined: 16 } as const;
/** No pooling: a state for each token. */
export const noPooling = 0;
