// wire: what travels over HTTP, as schemas and types. Browser-safe: no Node module is imported here.
export {
  type ChatCompletionMessage,
  type ChatCompletionRequest,
  type ChatContent,
  type ChatToolCall,
  parseChatCompletionRequest,
  type ResponseFormat,
} from './chat-completion-request.ts';
export type {
  ChatCompletion,
  ChatCompletionChunk,
  ChatCompletionDelta,
  ChatLogProbabilities,
  CompletionUsage,
  FinishReason,
  ThinkingExtension,
  TiegelExtension,
} from './chat-completion-response.ts';
export { type CompletionRequest, mostReplies, parseCompletionRequest } from './completion-request.ts';
export { parseEmbeddingsRequest } from './embeddings-request.ts';
export type { ErrorEnvelope, ErrorType } from './error-envelope.ts';
export {
  type CountTokensRequest,
  type MessagesBlock,
  type MessagesMessage,
  type MessagesRequest,
  type MessagesTextBlock,
  parseCountTokensRequest,
  parseMessagesRequest,
} from './messages-request.ts';
export type { ModelList } from './model-list.ts';
export {
  type OllamaChatRequest,
  type OllamaGenerateRequest,
  type OllamaMessage,
  type OllamaShowRequest,
  parseOllamaChatRequest,
  parseOllamaEmbeddingsRequest,
  parseOllamaEmbedRequest,
  parseOllamaGenerateRequest,
  parseOllamaPullRequest,
  parseOllamaShowRequest,
} from './ollama-request.ts';
export { apiOperations, openApiDocument } from './openapi.ts';
export type { Parsed, RequestProblem, UnknownFields } from './request-problem.ts';
export { parseResponsesRequest, type ResponseInputItem, type ResponsesRequest } from './responses-request.ts';
export type { SamplingFields } from './sampling-fields.ts';
export type { EffortName, JsonObject, Maybe } from './schema-parts.ts';
