// The Hugging Face hub's HTTP API, as far as pulling needs it: a revision becomes a commit, the commit's files are
// listed with the SHA-256 that Git LFS knows them by, and one model among them is chosen. Nothing is believed: what
// does not have the expected form is refused, and only https or an address the operator named is asked.
import { type Digest, parseDigest, TiegelError } from '../../base/index.ts';
import { shardNames } from '../../formats/index.ts';
import type { Outbound, RedirectRule } from '../../outbound/index.ts';
import { usualQuantisation } from '../variant/known-models.ts';

export type Hub = {
  /** Such as `https://huggingface.co`. */
  readonly endpoint: string;
  /** Sent to the endpoint only, never along a redirect. */
  readonly token?: string | undefined;
};

/** A file to be fetched. */
export type RemoteFile = {
  readonly url: string;
  readonly name: string;
  /** Null where only the server's answer will tell. */
  readonly bytes: number | null;
  readonly digest: Digest | null;
};

export type HubModel = {
  readonly commit: string;
  /** One file, or all shards in order. */
  readonly files: readonly RemoteFile[];
  readonly card: RemoteFile | undefined;
};

type Listed = { readonly path: string; readonly bytes: number; readonly digest: Digest | null };

const maxPages = 20;
const maxFiles = 10_000;
const maxPageBytes = 8 * 2 ** 20;

/** @throws TGL_PULL_REFUSED, TGL_PULL_FAILED, TGL_PULL_REFERENCE where no file or several fit, TGL_OUTBOUND_* */
export async function findOnHub(
  outbound: Outbound,
  hub: Hub,
  wanted: { readonly repository: string; readonly revision: string; readonly wanted: string | undefined },
  signal: AbortSignal,
): Promise<HubModel> {
  const { repository, revision } = wanted;
  const base = hub.endpoint.replace(/\/+$/, '');
  const api = `${base}/api/models/${repository}`;
  const ask = (url: string): Promise<Answer> => getJson(outbound, hub, url, signal);
  const { value } = await ask(`${api}/revision/${encodeURIComponent(revision)}`);
  const commit = (value as { sha?: unknown } | null)?.sha;
  if (typeof commit !== 'string' || !/^[0-9a-f]{40,64}$/.test(commit)) {
    throw failed(api, 'the hub named no commit');
  }
  const listed = await listFiles(ask, `${api}/tree/${commit}?recursive=true`);
  const remote = ({ path, bytes, digest }: Listed): RemoteFile => ({
    url: `${base}/${repository}/resolve/${commit}/${path.split('/').map(encodeURIComponent).join('/')}`,
    name: path.split('/').at(-1)!,
    bytes,
    digest,
  });
  const card = listed.find(({ path }) => path === 'README.md');
  return {
    commit,
    files: chooseModel(listed, wanted.wanted, repository).map(remote),
    card: card && remote(card),
  };
}

/** Where the hub sends its downloads. */
export function hubRedirects(hub: Hub): RedirectRule {
  return { most: 5, hosts: [new URL(hub.endpoint).hostname, '.huggingface.co', '.hf.co'] };
}

/** The header that identifies us at the hub. */
export function hubCredentials(hub: Hub): Readonly<Record<string, string>> {
  return hub.token === undefined ? {} : { authorization: `Bearer ${hub.token}` };
}

type Answer = { readonly value: unknown; readonly link: string | undefined };

async function getJson(outbound: Outbound, hub: Hub, url: string, signal: AbortSignal): Promise<Answer> {
  using response = await outbound.request({
    url,
    headers: { accept: 'application/json' },
    credentials: hubCredentials(hub),
    redirects: hubRedirects(hub),
    maxBytes: maxPageBytes,
    signal,
  });
  if (response.status !== 200) throw unexpectedStatus(url, response.status);
  const text = await response.text();
  try {
    return { value: JSON.parse(text), link: response.headers.link };
  } catch (cause) {
    throw failed(url, 'the answer is not JSON', cause);
  }
}

