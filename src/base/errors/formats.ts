// Errors of model files, tokenizers and chat templates.
export const formatErrors = {
  TGL_FILE_RUNS_CODE: {
    status: 422,
    retryable: false,
    publicCode: null,
    message: 'The file at {path} is {kind}: opening it can run code, so it was not opened.',
    fix: 'Fetch the model as GGUF or safetensors, or ask its publisher for one of them.',
  },
  TGL_GGUF_INVALID: {
    status: 422,
    retryable: false,
    publicCode: null,
    message: 'Not a valid GGUF file: {problem} at byte {offset} ({where}).',
    fix: 'The file is damaged or hostile: fetch it again from its publisher and compare the digest.',
  },
  TGL_GGUF_UNSUPPORTED: {
    status: 422,
    retryable: false,
    publicCode: null,
    message: 'This GGUF file needs something Tiegel does not read: {problem} ({where}).',
    fix: 'Convert the model to a supported architecture or quantisation.',
  },
  TGL_SAFETENSORS_INVALID: {
    status: 422,
    retryable: false,
    publicCode: null,
    message: 'Not a usable safetensors file: {problem} ({where}).',
    fix: 'The file is damaged, hostile, or holds tensors of a type other than F32, F16 or BF16: fetch it again from its publisher.',
  },
  TGL_CONVERSION_REFUSED: {
    status: 422,
    retryable: false,
    publicCode: null,
    message: 'The model in {path} cannot be converted: {problem} ({where}).',
    fix: 'Name a directory with config.json, tokenizer.json and model.safetensors (or its index) of a Qwen2, Qwen3, Llama, Mistral, SmolLM3 or Phi-4 model.',
  },
  TGL_TOKENIZER_INVALID: {
    status: 422,
    retryable: false,
    publicCode: null,
    message: 'The tokenizer cannot be used: {problem}.',
    fix: 'Use a model whose vocabulary has all 256 byte tokens and unique, non-empty token texts.',
  },
  TGL_TEMPLATE_UNKNOWN: {
    status: 422,
    retryable: false,
    publicCode: null,
    message: 'The chat template with SHA-256 {digest} is not one of the vetted families: {known}.',
    fix: 'A template is code: read it, then take the responsibility with `tiegel assess MODEL --allow-template {digest}`.',
  },
  TGL_TEMPLATE_FAILED: {
    status: 422,
    retryable: false,
    publicCode: 'template_failed',
    message: 'The chat template in the model file could not be rendered: {problem}.',
    fix: 'Send other messages, or serve a model whose chat template is vetted.',
  },
} as const;
