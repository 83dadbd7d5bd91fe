// The names under which the gateway's measurements are known outside, all in this file. `gen_ai.…` are OpenTelemetry's
// semantic conventions for generative AI (status Development, read in November 2026); what they do not have is `tiegel.…`.

export type MetricDefinition = {
  readonly name: string;
  /** UCUM, as OpenTelemetry writes it. */
  readonly unit: 's' | '{token}' | '{request}' | '1';
  readonly help: string;
  /** Upper bounds of a histogram's buckets; none: a counter. */
  readonly bounds?: readonly number[];
};

const seconds = [0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 120, 300, 600];
const tokens = [1, 4, 16, 64, 256, 1024, 4096, 16_384, 65_536, 262_144];
const secondsPerToken = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1];
const ratios = [0.1, 0.25, 0.5, 0.75, 1, 2, 4, 8, 16, 32];

export type MetricName =
  | 'requestDuration'
  | 'timeToFirstToken'
  | 'timePerOutputToken'
  | 'timeInQueue'
  | 'inputTokens'
  | 'cachedInputTokens'
  | 'outputTokens'
  | 'reasoningTokens'
  | 'timeToFirstAnswerToken'
  | 'thinkingPerAnswer'
  | 'requests';

export const metricDefinitions: Readonly<Record<MetricName, MetricDefinition>> = {
  requestDuration: {
    name: 'gen_ai.server.request.duration',
    unit: 's',
    help: 'From the arrival of a request to the end of its reply.',
    bounds: seconds,
  },
  timeToFirstToken: {
    name: 'gen_ai.server.time_to_first_token',
    unit: 's',
    help: 'From the arrival of a request to its first token, thinking or not.',
    bounds: seconds,
  },
  timePerOutputToken: {
    name: 'gen_ai.server.time_per_output_token',
    unit: 's',
    help: 'Of the tokens after the first one.',
    bounds: secondsPerToken,
  },
  timeInQueue: {
    name: 'tiegel.time_in_queue',
    unit: 's',
    help: 'From the arrival of a request to its first place in the engine.',
    bounds: seconds,
  },
  inputTokens: {
    name: 'gen_ai.client.token.usage.input',
    unit: '{token}',
    help: 'Tokens of the prompt.',
    bounds: tokens,
  },
  cachedInputTokens: {
    name: 'tiegel.token.usage.cached_input',
    unit: '{token}',
    help: 'Tokens of the prompt that were computed for an earlier request.',
    bounds: tokens,
  },
  outputTokens: {
    name: 'gen_ai.client.token.usage.output',
    unit: '{token}',
    help: 'Tokens of thinking and answer.',
    bounds: tokens,
  },
  reasoningTokens: {
    name: 'gen_ai.client.inference.usage.reasoning.output_tokens',
    unit: '{token}',
    help: 'Tokens of thinking.',
    bounds: tokens,
  },
  timeToFirstAnswerToken: {
    name: 'tiegel.time_to_first_answer_token',
    unit: 's',
    help: 'From the arrival of a request to the first token of its answer: what users of a reasoner wait for.',
    bounds: seconds,
  },
  thinkingPerAnswer: {
    name: 'tiegel.thinking_answer_ratio',
    unit: '1',
    help: 'Tokens of thinking for each token of the answer.',
    bounds: ratios,
  },
  requests: {
    name: 'tiegel.requests',
    unit: '{request}',
    help: 'Requests that reached a model, by how they ended.',
  },
};
