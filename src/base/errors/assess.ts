// Errors of assessments: policies, evidence, judges, data.
export const assessErrors = {
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
} as const;
