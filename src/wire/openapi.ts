// The whole HTTP API as an OpenAPI 3.1 document. The bodies of requests come from the very schemas that check them, so
// that the document cannot promise what the server refuses.
import { z } from 'zod';
import { chatCompletionRequest } from './chat-completion-request.ts';
import { completionRequest } from './completion-request.ts';
import { embeddingsRequest } from './embeddings-request.ts';
import { countTokensRequest, messagesRequest } from './messages-request.ts';
import {
  ollamaChatRequest,
  ollamaEmbeddingsRequest,
  ollamaEmbedRequest,
  ollamaGenerateRequest,
  ollamaPullRequest,
  ollamaShowRequest,
} from './ollama-request.ts';
import { responsesRequest } from './responses-request.ts';
import type { JsonObject } from './schema-parts.ts';

type Operation = {
  readonly method: 'get' | 'post';
  readonly path: string;
  readonly summary: string;
  readonly body?: z.ZodType;
  /** Media types of the answer; application/json where nothing is said. */
  readonly answers?: readonly string[];
  /** Needs no key. */
  readonly open?: true;
};

const eventStream = ['application/json', 'text/event-stream'];
const lines = ['application/json', 'application/x-ndjson'];

/** Every route of the server; a test holds it against the server. */
export const apiOperations: readonly Operation[] = [
  {
    method: 'post',
    path: '/v1/chat/completions',
    summary: 'A turn of a conversation, as OpenAI has it, with reasoning_content and reasoning',
    body: chatCompletionRequest,
    answers: eventStream,
  },
  {
    method: 'post',
    path: '/v1/completions',
    summary: 'A text continued without a template',
    body: completionRequest,
    answers: eventStream,
  },
  {
    method: 'post',
    path: '/v1/responses',
    summary: "A turn as OpenAI's responses, stateless, with reasoning items",
    body: responsesRequest,
    answers: eventStream,
  },
  {
    method: 'post',
    path: '/v1/messages',
    summary: 'A turn as Anthropic has it, with thinking blocks',
    body: messagesRequest,
    answers: eventStream,
  },
  {
    method: 'post',
    path: '/v1/messages/count_tokens',
    summary: 'How many tokens the prompt of a conversation has',
    body: countTokensRequest,
  },
  {
    method: 'post',
    path: '/v1/requests/{id}/end-thinking',
    summary: 'Makes a running request answer with what it has thought so far',
  },
  {
    method: 'post',
    path: '/v1/embeddings',
    summary: 'Texts as vectors, where the model can',
    body: embeddingsRequest,
  },
  { method: 'get', path: '/v1/models', summary: 'The admitted models' },
  { method: 'get', path: '/v1/models/{name}', summary: 'One admitted model' },
  {
    method: 'post',
    path: '/api/chat',
    summary: 'A turn as Ollama has it; a stream unless stream is false',
    body: ollamaChatRequest,
    answers: lines,
  },
  {
    method: 'post',
    path: '/api/generate',
    summary: "Ollama's answer to one prompt; a stream unless stream is false",
    body: ollamaGenerateRequest,
    answers: lines,
  },
  { method: 'post', path: '/api/embed', summary: "Ollama's vectors, of length 1", body: ollamaEmbedRequest },
  {
    method: 'post',
    path: '/api/embeddings',
    summary: "Ollama's older way to one vector",
    body: ollamaEmbeddingsRequest,
  },
  {
    method: 'post',
    path: '/api/pull',
    summary: 'Fetches a model into quarantine; a stream unless stream is false',
    body: ollamaPullRequest,
    answers: lines,
  },
  { method: 'get', path: '/api/version', summary: 'The version of Ollama whose routes these are' },
  { method: 'get', path: '/api/ps', summary: 'The models in the memory of this machine' },
  { method: 'get', path: '/api/tags', summary: "The admitted models in Ollama's words" },
  {
    method: 'post',
    path: '/api/show',
    summary: "One admitted model in Ollama's words",
    body: ollamaShowRequest,
  },
  {
    method: 'get',
    path: '/metrics',
    summary: 'Measurements for Prometheus',
    answers: ['text/plain'],
  },
  {
    method: 'get',
    path: '/',
    summary: 'Whether the server lives, in a word',
    answers: ['text/plain'],
    open: true,
  },
  { method: 'get', path: '/healthz', summary: 'Whether the server lives', open: true },
  { method: 'get', path: '/health', summary: 'The same', open: true },
  { method: 'get', path: '/readyz', summary: 'Whether it has models and takes requests', open: true },
  { method: 'get', path: '/openapi.json', summary: 'This document', open: true },
  { method: 'get', path: '/docs', summary: 'This document, to be read', answers: ['text/html'], open: true },
];

const refusal = {
  description: 'A refusal. Dialects other than those of OpenAI wrap the same facts in their own words.',
  content: {
    'application/json': {
      schema: {
        type: 'object',
        properties: {
          error: {
            type: 'object',
            properties: {
              message: { type: 'string' },
              type: { type: 'string' },
              param: { type: ['string', 'null'] },
              code: { type: 'string' },
              tgl_code: { type: 'string', description: 'Listed in docs/errors.md.' },
              fix: { type: 'string' },
              request_id: { type: 'string' },
            },
          },
        },
      },
    },
  },
};

/** @param server the address at which the API is reached */
export function openApiDocument(server: string): JsonObject {
  const paths: Record<string, Record<string, object>> = {};
  for (const operation of apiOperations) {
    paths[operation.path] = { ...paths[operation.path], [operation.method]: describe(operation) };
  }
  return {
    openapi: '3.1.0',
    info: { title: 'Tiegel', version: '1', license: { name: 'Apache-2.0', identifier: 'Apache-2.0' } },
    servers: [{ url: server }],
    security: [{ key: [] }],
    paths,
    components: { securitySchemes: { key: { type: 'http', scheme: 'bearer' } } },
  };
}

function describe({ path, summary, body, answers = ['application/json'], open }: Operation): object {
  const names = [...path.matchAll(/\{(\w+)\}/g)].map((match) => match[1]);
  const parameters = names.map((name) => ({
    ...{ name, in: 'path', required: true },
    schema: { type: 'string' },
  }));
  return {
    summary,
    ...(parameters.length > 0 && { parameters }),
    ...(body !== undefined && {
      requestBody: { required: true, content: { 'application/json': { schema: schemaOf(body) } } },
    }),
    responses: {
      200: { description: 'OK', content: Object.fromEntries(answers.map((type) => [type, {}])) },
      default: refusal,
    },
    ...(open && { security: [] }),
  };
}

function schemaOf(body: z.ZodType): object {
  const { $schema: _, ...schema } = z.toJSONSchema(body);
  return schema;
}
