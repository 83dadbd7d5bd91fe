// Every route of the server, once: the document of the API, the authorisation, the check of bodies and the tests come from
// this table. What serves other things than models adds rows of its own.
import {
  catalogModelsReply,
  chatCompletionReply,
  completionReply,
  documentReply,
  embeddingsReply,
  endThinkingReply,
  healthReply,
  messageReply,
  modelListReply,
  modelReply,
  ollamaChatReply,
  ollamaEmbeddingsReply,
  ollamaEmbedReply,
  ollamaGenerateReply,
  ollamaLoadedReply,
  ollamaPullReply,
  ollamaPullRequest,
  ollamaShowReply,
  ollamaShowRequest,
  ollamaTagsReply,
  ollamaVersionReply,
  readinessReply,
  remainingReply,
  responseReply,
  tokenCountReply,
} from '../../wire/index.ts';
import type { Administration } from '../administration/administration.ts';
import { administrationKeyRoutes } from '../administration/administration-keys.ts';
import { auditRoutes } from '../administration/audit-log.ts';
import { type DataPolicies, dataPolicyRoutes } from '../administration/data-policies.ts';
import { type GuardAdministration, guardRoutes } from '../administration/guard.ts';
import { type Jobs, jobRoutes } from '../administration/jobs.ts';
import { serviceAccountRoutes, userRoutes } from '../administration/members.ts';
import { ownKeyRoutes } from '../administration/own-keys.ts';
import { peopleRoutes } from '../administration/people.ts';
import { projectKeyRoutes, projectRoutes } from '../administration/projects.ts';
import { rateLimitRoutes } from '../administration/rate-limits.ts';
import { spendLimitRoutes } from '../administration/spend-limits.ts';
import type { ConsoleFiles } from '../console/console-files.ts';
import { consoleRoutes, showRoot } from '../console/console-routes.ts';
import { anthropicMessages } from '../dialects/anthropic/dialect.ts';
import { ollamaChat, ollamaGenerate, ollamaWords } from '../dialects/ollama/dialect.ts';
import { openaiChat } from '../dialects/openai-chat/dialect.ts';
import { openaiCompletions } from '../dialects/openai-completions/dialect.ts';
import { openaiResponses } from '../dialects/openai-responses/dialect.ts';
import { sessionRoutes } from '../sessions/session-routes.ts';
import type { SignIn } from '../sessions/sign-in.ts';
import { completionHandler } from '../turn/complete.ts';
import { assessmentRoutes, type ReadAssessments } from './assessments.ts';
import { listCatalog, type ReadCatalog } from './catalog-models.ts';
import { countTokens } from './count-tokens.ts';
import { embeddings } from './embeddings.ts';
import { endThinking } from './end-thinking.ts';
import type { ReadLostAndLate } from './lost-and-late.ts';
import { type Meter, meterRoutes } from './meter.ts';
import { showMetrics } from './metrics.ts';
import { listModels, showModel } from './models.ts';
import { ollamaEmbed, ollamaEmbeddings } from './ollama-embed.ts';
import { listLoaded, listTags, showTag, showVersion } from './ollama-models.ts';
import { type FetchModel, pullModel } from './ollama-pull.ts';
import { showOpenApi, showReference } from './reference.ts';
import { type ReadRemaining, showRemaining } from './remaining.ts';
import {
  inferenceRoute,
  json,
  jsonOrEvents,
  jsonOrLines,
  type Route,
  requireSound,
  route,
  routeWithBody,
} from './route.ts';
import { showHealth, showReadiness } from './server-state.ts';
import type { ReadUsage } from './usage.ts';
import { lostAndLateRoute, usageRoutes } from './usage-routes.ts';

export type RouteOptions = {
  /** `/metrics` needs no key. @default false */
  readonly openMetrics?: boolean | undefined;
  /** What `POST /api/pull` does. @default there is no such route */
  readonly fetchModel?: FetchModel | undefined;
  /** What was used and what it cost. @default there are no such routes */
  readonly readUsage?: ReadUsage | undefined;
  /** What was lost of it, and what came late. @default there is no such route */
  readonly readLostAndLate?: ReadLostAndLate | undefined;
  /** Where limits stand. @default there is no such route */
  readonly readRemaining?: ReadRemaining | undefined;
  /** What models there are, admitted or not. @default there is no such route */
  readonly readCatalog?: ReadCatalog | undefined;
  /** What was found out about models. @default there are no such routes */
  readonly readAssessments?: ReadAssessments | undefined;
  /** What correct answers cost, and what fleets need. @default there are no such routes */
  readonly meter?: Meter | undefined;
  /** Projects, keys and what else an organisation has. @default there are no such routes */
  readonly administration?: Administration | undefined;
  /** Data policies and erasures; only beside `administration`. @default there are no such routes */
  readonly dataPolicies?: DataPolicies | undefined;
  /** Long work; only beside `administration`. @default there are no such routes */
  readonly jobs?: Jobs | undefined;
  /** What the guard noticed; only beside `administration`. @default there are no such routes */
  readonly guard?: GuardAdministration | undefined;
  /** How people sign in. @default there are no such routes */
  readonly signIn?: SignIn | undefined;
  /** The files of the console. @default there is no console */
  readonly console?: ConsoleFiles | undefined;
};

