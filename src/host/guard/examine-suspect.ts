// Gathers what an examination is made of: asks a suspect, a control and references the same, and has their text read with the vocabulary
// of the model that was marked.
import { type Digest, digestOfJson, forEachConcurrently } from '../../base/index.ts';
import { type Catalog, filesDigest } from '../../catalog/index.ts';
import { tokenizeTexts } from '../../engine/index.ts';
import { templateWithDigest } from '../../formats/index.ts';
import { generatorNames, type Material, type WrittenText } from '../../guard/index.ts';
import { collect, converse, type ServedTuple, servedTurn } from '../../reasoning/index.ts';
import type { HostContext } from '../context.ts';
import { assessmentTarget, findModel } from '../local-models.ts';
import { findRemote, remoteServing, remoteTemplate, startAskingEngine } from '../remote-models.ts';
import { servedWatermark } from '../served-watermark.ts';

export type ExaminationRequest = {
  /** A model of the catalog or on a server, or a GGUF file. */
  readonly suspect: string;
  /** Whose outputs were marked: a model on this machine. */
  readonly model: string;
  /** What cannot have learned from marked text; wanted where prompts are. */
  readonly control: string | null;
  /** Asked again and again until there are `tokens` of replies. */
  readonly prompts: readonly string[];
  readonly tokens: number;
  /** Prompts whose replies were drawn by coins. */
  readonly traps: readonly string[];
  readonly references: readonly string[];
  readonly otherTeachers: readonly string[];
};

/** @throws TGL_MODEL_UNKNOWN, TGL_TEMPLATE_UNKNOWN, and what starting and asking a model throws */
export async function gatherMaterial(
  context: HostContext,
  catalog: Catalog,
  request: ExaminationRequest,
): Promise<Material> {
  // Whatever is asked here must not be marked by this machine itself.
  const { environment } = context;
  const unmarked = { ...context, environment: { ...environment, watermark: false, coins: false } };
  const open = (name: string) => openAsked(unmarked, catalog, name);
  const variant = await findModel(catalog, request.model);
  const { weightsPath } = await catalog.variants.filesOf(variant);
  const { control, prompts, traps, tokens } = request;
  const write = async (asked: Asked): Promise<readonly WrittenText[]> => {
    const replies = await writtenBy(context, asked, prompts, tokens);
    return await tokenized(weightsPath, replies);
  };
  await using suspect = await open(request.suspect);
  const texts = prompts.length > 0 && control !== null ? await write(suspect) : null;
  const trapReplies = await repliesTo(context, suspect, traps);
  const compared = request.references.length + request.otherTeachers.length > 0;
  const own = compared ? await repliesTo(context, suspect, prompts) : [];
  await suspect[Symbol.asyncDispose]();
  const ask = async <Answer>(name: string, work: (asked: Asked) => Promise<Answer>): Promise<Answer> => {
    await using asked = await open(name);
    return await work(asked);
  };
  const answersOf = (name: string) => ask(name, (asked) => repliesTo(context, asked, prompts));
  const others: NonNullable<Material['references']>['others'][number][] = [];
  for (const [names, role] of [
    [request.references, 'reference'],
    [request.otherTeachers, 'other-teacher'],
  ] as const)
    for (const name of names) others.push({ name, role, replies: await answersOf(name) });
  return {
    suspect: { name: suspect.name, digest: suspect.digest },
    model: { name: variant.name, digest: filesDigest(variant) },
    mark:
      texts === null || control === null
        ? null
        : {
            window: servedWatermark.window,
            texts,
            control: { name: control, texts: await ask(control, write) },
          },
    traps: traps.flatMap((prompt, index) =>
      generatorNames.map((generator) => ({ generator, prompt, reply: trapReplies[index] as string })),
    ),
    references: compared ? { model: await answersOf(request.model), suspect: own, others } : null,
  };
}

type Asked = AsyncDisposable & {
  readonly name: string;
  readonly digest: Digest;
  readonly places: number;
  readonly ask: (prompt: string, seed: number) => Promise<Reply>;
};

