// Errors of teaching: tasks, tensors, runs, the reward server and jobs on clusters.
export const teachErrors = {
  // Tasks
  TGL_DIFFICULTY_INVALID: {
    status: 400,
    retryable: false,
    publicCode: null,
    message: 'The difficulty of task {task} is out of range: {problem}.',
    fix: "Use values inside the ranges stated in the task's difficulty type.",
  },

  // Tensor
  TGL_TENSOR_SHAPE: {
    status: 500,
    retryable: false,
    publicCode: null,
    message: '{operation}: received the shapes {received}; expected {expected}.',
    fix: 'Check the dimensions of the model and of the batch that reach this operation.',
  },
  TGL_TENSOR_MEMORY: {
    status: 507,
    retryable: false,
    publicCode: null,
    message:
      '{operation}: {requested} bytes for shape {shape} do not fit into {available} free of {capacity} bytes.',
    fix: 'Lower batchTokens or the model size in the recipe, or create the tensor memory with more bytes.',
  },
  TGL_TENSOR_NOT_FINITE: {
    status: 500,
    retryable: false,
    publicCode: null,
    message: '{operation}: the value is {received} at {shape}.',
    fix: 'Lower the learning rate or the gradient clip; the last checkpoint is intact and can be resumed.',
  },

  // Teach
  TGL_RECIPE_UNKNOWN: {
    status: 404,
    retryable: false,
    publicCode: null,
    message: 'There is no recipe {received}; the recipes are {known}.',
    fix: 'Name one of the listed recipes or give the path of a recipe file.',
  },
  TGL_RECIPE_INVALID: {
    status: 400,
    retryable: false,
    publicCode: null,
    message: 'The recipe {recipe} is not valid at {path}: {problem}.',
    fix: 'Correct the named key; docs/teach.md explains the keys, and the shipped recipes are examples.',
  },
  TGL_START_INVALID: {
    status: 422,
    retryable: false,
    publicCode: null,
    message: 'Training cannot start from the weights in {path}: {problem}.',
    fix: 'Name a run directory with a finished model, or a GGUF file of a model with the shape of the recipe.',
  },
  TGL_TRAINING_DIVERGED: {
    status: 500,
    retryable: false,
    publicCode: null,
    message: 'Step {step} of stage {stage} produced a number that is not finite: {problem}',
    fix: 'Lower the learning rate or the gradient clip of the stage and start it again; its last checkpoint is intact.',
  },
  TGL_NOTHING_ACCEPTED: {
    status: 422,
    retryable: false,
    publicCode: null,
    message:
      'Stage {stage} has nothing to learn from: the verifier accepted none of {completions} completions.',
    fix: 'Train the model longer before this stage, or sample more completions of each problem.',
  },
  TGL_REWARD_WITHOUT_SIGNAL: {
    status: 422,
    retryable: false,
    publicCode: null,
    message:
      'Stage {stage} learned nothing: in each of the {groups} groups of its {steps} steps, all completions had the same reward.',
    fix: 'Train the model longer before this stage, choose easier problems, or sample more completions of each.',
  },
  TGL_TEACHER_FORBIDS: {
    status: 403,
    retryable: false,
    publicCode: null,
    message: 'Learning from the teacher {teacher} is not permitted: {terms}.',
    fix: 'Name another teacher, or state in the recipe, under teacher.permission, who permits it and where; the statement is recorded.',
  },
  TGL_TEACHER_INVALID: {
    status: 422,
    retryable: false,
    publicCode: null,
    message: 'The teacher {teacher} cannot be used: {problem}.',
    fix: 'On-policy distillation needs a run directory or a GGUF file that Tiegel taught with the same vocabulary; a recipe can have one such teacher.',
  },
  TGL_TEACHER_STOPPED: {
    status: 502,
    retryable: true,
    publicCode: null,
    message: 'The teacher {teacher} stopped after {done} of {wanted} problems: {reason}',
    fix: 'Run the command again with --resume: the answers so far are kept.',
  },
  TGL_CHECKPOINT_INVALID: {
    status: 422,
    retryable: false,
    publicCode: null,
    message: 'The checkpoint at {path} cannot be resumed: {problem}.',
    fix: 'Resume with the recipe that the run was started with, or choose an empty output directory.',
  },
  TGL_RUN_EXISTS: {
    status: 409,
    retryable: false,
    publicCode: null,
    message: 'The directory {path} already holds a run.',
    fix: 'Add --resume to continue it, or choose another --out.',
  },
  TGL_RUN_INVALID: {
    status: 422,
    retryable: false,
    publicCode: null,
    message: 'The run cannot be read because of {path}: {problem}.',
    fix: 'Name a directory that `tiegel teach` wrote. Once removed, a damaged result.json, evaluation.jsonl, kept.json or training record is written again by --resume; metrics and rollouts that are removed are lost. In traces.jsonl, remove the damaged line.',
  },
  TGL_WORKER_LOST: {
    status: 503,
    retryable: true,
    publicCode: null,
    message: 'Training worker {worker} stopped: {reason}.',
    fix: 'Run the command again with --resume; at most the steps since the last checkpoint are lost.',
  },

  // The reward server
  TGL_REWARD_TOKEN: {
    status: 401,
    retryable: false,
    publicCode: null,
    message: 'The request has no valid token for the run {run}.',
    fix: 'Send `Authorization: Bearer <token>` with the token that `tiegel teach rewards --run {run}` prints.',
  },
  TGL_REWARD_ROUTE: {
    status: 404,
    retryable: false,
    publicCode: null,
    message: 'The reward server has no route {received}.',
    fix: 'Use POST /v1/rewards, POST /adapters/openrlhf or GET /healthz.',
  },
  TGL_REWARD_CONFLICT: {
    status: 409,
    retryable: false,
    publicCode: null,
    message: 'The id {id} of the run {run} has already been used for another completion.',
    fix: 'Give every completion of a run a unique id.',
  },
  TGL_REWARD_RATE: {
    status: 429,
    retryable: true,
    publicCode: null,
    message: 'The run {run} requests more than {limit} rewards per second.',
    fix: 'Wait and try again, or start the reward server with a higher --rate.',
  },

  // Jobs on clusters
  TGL_SUBMIT_UNSUPPORTED: {
    status: 422,
    retryable: false,
    publicCode: null,
    message: 'The engine {engine} has no setting for {setting} of the recipe {recipe}.',
    fix: 'In the recipe, {repair}.',
  },
  TGL_RAY_REFUSED: {
    status: 502,
    retryable: false,
    publicCode: null,
    message: 'The Ray cluster at {address} answered {status}: {reason}',
    fix: 'Read the reason; the dashboard must offer the Jobs API (Ray 2.x with ray[default]).',
  },
  TGL_RAY_ANSWER: {
    status: 502,
    retryable: false,
    publicCode: null,
    message: 'The server at {address} does not speak the Ray Jobs API: {problem}.',
    fix: "Give the address of Ray's dashboard, such as http://head:8265.",
  },
  TGL_RAY_JOB_FAILED: {
    status: 502,
    retryable: true,
    publicCode: null,
    message: 'The job {id} ended as {status}: {reason}.',
    fix: 'Read its log, then submit it again; it continues from its last checkpoint.',
  },
} as const;
