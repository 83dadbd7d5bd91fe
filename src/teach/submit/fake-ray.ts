// A stand-in for the Ray Jobs API, for tests: it accepts what docs.ray.io says a cluster accepts, field by field, and records
// every request. It runs nothing; tests decide what becomes of a job.
import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { RayStatus } from './ray-client.ts';

export type FakeRay = AsyncDisposable & {
  readonly url: string;
  readonly requests: string[];
  readonly packages: Map<string, Buffer>;
  readonly jobs: Map<string, FakeJob>;
  /** Answers this many requests by closing the connection. */
  breaks: number;
  token: string | undefined;
};

export type FakeJob = { status: RayStatus; message: string; logs: string; readonly submission: Submission };

type Submission = Readonly<Record<string, unknown>> & { readonly submission_id: string };

const knownFields = ['submission_id', 'entrypoint', 'runtime_env', 'metadata', 'entrypoint_num_cpus'];

export async function startFakeRay(): Promise<FakeRay> {
  const server = createServer((request, response) => {
    if (ray.breaks > 0) {
      ray.breaks--;
      request.socket.destroy();
      return;
    }
    readBody(request).then((body) => {
      ray.requests.push(`${request.method} ${request.url}`);
      const [status, value] = answer(ray, request, body);
      response.writeHead(status, { 'content-type': 'application/json' });
      response.end(typeof value === 'string' ? value : JSON.stringify(value));
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const ray: FakeRay = {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    requests: [],
    packages: new Map(),
    jobs: new Map(),
    breaks: 0,
    token: undefined,
    [Symbol.asyncDispose]: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
  return ray;
}

async function readBody(request: IncomingMessage): Promise<Buffer> {
  const pieces: Buffer[] = [];
  for await (const piece of request as AsyncIterable<Buffer>) pieces.push(piece);
  return Buffer.concat(pieces);
}

function answer(
  ray: FakeRay,
  { method, url = '', headers }: IncomingMessage,
  body: Buffer,
): [number, unknown] {
  if (ray.token !== undefined && headers.authorization !== `Bearer ${ray.token}`)
    return [401, 'Unauthorized'];
  const [, section, kind, name] = /^\/api\/(version|packages\/gcs|jobs)(\/?)([^/]*)/.exec(url) ?? [];
  if (method === 'GET' && section === 'version')
    return [200, { version: '4', ray_version: '2.48.0', ray_commit: 'x' }];
  if (section === 'packages/gcs' && name) {
    if (method === 'GET') return ray.packages.has(name) ? [200, {}] : [404, 'Package does not exist.'];
    if (method === 'PUT' && headers['content-type'] === 'application/zip') {
      ray.packages.set(name, body);
      return [200, {}];
    }
  }
  if (section === 'jobs' && method === 'POST' && url === '/api/jobs/')
    return submit(ray, body.toString('utf8'));
  const job = section === 'jobs' && kind === '/' && name ? ray.jobs.get(name) : undefined;
  if (job === undefined) return [404, `Job ${name} does not exist`];
  if (method === 'GET' && url.endsWith('/logs')) return [200, { logs: job.logs }];
  if (method === 'POST' && url.endsWith('/stop')) {
    job.status = 'STOPPED';
    return [200, { stopped: true }];
  }
  if (method !== 'GET') return [405, 'Method Not Allowed'];
  const { status, message, submission } = job;
  return [200, { type: 'SUBMISSION', job_id: null, status, message, ...submission }];
}

function submit(ray: FakeRay, text: string): [number, unknown] {
  const submission = JSON.parse(text) as Submission;
  const unknown = Object.keys(submission).filter((field) => !knownFields.includes(field));
  if (unknown.length > 0) return [400, `unexpected fields: ${unknown}`];
  if (typeof submission.entrypoint !== 'string') return [400, 'entrypoint must be a string'];
  const { working_dir = '', env_vars = {} } = submission.runtime_env as Record<string, never>;
  const name = /^gcs:\/\/(_ray_pkg_[0-9a-f]+\.zip)$/.exec(working_dir)?.[1];
  if (name === undefined || !ray.packages.has(name)) return [500, `no such package: ${working_dir}`];
  if (Object.values(env_vars).some((value) => typeof value !== 'string'))
    return [400, 'env_vars must be strings'];
  if (ray.jobs.has(submission.submission_id)) return [500, 'a job with this submission_id exists already'];
  ray.jobs.set(submission.submission_id, { status: 'PENDING', message: '', logs: '', submission });
  return [200, { job_id: submission.submission_id, submission_id: submission.submission_id }];
}