async function listFiles(ask: (url: string) => Promise<Answer>, first: string): Promise<readonly Listed[]> {
  const files: Listed[] = [];
  let url: string | undefined = first;
  for (let page = 0; url !== undefined; page++) {
    if (page === maxPages || files.length > maxFiles)
      throw failed(first, 'the repository has too many files');
    const { value, link }: Answer = await ask(url);
    if (!Array.isArray(value)) throw failed(first, 'the list of files is not a list');
    files.push(...value.flatMap(listedFile));
    url = nextPage(link, url);
  }
  return files;
}

function listedFile(entry: unknown): Listed[] {
  const { type, path, size, lfs } = (entry ?? {}) as Readonly<Record<string, unknown>>;
  const sound =
    type === 'file' &&
    typeof path === 'string' &&
    /^[\w.+ -]+(\/[\w.+ -]+)*$/.test(path) &&
    !path.split('/').some((name) => name.startsWith('.')) &&
    Number.isSafeInteger(size) &&
    (size as number) >= 0;
  if (!sound) return [];
  const oid = (lfs as { oid?: unknown } | undefined)?.oid;
  return [{ path, bytes: size as number, digest: typeof oid === 'string' ? parseDigest(oid) : null }];
}

/** RFC 8288, of the same origin. */
function nextPage(link: string | undefined, current: string): string | undefined {
  const target = /<([^>]*)>;\s*rel="next"/.exec(link ?? '')?.[1];
  const url = target === undefined ? null : URL.parse(target, current);
  return url !== null && url.origin === new URL(current).origin ? url.href : undefined;
}

/** The files of one model; of several that fit, the one with the fewest files. */
function chooseModel(
  listed: readonly Listed[],
  wanted: string | undefined,
  repository: string,
): readonly Listed[] {
  const models = groupShards(listed.filter(({ path }) => path.endsWith('.gguf') && !/mmproj/i.test(path)));
  const fitting = wanted?.endsWith('.gguf')
    ? models.filter((files) => files.some(({ path }) => path === wanted))
    : models.filter(([first]) => hasQuantisation(first!.path, wanted ?? usualQuantisation));
  const [best] = fitting.toSorted((one, other) => one.length - other.length);
  if (best !== undefined) return best;
  if (wanted === undefined && models.length === 1) return models[0]!;
  const paths = models.map(([first]) => first!.path);
  throw new TiegelError('TGL_PULL_REFERENCE', {
    received: JSON.stringify(`hf:${repository}${wanted === undefined ? '' : `:${wanted}`}`),
    problem: paths.length === 0 ? 'it has no GGUF file' : `its GGUF files are ${paths.join(', ')}`,
  });
}

function groupShards(files: readonly Listed[]): (readonly Listed[])[] {
  const byPath = new Map(files.map((file) => [file.path, file]));
  return files.flatMap((file) => {
    const folder = file.path.slice(0, file.path.lastIndexOf('/') + 1);
    const names = shardNames(file.path.slice(folder.length));
    if (names === undefined) return [[file]];
    if (file.path !== folder + names[0]) return [];
    const shards = names.flatMap((name) => byPath.get(folder + name) ?? []);
    return shards.length === names.length ? [shards] : [];
  });
}

/** Whether a path carries a quantisation as a word of its own, in any case. */
function hasQuantisation(path: string, quantisation: string): boolean {
  return `-${path.toUpperCase().replaceAll(/[./]/g, '-')}-`.includes(`-${quantisation.toUpperCase()}-`);
}

export function unexpectedStatus(url: string, status: number): TiegelError {
  const refused = status === 401 || status === 403 || status === 404;
  if (refused) return new TiegelError('TGL_PULL_REFUSED', { url, status });
  return failed(url, `the answer has the status ${status}`);
}

export function failed(url: string, reason: string, cause?: unknown): TiegelError {
  return new TiegelError('TGL_PULL_FAILED', { url, reason }, { cause });
}
