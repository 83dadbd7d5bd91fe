// POST /api/pull: fetches a model into the catalog, for the operator. It waits in quarantine there and is not served before
// it was assessed, which the last line but one says.
import type { FastifyReply } from 'fastify';
import type { Progress } from '../../base/index.ts';
import type { OllamaPullRequest } from '../../wire/index.ts';
import type { GatewayContext } from '../context.ts';
import { requestOf } from '../request.ts';
import { namedModel } from './ollama-models.ts';
import type { Handle } from './route.ts';

/** Bytes of the whole model. */
export type FetchProgress = Pick<Progress, 'done' | 'total'>;

/**
 * Fetches what a reference means, such as a published name, and answers with the name it has in the catalog. What was fetched
 * when `signal` aborts is kept for the next time.
 *
 * @throws TGL_PULL_*, TGL_DIGEST_MISMATCH, TGL_DISK_*, TGL_OUTBOUND_*
 */
export type FetchModel = (
  reference: string,
  options: { readonly signal: AbortSignal; readonly onProgress: (progress: FetchProgress) => void },
) => Promise<{ readonly name: string; readonly digest: string }>;

/** Milliseconds between two lines. */
const pause = 200;

export function pullModel(fetchModel: FetchModel): Handle<OllamaPullRequest> {
  return async (context, request, reply, body) => {
    const reference = namedModel(body).replace(/:latest$/, '');
    const status = lines(context, reply, body.stream !== false);
    try {
      status.say({ status: 'pulling manifest' });
      const { name, digest } = await fetchModel(reference, {
        signal: requestOf(request.raw).signal,
        onProgress: ({ done, total }) =>
          status.progress({ status: `pulling ${reference}`, digest: reference, total, completed: done }),
      });
      status.say({ status: 'verifying sha256 digest', digest });
      status.say({ status: `quarantined: ${name} is served once \`tiegel assess ${name}\` has admitted it` });
      return status.end({ status: 'success' });
    } catch (error) {
      if (!status.hasBegun()) throw error;
      const { envelope } = context.answerTo(error, request.id);
      return status.end({ error: envelope.error.message });
    }
  };
}

type StatusLines = {
  readonly say: (line: object) => void;
  /** Left out where one was written a moment ago. */
  readonly progress: (line: object) => void;
  readonly end: (line: object) => FastifyReply;
  readonly hasBegun: () => boolean;
};

/** The head goes out with the first progress, so that until then a refusal has a status of its own. */
function lines({ clock }: GatewayContext, reply: FastifyReply, streams: boolean): StatusLines {
  let pending = '';
  let begun = false;
  let shown = Number.NEGATIVE_INFINITY;
  const flush = (): void => {
    if (!streams || pending === '' || reply.raw.destroyed) return;
    if (!begun) {
      begun = true;
      reply.hijack();
      reply.raw.writeHead(200, { 'content-type': 'application/x-ndjson', 'x-request-id': reply.request.id });
    }
    reply.raw.write(pending);
    pending = '';
  };
  const say = (line: object): void => {
    pending += `${JSON.stringify(line)}\n`;
    if (begun) flush();
  };
  return {
    say,
    progress: (line) => {
      if (!streams || clock.monotonic() - shown < pause) return;
      shown = clock.monotonic();
      say(line);
      flush();
    },
    end: (line) => {
      if (!streams) return reply.send(line);
      say(line);
      flush();
      reply.raw.end();
      return reply;
    },
    hasBegun: () => begun,
  };
}