/** @throws TypeError for a table that a server cannot be started with */
export function routesOf({
  openMetrics = false,
  fetchModel,
  readUsage,
  readLostAndLate,
  readRemaining,
  readCatalog,
  readAssessments,
  meter,
  administration,
  dataPolicies,
  jobs,
  guard,
  signIn,
  console: consoleFiles,
}: RouteOptions): readonly Route[] {
  return requireSound([
    ...openaiRoutes,
    ...anthropicRoutes,
    ...ollamaRoutes,
    ...(fetchModel === undefined ? [] : [pullRoute(fetchModel)]),
    ...(readUsage === undefined ? [] : usageRoutes(readUsage)),
    ...(readLostAndLate === undefined ? [] : [lostAndLateRoute(readLostAndLate)]),
    ...(readRemaining === undefined ? [] : [remainingRoute(readRemaining)]),
    ...(readCatalog === undefined ? [] : [catalogRoute(readCatalog)]),
    ...(readAssessments === undefined ? [] : assessmentRoutes(readAssessments)),
    ...(meter === undefined ? [] : meterRoutes(meter)),
    ...(administration === undefined ? [] : administrationRoutes(administration)),
    ...(administration === undefined || dataPolicies === undefined
      ? []
      : dataPolicyRoutes(dataPolicies, administration)),
    ...(administration === undefined || jobs === undefined ? [] : jobRoutes(jobs, administration)),
    ...(administration === undefined || guard === undefined ? [] : guardRoutes(guard, administration)),
    ...(signIn === undefined ? [] : sessionRoutes(signIn)),
    ...(consoleFiles === undefined ? [] : consoleRoutes(consoleFiles)),
    rootRoute(consoleFiles),
    metricsRoute(openMetrics),
    ...serverRoutes,
  ]);
}

const openaiRoutes: readonly Route[] = [
  inferenceRoute({
    path: '/v1/chat/completions',
    summary: 'A turn of a conversation, as OpenAI has it, with reasoning_content and reasoning',
    replies: jsonOrEvents(chatCompletionReply),
    handler: completionHandler(openaiChat),
  }),
  inferenceRoute({
    path: '/v1/completions',
    summary: 'A text continued without a template',
    replies: jsonOrEvents(completionReply),
    handler: completionHandler(openaiCompletions),
  }),
  inferenceRoute({
    path: '/v1/responses',
    summary: "A turn as OpenAI's responses, stateless, with reasoning items",
    replies: jsonOrEvents(responseReply),
    handler: completionHandler(openaiResponses),
  }),
  inferenceRoute({
    path: '/v1/embeddings',
    summary: 'Texts as vectors, where the model can',
    replies: json(embeddingsReply),
    handler: embeddings,
  }),
  route({
    method: 'GET',
    path: '/v1/models',
    scope: 'models:read',
    summary: 'The admitted models',
    replies: json(modelListReply),
    handle: listModels,
  }),
  route({
    method: 'GET',
    path: '/v1/models/{name}',
    scope: 'models:read',
    summary: 'One admitted model',
    replies: json(modelReply),
    handle: showModel,
  }),
  route({
    method: 'POST',
    path: '/v1/requests/{id}/end-thinking',
    scope: 'inference',
    summary: 'Makes a running request answer with what it has thought so far',
    replies: json(endThinkingReply),
    handle: endThinking,
  }),
];

const anthropicRoutes: readonly Route[] = [
  inferenceRoute({
    path: '/v1/messages',
    summary: 'A turn as Anthropic has it, with thinking blocks',
    replies: jsonOrEvents(messageReply),
    handler: completionHandler(anthropicMessages),
  }),
  inferenceRoute({
    path: '/v1/messages/count_tokens',
    summary: 'How many tokens the prompt of a conversation has',
    replies: json(tokenCountReply),
    handler: countTokens,
  }),
];