type Reply = { readonly reasoning: string; readonly answer: string; readonly tokens: number };

async function openAsked(context: HostContext, catalog: Catalog, name: string): Promise<Asked> {
  const remote = findRemote(catalog, name);
  if (remote !== undefined) {
    const { server, endpoints, model } = remote.manifest;
    const tuple = { serving: remoteServing(context.environment, remote), template: remoteTemplate(remote) };
    const digest = digestOfJson({ server, endpoints, model });
    return askedOver(context, { name, digest, tuple }, await startAskingEngine(context, remote));
  }
  const target = await assessmentTarget(context, catalog, name, { filters: [], draft: undefined });
  const { variant, serving, startEngine } = target;
  const { weightsPath } = await catalog.variants.filesOf(variant);
  const template = templateWithDigest(variant.manifest.chatTemplate.digest);
  const facts = { name: variant.name, digest: filesDigest(variant), tuple: { serving, template } };
  return askedOver(context, facts, await startEngine(weightsPath));
}

/** Drawn, since greedy replies to one prompt are all the same. */
const sampling = { temperature: 1, topP: 1 } as const;

function askedOver(
  { signal }: HostContext,
  { name, digest, tuple }: { readonly name: string; readonly digest: Digest; readonly tuple: ServedTuple },
  engine: Parameters<typeof converse>[0],
): Asked {
  return {
    ...{ name, digest, places: engine.capabilities.slots },
    ask: async (prompt, seed) => {
      const seeded = engine.capabilities.seed ? { ...sampling, seed } : sampling;
      const turn = servedTurn(tuple, { messages: [{ role: 'user', content: prompt }], sampling: seeded });
      const { reasoning, answer, usage } = await collect(converse(engine, turn, signal));
      return { reasoning, answer, tokens: usage.completionTokens };
    },
    [Symbol.asyncDispose]: () => engine[Symbol.asyncDispose](),
  };
}

type Written = { readonly prompt: string; readonly text: string };

/** Replies to the prompts in turn, until there is enough; a suspect that says nothing ends it too. */
async function writtenBy(
  { onProgress }: HostContext,
  { name, places, ask }: Asked,
  prompts: readonly string[],
  tokens: number,
): Promise<readonly Written[]> {
  const written: Written[] = [];
  let count = 0;
  for (let round = 0; count < tokens && round < mostRounds; round++)
    await forEachConcurrently(prompts, Math.min(places, mostPlaces), async (prompt, index) => {
      if (count >= tokens) return;
      const reply = await ask(prompt, round * prompts.length + index);
      count += reply.tokens;
      onProgress({
        doing: `Asking ${name}`,
        count: { done: Math.min(count, tokens), total: tokens, unit: 'tokens' },
      });
      for (const text of [reply.reasoning, reply.answer]) if (text !== '') written.push({ prompt, text });
    });
  onProgress(null);
  return written;
}

const mostRounds = 200;
const mostPlaces = 16;

async function repliesTo(
  { onProgress }: HostContext,
  { name, places, ask }: Asked,
  prompts: readonly string[],
): Promise<readonly string[]> {
  const replies = new Array<string>(prompts.length).fill('');
  await forEachConcurrently(prompts, Math.min(places, mostPlaces), async (prompt, index) => {
    onProgress({
      doing: `Asking ${name}`,
      count: { done: index, total: prompts.length, unit: 'prompts' },
    });
    const { reasoning, answer } = await ask(prompt, index);
    replies[index] = `${reasoning}\n${answer}`;
  });
  onProgress(null);
  return replies;
}

async function tokenized(weightsPath: string, written: readonly Written[]): Promise<readonly WrittenText[]> {
  const tokens = await tokenizeTexts(
    weightsPath,
    written.flatMap(({ prompt, text }) => [prompt, text]),
  );
  return written.map(({ text }, index) => {
    return { text, prompt: tokens[2 * index] as number[], reply: tokens[2 * index + 1] as number[] };
  });
}
