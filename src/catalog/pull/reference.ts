// How people name a model that is somewhere else: a known name, a repository of the Hugging Face hub, or an address.
import { TiegelError } from '../../base/index.ts';
import { type KnownModel, knownModels, servedElsewhere, usualQuantisation } from '../variant/known-models.ts';

/** A file or quantisation of a repository; undefined leaves the choice to what is usual. */
type HubReference = {
  readonly kind: 'hub';
  readonly repository: string;
  readonly revision: string;
  readonly wanted: string | undefined;
};

export type PullReference =
  | HubReference
  | (Omit<HubReference, 'kind'> & { readonly kind: 'known'; readonly model: KnownModel })
  | { readonly kind: 'url'; readonly url: URL };

const hubPattern = /^hf:([^/:@]+\/[^/:@]+)(?:@([^:]+))?(?::(.+))?$/;
const part = /^[A-Za-z0-9][A-Za-z0-9._-]{0,95}$/;

/**
 * `deepseek-r1:7b`, `deepseek-r1:7b-q8_0`, `hf:OWNER/NAME[@REVISION][:FILE or quantisation]` or `https://…`.
 *
 * @throws TGL_PULL_REFERENCE
 */
export function parsePullReference(text: string): PullReference {
  if (/^https?:/i.test(text)) {
    const url = URL.parse(text);
    if (url === null) throw refusal(text, 'it is not a URL');
    return { kind: 'url', url };
  }
  if (text.startsWith('hf:')) return parseHubReference(text);
  const known = parseKnownName(text);
  if (known !== undefined) return known;
  const elsewhere = servedElsewhere.find(
    ({ name }) => text === name || (/^[-:.]/.test(text.slice(name.length)) && text.startsWith(name)),
  );
  if (elsewhere !== undefined) {
    const { model, architecture, isRead } = elsewhere;
    const otherwise = isRead
      ? 'for which no name is known here; pull a file of it by hf:OWNER/NAME, or'
      : 'which is not run here;';
    const problem = `${model} has the architecture ${architecture}, ${otherwise} run it on a server and name that with \`tiegel remote add\``;
    throw refusal(text, problem);
  }
  const names = knownModels.map(({ name }) => name).join(', ');
  throw refusal(text, `it is neither hf:OWNER/NAME nor an https address, and the known names are ${names}`);
}

/** What a known name stands for; a quantisation may follow it. */
export function parseKnownName(text: string): Extract<PullReference, { readonly kind: 'known' }> | undefined {
  const model = knownModels.find(({ name }) => text === name || text.startsWith(`${name}-`));
  if (model === undefined) return undefined;
  const wanted = text.slice(model.name.length + 1).toUpperCase() || usualQuantisation;
  return { kind: 'known', model, repository: model.repository, revision: 'main', wanted };
}

function parseHubReference(text: string): HubReference {
  const [, repository, revision = 'main', wanted] = hubPattern.exec(text) ?? [];
  if (repository === undefined) throw refusal(text, 'expected hf:OWNER/NAME[@REVISION][:FILE]');
  const paths = [repository, revision, ...(wanted === undefined ? [] : [wanted])];
  if (!paths.every((path) => path.split('/').every((name) => part.test(name) && !name.includes('..')))) {
    throw refusal(text, 'a part of it has characters that no repository, revision or file has');
  }
  return { kind: 'hub', repository, revision, wanted };
}

function refusal(received: string, problem: string): TiegelError {
  return new TiegelError('TGL_PULL_REFERENCE', { received: JSON.stringify(received), problem });
}
