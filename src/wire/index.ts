// wire: what travels over HTTP, as schemas and types. Browser-safe: no Node module is imported here.
export {
  type ChatCompletionMessage,
  type ChatCompletionRequest,
  parseChatCompletionRequest,
} from './chat-completion-request.ts';
export type {
  ChatCompletion,
  ChatCompletionChunk,
  ChatCompletionDelta,
  CompletionUsage,
} from './chat-completion-response.ts';
export type { ErrorEnvelope, ErrorType } from './error-envelope.ts';
export type { ModelList } from './model-list.ts';
export type { Parsed, RequestProblem } from './request-problem.ts';
