// Errors of the catalog: names, blobs, manifests, pulls, bundles, records.
export const catalogErrors = {
  TGL_MODEL_UNKNOWN: {
    status: 404,
    retryable: false,
    message: 'There is no model {received}; the catalog holds {known}.',
    fix: 'Name a listed model or import one by its path.',
  },
  TGL_MODEL_NAME_INVALID: {
    status: 400,
    retryable: false,
    message:
      'A model name has 1 to 64 lower-case letters, digits, dots, dashes or underscores and starts with a letter or digit; got {received}.',
    fix: 'Choose such a name.',
  },
  TGL_MODEL_NOT_ADMITTED: {
    status: 403,
    retryable: false,
    message: 'The model {model} is not admitted: {reason}.',
    fix: 'Run `tiegel assess {model}`; only a pass yields an admission record.',
  },
  TGL_MANIFEST_INVALID: {
    status: 422,
    retryable: false,
    message: 'The manifest of {model} is not valid: {problem}.',
    fix: 'Remove the model from the data directory and import it again.',
  },
  TGL_BLOB_CORRUPT: {
    status: 422,
    retryable: false,
    message: 'The blob {digest} does not hold the bytes its name promises (found {received}).',
    fix: 'Delete the blob and import the model again.',
  },
  TGL_DIGEST_MISMATCH: {
    status: 422,
    retryable: false,
    message: 'The {bytes} bytes have the SHA-256 {received}; {expected} was promised.',
    fix: 'The file was changed on its way or at its source: fetch it again, and do not use it if that repeats.',
  },
  TGL_PULL_REFERENCE: {
    status: 400,
    retryable: false,
    message: 'The model {received} cannot be pulled: {problem}.',
    fix: 'Give a known name such as deepseek-r1:7b, hf:OWNER/NAME:FILE, or an https address.',
  },
  TGL_PULL_REFUSED: {
    status: 502,
    retryable: false,
    message: 'The hub answered {status} for {url}.',
    fix: 'Check the name; for a gated or private repository set HF_TOKEN and accept its terms on the hub.',
  },
  TGL_PULL_FAILED: {
    status: 502,
    retryable: true,
    message: '{url} could not be fetched: {reason}.',
    fix: 'Run the command again: it goes on where it stopped.',
  },
  TGL_PULL_CHANGED: {
    status: 502,
    retryable: false,
    message: 'The file at {url} is not the one that was promised: {problem}.',
    fix: 'Run the command again: it begins anew with the file that is there now.',
  },
  TGL_PULL_RUNNING: {
    status: 409,
    retryable: true,
    message: 'Process {process} is fetching the same file.',
    fix: 'Wait for it; if there is no such process of Tiegel, remove {path}.',
  },
  TGL_DISK_SPACE: {
    status: 507,
    retryable: true,
    message: '{required} bytes are needed on the disk of {path}, and {free} are free.',
    fix: 'Free some space, remove a model, or point TIEGEL_HOME to a larger disk.',
  },
  TGL_BUNDLE_INVALID: {
    status: 422,
    retryable: false,
    message: 'The bundle {path} cannot be imported: {problem}.',
    fix: 'Copy the bundle again, or export it again where it comes from; nothing of it was kept.',
  },
  TGL_ADAPTER_INVALID: {
    status: 422,
    retryable: false,
    message: 'The adapter cannot be used: {problem}.',
    fix: 'Name the model that it was trained on with --base, and take a LoRA adapter in GGUF as convert_lora_to_gguf.py of llama.cpp writes it.',
  },
  TGL_DRAFT_UNSUITABLE: {
    status: 422,
    retryable: false,
    message: 'The model {draft} cannot draft for {model}: {problem}.',
    fix: 'Choose a smaller model of the same family, with the same vocabulary and without adapters.',
  },
  TGL_DATA_DIRECTORY: {
    status: 500,
    retryable: false,
    message: 'The data directory {path} cannot be used: {reason}.',
    fix: 'Give the current user write access, or point TIEGEL_HOME elsewhere.',
  },
  TGL_SIGNING_KEY_INVALID: {
    status: 500,
    retryable: false,
    message: 'The signing key at {path} cannot be used: {problem}.',
    fix: 'Restore the key from a backup; deleting it makes a new one and invalidates every admission record.',
  },
} as const;
