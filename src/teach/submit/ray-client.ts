// The part of the Ray Jobs REST API (docs.ray.io, 2.x) that a submitter needs: upload a package, submit, query, read logs,
// stop. Ray retries nothing, and neither does this client: the caller knows what may be tried again.
import { z } from 'zod';
import { TiegelError } from '../../base/index.ts';
import type { Outbound, OutboundResponse } from '../../outbound/index.ts';

const rayStatuses = ['PENDING', 'RUNNING', 'STOPPED', 'SUCCEEDED', 'FAILED'] as const;
export type RayStatus = (typeof rayStatuses)[number];

export type RayJob = { readonly status: RayStatus; readonly message: string };

export type JobSubmission = {
  readonly submission_id: string;
  readonly entrypoint: string;
  readonly runtime_env: {
    readonly working_dir: string;
    readonly env_vars: Readonly<Record<string, string>>;
  };
  readonly metadata: Readonly<Record<string, string>>;
  readonly entrypoint_num_cpus: number;
};

/** Every call throws TGL_RAY_REFUSED, TGL_RAY_ANSWER and TGL_OUTBOUND_*. */
export type RayClient = {
  /** Version of Ray on the cluster. */
  readonly version: () => Promise<string>;
  /** Uploads a package unless Ray has it already. */
  readonly upload: (name: string, bytes: Uint8Array) => Promise<void>;
  /** Undefined if Ray knows no such job. */
  readonly find: (submissionId: string) => Promise<RayJob | undefined>;
  readonly submit: (submission: JobSubmission) => Promise<void>;
  /** Everything that was logged so far. */
  readonly logs: (submissionId: string) => Promise<string>;
  readonly stop: (submissionId: string) => Promise<void>;
};

export type RayClientOptions = {
  readonly outbound: Outbound;
  /** Address of Ray's dashboard, such as http://head:8265. */
  readonly address: string;
  /** Sent as a bearer token, for a dashboard behind a proxy that requires one. */
  readonly token: string | undefined;
  readonly signal: AbortSignal;
};

const maxAnswerBytes = 256 * 2 ** 20;

const jobAnswer = z.object({ status: z.enum(rayStatuses), message: z.string().nullish() });
const logsAnswer = z.object({ logs: z.string().nullish() });
const versionAnswer = z.object({ ray_version: z.string() });
const submitAnswer = z.object({ submission_id: z.string() });
const stopAnswer = z.object({ stopped: z.boolean() });

export function createRayClient({ outbound, address, token, signal }: RayClientOptions): RayClient {
  const root = address.replace(/\/+$/, '');
  const call = (method: 'GET' | 'POST' | 'PUT', path: string, body?: string | Uint8Array) =>
    outbound.request({
      method,
      url: root + path,
      headers:
        body === undefined
          ? {}
          : { 'content-type': typeof body === 'string' ? 'application/json' : 'application/zip' },
      credentials: token === undefined ? {} : { authorization: `Bearer ${token}` },
      ...(body !== undefined && { body }),
      maxBytes: maxAnswerBytes,
      signal,
    });

  return {
    version: async () => (await answer(await call('GET', '/api/version'), versionAnswer)).ray_version,
    upload: async (name, bytes) => {
      const path = `/api/packages/gcs/${name}`;
      using there = await call('GET', path);
      if (there.status === 200) return;
      if (there.status !== 404) await refused(there);
      using sent = await call('PUT', path, bytes);
      if (sent.status !== 200) await refused(sent);
    },
    find: async (submissionId) => {
      using response = await call('GET', `/api/jobs/${submissionId}`);
      if (response.status === 404) return undefined;
      const { status, message } = await answer(response, jobAnswer);
      return { status, message: message ?? '' };
    },
    submit: async (submission) => {
      const response = await call('POST', '/api/jobs/', JSON.stringify(submission));
      const { submission_id } = await answer(response, submitAnswer);
      if (submission_id === submission.submission_id) return;
      const problem = `it took the job as ${submission_id}, not as ${submission.submission_id}`;
      throw new TiegelError('TGL_RAY_ANSWER', { address: root, problem });
    },
    logs: async (submissionId) => {
      const { logs } = await answer(await call('GET', `/api/jobs/${submissionId}/logs`), logsAnswer);
      return logs ?? '';
    },
    stop: async (submissionId) => {
      await answer(await call('POST', `/api/jobs/${submissionId}/stop`, ''), stopAnswer);
    },
  };

  async function answer<Value>(response: OutboundResponse, schema: z.ZodType<Value>): Promise<Value> {
    using received = response;
    if (received.status !== 200) await refused(received);
    const text = await received.text();
    const result = schema.safeParse(jsonOf(text));
    if (result.success) return result.data;
    throw new TiegelError('TGL_RAY_ANSWER', { address: root, problem: `it answered ${text.slice(0, 200)}` });
  }

  async function refused(response: OutboundResponse): Promise<never> {
    const reason = (await response.text()).slice(0, 2000);
    throw new TiegelError('TGL_RAY_REFUSED', { address: root, status: response.status, reason });
  }
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
