// wire: what travels over HTTP, as schemas and types. Browser-safe: no Node module is imported here.
export {
  type AuditEntry,
  type AuditQuery,
  administrationKeyListQuery,
  administrationKeyReply,
  administrationKeyRequest,
  auditEntryReply,
  auditQuery,
  deletedReply,
  freshAdministrationKeyReply,
  freshServiceAccountReply,
  keyListQuery,
  type Page,
  type PageQuery,
  pageQuery,
  pageReply,
  projectCreateRequest,
  projectKeyReply,
  projectKeyRequest,
  projectListQuery,
  projectReply,
  projectUpdateRequest,
  type RateLimit,
  type RateLimitBody,
  rateLimitListQuery,
  rateLimitReply,
  rateLimitRequest,
  serviceAccountKeyReply,
  serviceAccountKeyRequest,
  serviceAccountReply,
  serviceAccountRequest,
  type UserBody,
  userListQuery,
  userReply,
  userUpdateRequest,
} from './administration.ts';
export {
  type AssessedAttempt,
  type AssessedCell,
  type AssessedCriterion,
  type AssessedHeatMap,
  type AssessedSubject,
  type AssessedTrial,
  type AssessmentList,
  type AssessmentReport,
  type AssessmentSummary,
  assessedTrialReply,
  assessmentListReply,
  assessmentReportReply,
  type CriterionState,
  type JudgeStanding,
  type TrialOutcome,
  type TrialQuery,
  trialQuery,
} from './assessments.ts';
export {
  type CatalogModel,
  type CatalogModelList,
  type CatalogModelState,
  catalogModelsReply,
} from './catalog-models.ts';
export {
  type ChatCompletionMessage,
  type ChatCompletionRequest,
  type ChatContent,
  type ChatToolCall,
  chatCompletionRequest,
  type ResponseFormat,
} from './chat-completion-request.ts';
export type {
  BillExtension,
  ChatCompletion,
  ChatCompletionChunk,
  ChatCompletionDelta,
  ChatLogProbabilities,
  CompletionUsage,
  FinishReason,
  ThinkingExtension,
  TiegelExtension,
} from './chat-completion-response.ts';
export { type CompletionRequest, completionRequest, maxReplies } from './completion-request.ts';
export {
  type DataPolicy,
  type DataPolicyList,
  type ErasureReceipt,
  erasureReply,
  erasureRequest,
  type PolicyBody,
  policyListReply,
  policyReply,
  policyRequest,
} from './data-policies.ts';
export { embeddingsRequest } from './embeddings-request.ts';
export type { ErrorEnvelope, ErrorType } from './error-envelope.ts';
export {
  type DeclaredUse,
  type DeclaredUseBody,
  declaredUseRequest,
  type GuardAccount,
  type GuardCalibration,
  type GuardCaseBody,
  type GuardCaseQuery,
  type GuardCaseSummary,
  type GuardCluster,
  type GuardContribution,
  type GuardedUse,
  type GuardMeasureBody,
  type GuardMeasureName,
  type GuardStatus,
  guardAccountReply,
  guardCalibrationReply,
  guardCaseQuery,
  guardCaseReply,
  guardCaseSummaryReply,
  guardEvidenceReply,
  guardMeasureRequest,
  guardStatusReply,
  type ReasonBody,
  reasonRequest,
} from './guard.ts';
export {
  assessJobRequest,
  type JobBody,
  type JobCriterion,
  type JobKind,
  type JobPoint,
  type JobProgress,
  type JobRequest,
  type JobSample,
  type JobState,
  jobReply,
  jobRequest,
  pullJobRequest,
  teachJobRequest,
} from './jobs.ts';
export {
  type LostAndLateBody,
  type LostOrLateBody,
  lostAndLateQuery,
  lostAndLateReply,
} from './lost-and-late.ts';
export { messageReply, tokenCountReply } from './messages-replies.ts';
export {
  type CountTokensRequest,
  countTokensRequest,
  type MessagesBlock,
  type MessagesMessage,
  type MessagesRequest,
  type MessagesTextBlock,
  messagesRequest,
} from './messages-request.ts';
export {
  type FleetPlanBody,
  fleetPlanReply,
  type HostedPriceList,
  type HostedPriceRecord,
  hostedPricesReply,
  type MeteredCalibration,
  type MeteredCost,
  type MeteredEstimate,
  type MeteredModel,
  type MeteredModelList,
  type MeteredReport,
  type MeteredRow,
  meteredModelsReply,
  type PlanRequest,
  planRequest,
} from './meter.ts';
export type { ModelList } from './model-list.ts';
export {
  ollamaChatReply,
  ollamaEmbeddingsReply,
  ollamaEmbedReply,
  ollamaGenerateReply,
  ollamaLoadedReply,
  ollamaPullReply,
  ollamaShowReply,
  ollamaTagsReply,
  ollamaVersionReply,
} from './ollama-replies.ts';
export {
  type OllamaChatRequest,
  type OllamaGenerateRequest,
  type OllamaMessage,
  type OllamaPullRequest,
  type OllamaShowRequest,
  ollamaChatRequest,
  ollamaEmbeddingsRequest,
  ollamaEmbedRequest,
  ollamaGenerateRequest,
  ollamaPullRequest,
  ollamaShowRequest,
} from './ollama-request.ts';
export {
  chatCompletionReply,
  completionReply,
  embeddingsReply,
  modelListReply,
  modelReply,
  responseReply,
} from './openai-replies.ts';
export { type ApiOperation, type BodySchema, openApiDocument, type Replies } from './openapi.ts';
export {
  type FreshOwnKey,
  freshOwnKeyReply,
  type OwnKey,
  ownKeyReply,
  ownKeyRequest,
  personRequest,
  rotationRequest,
  type SignInLink,
  signInLinkReply,
} from './people.ts';
export { type RemainingBody, type RemainingLimitBody, remainingReply } from './remaining.ts';
export { type Parsed, parseWith, type RequestProblem, type UnknownFields } from './request-problem.ts';
export { type ResponseInputItem, type ResponsesRequest, responsesRequest } from './responses-request.ts';
export type { SamplingFields } from './sampling-fields.ts';
export type { EffortName, JsonObject, Maybe } from './schema-parts.ts';
export {
  documentReply,
  endThinkingReply,
  healthReply,
  readinessReply,
} from './server-replies.ts';
export {
  type SessionBody,
  type SessionDescription,
  type SignInWays,
  sessionReply,
  sessionRequest,
} from './session.ts';
export { spendLimitDeletedReply, spendLimitReply, spendLimitRequest } from './spend-limit.ts';
export type {
  CascadeFields,
  EarlyExitFields,
  StrategyExtension,
  StrategyFields,
  StrategyRequest,
} from './strategy-fields.ts';
export {
  type CompletionUsageResult,
  type CostResult,
  type UsagePage,
  type UsageQueryBody,
  usageQuery,
  usageReply,
} from './usage.ts';