const ollamaRoutes: readonly Route[] = [
  inferenceRoute({
    path: '/api/chat',
    summary: 'A turn as Ollama has it; a stream unless stream is false',
    replies: jsonOrLines(ollamaChatReply),
    handler: completionHandler(ollamaChat),
  }),
  inferenceRoute({
    path: '/api/generate',
    summary: "Ollama's answer to one prompt; a stream unless stream is false",
    replies: jsonOrLines(ollamaGenerateReply),
    handler: completionHandler(ollamaGenerate),
  }),
  inferenceRoute({
    path: '/api/embed',
    summary: "Ollama's vectors, of length 1",
    replies: json(ollamaEmbedReply),
    handler: ollamaEmbed,
  }),
  inferenceRoute({
    path: '/api/embeddings',
    summary: "Ollama's older way to one vector",
    replies: json(ollamaEmbeddingsReply),
    handler: ollamaEmbeddings,
  }),
  route({
    method: 'GET',
    path: '/api/version',
    scope: 'any',
    summary: 'The version of Ollama whose routes these are',
    replies: json(ollamaVersionReply),
    words: ollamaWords,
    handle: showVersion,
  }),
  route({
    method: 'GET',
    path: '/api/tags',
    scope: 'models:read',
    summary: "The admitted models in Ollama's words",
    replies: json(ollamaTagsReply),
    words: ollamaWords,
    handle: listTags,
  }),
  route({
    method: 'GET',
    path: '/api/ps',
    scope: 'models:read',
    summary: 'The models in the memory of this machine',
    replies: json(ollamaLoadedReply),
    words: ollamaWords,
    handle: listLoaded,
  }),
  routeWithBody({
    method: 'POST',
    path: '/api/show',
    scope: 'models:read',
    summary: "One admitted model in Ollama's words",
    body: ollamaShowRequest,
    replies: json(ollamaShowReply),
    words: ollamaWords,
    handle: showTag,
  }),
];

function pullRoute(fetchModel: FetchModel): Route {
  return routeWithBody({
    method: 'POST',
    path: '/api/pull',
    scope: 'catalog:write',
    summary: 'Fetches a model into quarantine; a stream unless stream is false',
    body: ollamaPullRequest,
    replies: jsonOrLines(ollamaPullReply),
    words: ollamaWords,
    handle: pullModel(fetchModel),
  });
}

function remainingRoute(readRemaining: ReadRemaining): Route {
  return route({
    method: 'GET',
    path: '/v1/x/remaining',
    scope: 'any',
    summary: 'Where the limits of the key that asks stand',
    replies: json(remainingReply),
    handle: showRemaining(readRemaining),
  });
}

function catalogRoute(readCatalog: ReadCatalog): Route {
  return route({
    method: 'GET',
    path: '/v1/x/models',
    scope: 'models:read',
    summary: 'Every model that is known here, whether it is served, and what that rests on',
    replies: json(catalogModelsReply),
    handle: listCatalog(readCatalog),
  });
}

function administrationRoutes(administration: Administration): readonly Route[] {
  return [
    ...projectRoutes(administration),
    ...projectKeyRoutes(administration),
    ...administrationKeyRoutes(administration),
    ...rateLimitRoutes(administration),
    ...spendLimitRoutes(administration),
    ...userRoutes(administration),
    ...peopleRoutes(administration),
    ...ownKeyRoutes(administration),
    ...serviceAccountRoutes(administration),
    ...auditRoutes(administration),
  ];
}

function metricsRoute(open: boolean): Route {
  return route({
    method: 'GET',
    path: '/metrics',
    scope: open ? 'public' : 'metrics:read',
    summary: 'Measurements for Prometheus',
    replies: { 'text/plain': null },
    handle: showMetrics,
  });
}

/** They say whether the server lives and takes requests, and what the API is; nothing about what it serves. */
function rootRoute(consoleFiles: ConsoleFiles | undefined): Route {
  return route({
    method: 'GET',
    path: '/',
    scope: 'public',
    summary: 'Whether the server lives, in a word; the console to a browser',
    replies: { 'text/plain': null, 'text/html': null },
    handle: showRoot(consoleFiles),
  });
}

const serverRoutes: readonly Route[] = [
  route({
    method: 'GET',
    path: '/healthz',
    scope: 'public',
    summary: 'Whether the server lives',
    replies: json(healthReply),
    handle: showHealth,
  }),
  route({
    method: 'GET',
    path: '/health',
    scope: 'public',
    summary: 'The same',
    replies: json(healthReply),
    handle: showHealth,
  }),
  route({
    method: 'GET',
    path: '/readyz',
    scope: 'public',
    summary: 'Whether it has models and takes requests',
    replies: json(readinessReply),
    handle: showReadiness,
  }),
  route({
    method: 'GET',
    path: '/openapi.json',
    scope: 'public',
    summary: 'This document',
    replies: json(documentReply),
    handle: showOpenApi,
  }),
  route({
    method: 'GET',
    path: '/docs',
    scope: 'public',
    summary: 'This document, to be read',
    replies: { 'text/html': null },
    handle: showReference,
  }),
];
