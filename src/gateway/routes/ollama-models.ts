// GET /api/version, /api/tags and /api/ps and POST /api/show: the admitted models in Ollama's words.
import { TiegelError } from '../../base/index.ts';
import type { Principal } from '../../traffic/index.ts';
import type { OllamaShowRequest } from '../../wire/index.ts';
import { mayAsk, requireModelAllowed } from '../access/access.ts';
import { resolveModel } from '../access/resolve-model.ts';
import type { ServedModel } from '../access/served-model.ts';
import type { GatewayContext } from '../context.ts';
import { requestOf } from '../request.ts';
import { detailsOf, entryOf, manifestOf } from './ollama-facts.ts';
import type { Handle } from './route.ts';

/** The version of Ollama whose routes these are; clients ask for the least one that they can use. */
const spokenVersion = '0.12.6';

export const showVersion: Handle = (_, __, reply) => reply.send({ version: spokenVersion });

export const listTags: Handle = async (context, request, reply) => {
  const models = await servedModels(context, requestOf(request.raw).principal);
  return reply.send({ models: models.map(([name, model]) => entryOf(name, model)) });
};

/** Those whose engine runs on this machine at this moment. */
export const listLoaded: Handle = async (context, request, reply) => {
  const models = (await servedModels(context, requestOf(request.raw).principal)).flatMap(([name, model]) => {
    const until = model.loadedUntil?.();
    if (until === undefined) return [];
    const { modified_at: _, ...entry } = entryOf(name, model);
    const context_length = model.engine.capabilities.contextLength;
    return [{ ...entry, expires_at: new Date(until).toISOString(), context_length }];
  });
  return reply.send({ models });
};

/** A model that is withdrawn while they are looked up is left out. */
async function servedModels(
  { models }: GatewayContext,
  principal: Principal | null,
): Promise<readonly (readonly [name: string, model: ServedModel])[]> {
  const found = await Promise.all(
    models
      .list()
      .filter(({ name }) => mayAsk(principal, name))
      .map(async ({ name }) => [name, await models.resolve(name)] as const),
  );
  return found.flatMap(([name, model]) =>
    model === undefined || 'notAdmitted' in model ? [] : [[name, model] as const],
  );
}

export const showTag: Handle<OllamaShowRequest> = async (context, request, reply, body) => {
  const { principal } = requestOf(request.raw);
  const name = namedModel(body);
  requireModelAllowed(principal, name);
  const { admitted, created, engine, template } = await resolveModel(context, name, principal);
  const { capabilities } = engine;
  const manifest = manifestOf(admitted);
  const architecture = manifest?.architecture ?? 'remote';
  const facts = Object.entries(manifest?.configuration ?? {}).map(
    ([name, value]) => [`${architecture}.${name}`, value] as const,
  );
  const { temperature, topP } = admitted.serving.sampling;
  const parameters = `temperature ${temperature}\ntop_p ${topP}`;
  return reply.send({
    modelfile: `FROM ${admitted.name}\n${parameters.replaceAll(/^/gm, 'PARAMETER ')}\n`,
    parameters,
    template: '',
    system: admitted.serving.systemPrompt ?? '',
    license: manifest?.license ?? '',
    details: detailsOf(admitted),
    model_info: {
      'general.architecture': architecture,
      'general.basename': admitted.name,
      ...Object.fromEntries(facts),
      [`${architecture}.context_length`]: capabilities.contextLength,
    },
    capabilities: [
      'completion',
      'thinking',
      ...(template?.toolCallFormat || capabilities.tools ? ['tools'] : []),
      ...(capabilities.embeddings ? ['embedding'] : []),
    ],
    modified_at: new Date(created).toISOString(),
  });
};

/** @throws TGL_REQUEST_INVALID where neither the newer nor the older field names a model */
export function namedModel({ model, name }: OllamaShowRequest): string {
  const named = model ?? name;
  if (named !== undefined) return named;
  const problem = 'The field model is missing; expected the name of a model.';
  throw new TiegelError('TGL_REQUEST_INVALID', { problem, field: 'model' });
}
