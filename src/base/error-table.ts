// Every expected error of Tiegel in one table: stable code → HTTP status, whether a retry can help, what happened and
// how to repair it. `docs/errors.md` is checked against it in both directions. A retired code is never used again.
// `{name}` in a message is filled from the details given where the error is thrown.

export type ErrorEntry = {
  /** HTTP status under which the gateway reports it. */
  readonly status: number;
  /** True when the same call may succeed later without a change. */
  readonly retryable: boolean;
  readonly message: string;
  /** One sentence: what the reader can do about it. */
  readonly fix: string;
};

export const errorTable = {
  // Command line and environment
  TGL_USAGE: {
    status: 400,
    retryable: false,
    message: '{problem}',
    fix: 'Run the command with --help for its arguments and an example.',
  },
  TGL_ENVIRONMENT_INVALID: {
    status: 400,
    retryable: false,
    message: 'The environment variable {name} is {received}; expected {expected}.',
    fix: 'Correct the variable or unset it to use the default.',
  },
  TGL_FILE_NOT_FOUND: {
    status: 404,
    retryable: false,
    message: 'There is no readable file at {path} ({reason}).',
    fix: 'Check the path and the permissions of the file.',
  },
  TGL_DISK_FULL: {
    status: 507,
    retryable: true,
    message: 'The disk that holds {path} has no room left; the file there is unchanged.',
    fix: 'Free some space, then run the command again; completed work was kept.',
  },
  TGL_DIGEST_INVALID: {
    status: 400,
    retryable: false,
    message: 'A SHA-256 digest has 64 lower-case hexadecimal digits; got {received}.',
    fix: 'Copy the digest from `tiegel up --json` or from the manifest.',
  },

  // Tasks
  TGL_DIFFICULTY_INVALID: {
    status: 400,
    retryable: false,
    message: 'The difficulty of task {task} is out of range: {problem}.',
    fix: "Use values inside the ranges stated in the task's difficulty type.",
  },

  // Tensor
  TGL_TENSOR_SHAPE: {
    status: 500,
    retryable: false,
    message: '{operation}: the shapes do not fit: {received}; expected {expected}.',
    fix: 'Check the dimensions of the model and of the batch that reach this operation.',
  },
  TGL_TENSOR_MEMORY: {
    status: 507,
    retryable: false,
    message:
      '{operation}: {requested} bytes for shape {shape} do not fit into {available} free of {capacity} bytes.',
    fix: 'Lower batchTokens or the model size in the recipe, or create the tensor memory with more bytes.',
  },
  TGL_TENSOR_NOT_FINITE: {
    status: 500,
    retryable: false,
    message: '{operation}: the value is {received} at {shape}.',
    fix: 'Lower the learning rate or the gradient clip; the last checkpoint is intact and can be resumed.',
  },

  // Teach
  TGL_RECIPE_UNKNOWN: {
    status: 404,
    retryable: false,
    message: 'There is no recipe {received}; the recipes are {known}.',
    fix: 'Name one of the listed recipes or give the path of a recipe file.',
  },
  TGL_RECIPE_INVALID: {
    status: 400,
    retryable: false,
    message: 'The recipe {recipe} is not valid at {path}: {problem}.',
    fix: 'Correct the named key; docs/architecture.md lists what a recipe holds.',
  },
  TGL_START_INVALID: {
    status: 422,
    retryable: false,
    message: 'The weights in {path} cannot be started from: {problem}.',
    fix: 'Name a run directory with a finished model, or a GGUF file of a model with the shape of the recipe.',
  },
  TGL_TRAINING_DIVERGED: {
    status: 500,
    retryable: false,
    message: 'Step {step} of stage {stage} gave a number that is not finite: {problem}',
    fix: 'Lower the learning rate or the gradient clip of the stage and begin it anew; its last checkpoint is intact.',
  },
  TGL_NOTHING_ACCEPTED: {
    status: 422,
    retryable: false,
    message:
      'Stage {stage} has nothing to learn from: the verifier accepted none of {completions} completions.',
    fix: 'Teach the model longer before this stage, or sample more completions of each problem.',
  },
  TGL_TEACHER_FORBIDS: {
    status: 403,
    retryable: false,
    message: 'The teacher {teacher} may not be learned from: {terms}.',
    fix: 'Name another teacher, or state in the recipe, under teacher.permission, who permits it and where; the statement is recorded.',
  },
  TGL_TEACHER_INVALID: {
    status: 422,
    retryable: false,
    message: 'The teacher {teacher} cannot be used: {problem}.',
    fix: 'On-policy distillation needs a run directory or a GGUF file that Tiegel taught with the same vocabulary; one teacher a recipe.',
  },
  TGL_TEACHER_STOPPED: {
    status: 502,
    retryable: true,
    message: 'The teacher {teacher} stopped after {done} of {wanted} problems: {reason}',
    fix: 'Run the command again with --resume: what it has written so far is kept.',
  },
  TGL_CHECKPOINT_INVALID: {
    status: 422,
    retryable: false,
    message: 'The checkpoint at {path} cannot be resumed: {problem}.',
    fix: 'Resume with the recipe that began the run, or choose an empty output directory.',
  },
  TGL_RUN_EXISTS: {
    status: 409,
    retryable: false,
    message: 'The directory {path} already holds a run.',
    fix: 'Add --resume to continue it, or choose another --out.',
  },
  TGL_RUN_INVALID: {
    status: 422,
    retryable: false,
    message: 'The run cannot be reported because of {path}: {problem}.',
    fix: 'Name a directory that `tiegel teach` wrote. A damaged result.json or record is written again by --resume once it is removed; damaged metrics or rollouts can only be removed.',
  },

  // The reward server
  TGL_REWARD_TOKEN: {
    status: 401,
    retryable: false,
    message: 'The request carries no token of the run {run}.',
    fix: 'Send `Authorization: Bearer <token>` with the token that `tiegel teach rewards --run {run}` prints.',
  },
  TGL_REWARD_ROUTE: {
    status: 404,
    retryable: false,
    message: 'The reward server has no route {received}.',
    fix: 'Use POST /v1/rewards, POST /adapters/openrlhf or GET /healthz.',
  },
  TGL_REWARD_CONFLICT: {
    status: 409,
    retryable: false,
    message: 'The id {id} of the run {run} was answered for another completion.',
    fix: 'Give every completion of a run an id of its own.',
  },
  TGL_REWARD_RATE: {
    status: 429,
    retryable: true,
    message: 'The run {run} asks for more than {limit} rewards a second.',
    fix: 'Wait and ask again, or start the reward server with a higher --rate.',
  },

  // Jobs on clusters
  TGL_SUBMIT_UNSUPPORTED: {
    status: 422,
    retryable: false,
    message: 'The engine {engine} has no setting for {setting} of the recipe {recipe}.',
    fix: 'In the recipe, {repair}.',
  },
  TGL_RAY_REFUSED: {
    status: 502,
    retryable: false,
    message: 'The Ray cluster at {address} answered {status}: {reason}',
    fix: 'Read the reason; the dashboard must have the Jobs API (Ray 2.x with ray[default]).',
  },
  TGL_RAY_ANSWER: {
    status: 502,
    retryable: false,
    message: 'What is at {address} does not speak the Ray Jobs API: {problem}.',
    fix: "Give the address of Ray's dashboard, such as http://head:8265.",
  },
  TGL_RAY_JOB_FAILED: {
    status: 502,
    retryable: true,
    message: 'The job {id} ended as {status}: {reason}.',
    fix: 'Read its log; submit again, and it goes on from its last checkpoint.',
  },

  TGL_WORKER_LOST: {
    status: 503,
    retryable: true,
    message: 'Training worker {worker} stopped: {reason}.',
    fix: 'Run the command again with --resume; at most the steps since the last checkpoint are lost.',
  },

  // Formats
  TGL_FILE_RUNS_CODE: {
    status: 422,
    retryable: false,
    message: 'The file at {path} is {kind}: opening it can run code, so it was not opened.',
    fix: 'Fetch the model as GGUF or safetensors, or ask its publisher for one of them.',
  },
  TGL_GGUF_INVALID: {
    status: 422,
    retryable: false,
    message: 'Not a valid GGUF file: {problem} at byte {offset} ({where}).',
    fix: 'The file is damaged or hostile: fetch it again from its publisher and compare the digest.',
  },
  TGL_GGUF_UNSUPPORTED: {
    status: 422,
    retryable: false,
    message: 'This GGUF file needs something Tiegel does not read: {problem} ({where}).',
    fix: 'Convert the model to a supported architecture or quantisation.',
  },
  TGL_SAFETENSORS_INVALID: {
    status: 422,
    retryable: false,
    message: 'Not a usable safetensors file: {problem} ({where}).',
    fix: 'The file is damaged, hostile or holds other numbers than F32, F16 or BF16: fetch it again from its publisher.',
  },
  TGL_CONVERSION_REFUSED: {
    status: 422,
    retryable: false,
    message: 'The model in {path} cannot be converted: {problem} ({where}).',
    fix: 'Name a directory with config.json, tokenizer.json and model.safetensors (or its index) of a Qwen2 or Llama model.',
  },
  TGL_TOKENIZER_INVALID: {
    status: 422,
    retryable: false,
    message: 'The tokenizer cannot be used: {problem}.',
    fix: 'Use a model whose vocabulary carries all 256 byte tokens and unique, non-empty token texts.',
  },
  TGL_TEMPLATE_UNKNOWN: {
    status: 422,
    retryable: false,
    message: 'The chat template with SHA-256 {digest} is not one of the vetted families: {known}.',
    fix: 'A template is code: read it, then take the responsibility with `tiegel assess MODEL --allow-template {digest}`.',
  },
  TGL_TEMPLATE_FAILED: {
    status: 422,
    retryable: false,
    message: 'The chat template in the model file was not rendered: {problem}.',
    fix: 'Send other messages, or serve a model whose chat template is vetted.',
  },

  // Catalog
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

  // Outbound
  TGL_OUTBOUND_OFFLINE: {
    status: 503,
    retryable: false,
    message: 'Refusing to connect to {target}: Tiegel was started offline.',
    fix: 'Start without --offline, or fetch the file elsewhere and import it.',
  },
  TGL_OUTBOUND_REFUSED: {
    status: 403,
    retryable: false,
    message: 'Refusing to connect to {target}: {problem}.',
    fix: 'Use a public https address; a server of your own needs --allow-private when it is added.',
  },
  TGL_OUTBOUND_FAILED: {
    status: 502,
    retryable: true,
    message: 'The exchange with {target} failed: {reason}.',
    fix: 'Check the address and the network, then try again.',
  },
  TGL_OUTBOUND_TIMEOUT: {
    status: 504,
    retryable: true,
    message: '{target} did not {what} within {limitMs} ms.',
    fix: 'Try again later, or raise the deadline if the other side is known to be slow.',
  },
  TGL_OUTBOUND_TOO_LARGE: {
    status: 502,
    retryable: false,
    message: '{target} sent more than {limit} bytes.',
    fix: 'Check the address: what is there is not what was expected.',
  },

  TGL_MODEL_TOO_LARGE: {
    status: 507,
    retryable: false,
    message:
      'The model {model} needs {needed} bytes with the shortest sensible context; {budget} bytes are left for it ({place}).',
    fix: 'Run `tiegel fit` with the name of its family for a variant that fits, or free some memory.',
  },

  // Engine
  TGL_ENGINE_START_FAILED: {
    status: 503,
    retryable: true,
    message: 'The engine for {model} did not start: {reason}.',
    fix: 'Read the reason; `tiegel doctor` checks the runtime on this machine.',
  },
  TGL_ENGINE_CRASHED: {
    status: 503,
    retryable: true,
    message: 'The engine for {model} stopped while it was working: {reason}.',
    fix: 'Send the request again; the engine restarts by itself.',
  },
  TGL_ENGINE_UNAVAILABLE: {
    status: 503,
    retryable: true,
    message: 'The engine for {model} is restarting; next attempt in {retryAfterMs} ms.',
    fix: 'Send the request again after that time.',
  },
  TGL_ENGINE_CLOSED: {
    status: 503,
    retryable: false,
    message: 'The engine for {model} has been closed.',
    fix: 'Start the server again.',
  },
  TGL_ENGINE_NO_ROOM: {
    status: 503,
    retryable: true,
    message:
      'The engine for {model} needs {needed} of {capacity} bytes, and other engines are in use: {inUse}.',
    fix: 'Send the request again when the other models are idle, or allow more memory for models.',
  },
  TGL_CAPABILITY_MISSING: {
    status: 400,
    retryable: false,
    message: 'The engine for {model} cannot do what the request asks for: {feature}.',
    fix: 'Leave it out, or use a model whose engine can.',
  },
  TGL_CONSTRAINT_INVALID: {
    status: 400,
    retryable: false,
    message: 'The JSON schema or grammar cannot be used: {problem}.',
    fix: 'Correct the schema or the grammar; docs/serve.md lists what is supported.',
  },
  TGL_PROMPT_TOO_LONG: {
    status: 400,
    retryable: false,
    message: 'The prompt has {received} tokens and the context of {model} holds {limit}.',
    fix: 'Shorten the conversation.',
  },
  TGL_SERVER_UNKNOWN: {
    status: 400,
    retryable: false,
    message: 'There is no kind of server {received}; the kinds are {known}.',
    fix: 'Name one of them; `compatible` asks for nothing that only some servers know.',
  },
  TGL_REMOTE_INVALID: {
    status: 400,
    retryable: false,
    message: 'The remote model {model} cannot be added: {problem}.',
    fix: 'Correct what is named and run `tiegel remote add` again.',
  },
  TGL_UPSTREAM_FAILED: {
    status: 502,
    retryable: true,
    message: 'The server of {model} failed: {reason}.',
    fix: 'Send the request again; where there are several replicas, another one is asked.',
  },
  TGL_UPSTREAM_TIMEOUT: {
    status: 504,
    retryable: true,
    message: 'The server of {model} did not {what} within {limitMs} ms.',
    fix: 'Send the request again once the server is less busy.',
  },
  TGL_UPSTREAM_BUSY: {
    status: 503,
    retryable: true,
    message: 'The server of {model} takes no requests at the moment; next attempt in {retryAfterMs} ms.',
    fix: 'Send the request again after that time.',
  },
  TGL_UPSTREAM_UNUSABLE: {
    status: 502,
    retryable: false,
    message: 'The server of {model} cannot be used: {problem}.',
    fix: 'Check address, key and model name of the server, then add it again with `tiegel remote add`.',
  },

  // Assess
  TGL_EVIDENCE_INVALID: {
    status: 422,
    retryable: false,
    message: 'The evidence at {path} is not what was written: {problem}.',
    fix: 'Trust nothing that it says; assess the model again.',
  },
  TGL_POLICY_UNKNOWN: {
    status: 404,
    retryable: false,
    message: 'There is no policy {received}; the policies are {known}.',
    fix: 'Name one of the listed policies or give the path of a policy file.',
  },
  TGL_POLICY_INVALID: {
    status: 400,
    retryable: false,
    message: 'The policy {policy} is not valid at {path}: {problem}.',
    fix: 'Correct the named key; src/assess/policy/policies holds two that are valid.',
  },
  TGL_REPLAY_IMPOSSIBLE: {
    status: 409,
    retryable: false,
    message: 'Trials of {assessment} cannot be made again: {problem}.',
    fix: 'Replay with the model, configuration and version of Tiegel that were assessed, or assess anew.',
  },
  TGL_NOTHING_TO_RESUME: {
    status: 404,
    retryable: false,
    message: 'There is no assessment of {model} to resume with this battery, policy and configuration.',
    fix: 'Start it anew without --resume; another policy, program or serving configuration is another assessment.',
  },
  TGL_ASSESSMENT_SPENT: {
    status: 500,
    retryable: false,
    message: 'The assessment has used its {what}: {spent} of {limit}.',
    fix: 'Assess again with a higher limit, or by a policy with fewer trials.',
  },
  TGL_ATTACK_INVALID: {
    status: 400,
    retryable: false,
    message: 'The attack {attack} cannot be made: {problem}.',
    fix: 'Correct the name or the arguments of the attack in the policy.',
  },
  TGL_ATTACKER_MISSING: {
    status: 400,
    retryable: false,
    message: 'The attack {attack} needs a model that writes attacks, and none was given.',
    fix: 'Name a model on a server with --attacker, or take the attack out of the policy.',
  },
  TGL_ATTACKER_FAILED: {
    status: 502,
    retryable: false,
    message: 'The model that writes attacks wrote no usable message in {turns} turns of {attack}.',
    fix: 'Choose another model to write attacks; the trial stays unassessed.',
  },
  TGL_JUDGE_NOT_INDEPENDENT: {
    status: 400,
    retryable: false,
    message: 'The judge {judge} is the model under test or one of its teachers, {model}.',
    fix: 'Name a model of another family as the judge.',
  },
  TGL_GUARD_INVALID: {
    status: 400,
    retryable: false,
    message: 'The guard {guard} cannot be used: {problem}.',
    fix: 'Correct the file; docs/assess.md shows one.',
  },
  TGL_ASSESSMENT_RUNNING: {
    status: 409,
    retryable: true,
    message: 'Process {process} is at work on this assessment.',
    fix: 'Wait for it; if there is no such process of Tiegel, remove {path}.',
  },
  TGL_LABELS_UNUSABLE: {
    status: 409,
    retryable: false,
    message: 'Labels of {criterion} in {assessment} are of no use here: {problem}.',
    fix: 'Draw labels with `tiegel assess label` from sealed evidence in which the same judge ruled.',
  },
  TGL_DATA_SET_INVALID: {
    status: 422,
    retryable: false,
    message: 'The data set {file} cannot be read at line {line}, column {column}: {problem}.',
    fix: 'Repair the file: {repair}.',
  },

  // Gateway
  TGL_UNAUTHENTICATED: {
    status: 401,
    retryable: false,
    message: 'The request carries no valid API key ({problem}).',
    fix: 'Send `Authorization: Bearer <key>` with the key that the first start printed.',
  },
  TGL_HOST_FORBIDDEN: {
    status: 403,
    retryable: false,
    message: 'The {header} header {received} is not allowed here.',
    fix: 'Call the server by the address it printed at start.',
  },
  TGL_ADDRESS_FORBIDDEN: {
    status: 400,
    retryable: false,
    message: 'Refusing to listen on {host}: {reason}.',
    fix: 'Keep the loopback address, or give both TIEGEL_KEY and --allow-remote.',
  },
  TGL_ADDRESS_IN_USE: {
    status: 409,
    retryable: true,
    message: 'The address {host}:{port} cannot be bound: {reason}.',
    fix: 'Stop the other program, or choose a port with TIEGEL_PORT (0 picks a free one).',
  },
  TGL_MODEL_REVOKED: {
    status: 403,
    retryable: false,
    message: 'The model {model} was revoked at {time}: {reason}.',
    fix: 'Use another model. The operator can lift a revocation with `tiegel revoke {model} --lift`.',
  },
  TGL_MODEL_REJECTED: {
    status: 403,
    retryable: false,
    message: 'The model {model} was rejected at {time} by the policy {policy}: {reason}.',
    fix: 'Use another model. Only an assessment that a policy decides can admit it again: `tiegel assess {model} --policy {policy}`.',
  },
  TGL_REQUEST_INVALID: {
    status: 400,
    retryable: false,
    message: '{problem}',
    fix: 'Correct the named field.',
  },
  TGL_REQUEST_TOO_LARGE: {
    status: 413,
    retryable: false,
    message: 'The request body is larger than {limit} bytes.',
    fix: 'Send a shorter conversation.',
  },
  TGL_ROUTE_UNKNOWN: {
    status: 404,
    retryable: false,
    message: 'There is no route {received}.',
    fix: 'GET /openapi.json lists the routes.',
  },
  TGL_REQUEST_NOT_RUNNING: {
    status: 404,
    retryable: false,
    message: 'No request {received} is running.',
    fix: 'Take the id from the x-request-id header of a reply that has not ended.',
  },
  TGL_THINKING_NOT_ENDABLE: {
    status: 409,
    retryable: false,
    message:
      'The thinking of request {received} cannot be ended: its server renders the prompt and continues no turn.',
    fix: 'Wait, or cancel the request and ask again with a thinking budget or without thinking.',
  },
  TGL_OVERLOADED: {
    status: 429,
    retryable: true,
    message: 'All {slots} slots are busy and {waiting} requests are waiting.',
    fix: 'Send the request again in a moment.',
  },
  TGL_DRAINING: {
    status: 503,
    retryable: true,
    message: 'The server is shutting down and takes no new requests.',
    fix: 'Send the request again once the server is back.',
  },
  TGL_INTERNAL: {
    status: 500,
    retryable: false,
    message: 'Something went wrong inside Tiegel.',
    fix: 'Report it with the request id; the cause stands in the server log.',
  },
} as const;

export type ErrorCode = keyof typeof errorTable;

/** The row of a code. */
export function errorEntry(code: ErrorCode): ErrorEntry {
  return errorTable[code];
}
