// Renders template texts nobody here has read, in a process of their own. A process and not a thread, since V8 ends the
// whole process when one allocation does not fit. One request at a time; whatever breaks a limit is killed and the next
// request gets a new process. Should a text find a way out of the interpreter, Node's permissions keep other files,
// processes and add-ons from it; the network they leave open.
import { type ChildProcess, fork } from 'node:child_process';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { TiegelError } from '../../../base/index.ts';
import type { TemplateAudit } from '../audit/audit-template.ts';
import type { AuditReply, AuditRequest, RenderReply, RenderRequest } from './protocol.ts';

/** Gives the rendered text. @throws TGL_TEMPLATE_FAILED */
export type Renderer = (request: RenderRequest) => Promise<string>;

export type TemplateProcess = {
  readonly render: Renderer;
  /** What a text is made of. @throws TGL_TEMPLATE_FAILED when it exhausts whoever reads it */
  readonly audit: (text: string) => Promise<TemplateAudit>;
};

const startMs = 10_000;
/** Both are bounded by their steps; this is for a parser or a single step that never ends. */
const renderMs = 20_000;
const auditMs = 60_000;
const heapMegabytes = 64;
/** A process that nobody has needed for so long is ended. */
const idleMs = 60_000;

export function createRenderer(): Renderer {
  return createTemplateProcess().render;
}

/** Nothing is started before the first request, and what was started ends by itself. */
export function createTemplateProcess(): TemplateProcess {
  let child: ChildProcess | undefined;
  let idle: NodeJS.Timeout | undefined;
  let last: Promise<unknown> = Promise.resolve();

  const end = (): void => {
    child?.kill('SIGKILL');
    child = undefined;
  };

  const ask = async (request: RenderRequest | AuditRequest, withinMs: number): Promise<unknown> => {
    clearTimeout(idle);
    try {
      if (child === undefined || child.exitCode !== null || child.signalCode !== null) {
        child = startChild();
        await messageOf(child, startMs);
      }
      const reply = messageOf(child, withinMs);
      child.send(request);
      return await reply;
    } catch (cause) {
      if (!(cause instanceof Lost)) throw cause;
      end();
      throw failed(cause.message);
    } finally {
      idle = setTimeout(end, idleMs).unref();
    }
  };
  const inTurn = (request: RenderRequest | AuditRequest, withinMs: number): Promise<unknown> => {
    const asked = last.then(() => ask(request, withinMs));
    last = asked.catch(() => {});
    return asked;
  };

  return {
    render: async (request) => textOf((await inTurn(request, renderMs)) as RenderReply),
    audit: async (text) => {
      const reply = (await inTurn({ audit: text }, auditMs)) as AuditReply;
      if ('problem' in reply) throw failed(plain(reply.problem));
      return reply;
    },
  };
}

export function failed(problem: string): TiegelError {
  return new TiegelError('TGL_TEMPLATE_FAILED', { problem });
}

class Lost extends Error {}

function textOf(reply: RenderReply): string {
  if ('rendered' in reply) return reply.rendered;
  throw failed(plain(reply.problem));
}

/** What it says may quote what it was given, which are marks and control characters. */
function plain(problem: string): string {
  return problem.replaceAll(/[\p{Co}\p{Cc}]+/gu, ' ');
}

/**
 * This package and the one that it renders with, where the child looks for it and where it really lies: a package manager
 * may put it beside this package or behind a link.
 */
function readableByChild(): readonly string[] {
  const library = '@huggingface/jinja';
  const { resolve } = createRequire(import.meta.url);
  const lookups = (resolve.paths(library) ?? []).map((directory) => join(directory, library));
  return [join(import.meta.dirname, '..', '..', '..', '..'), ...lookups, dirname(dirname(resolve(library)))];
}

function startChild(): ChildProcess {
  const { SystemRoot } = process.env;
  const child = fork(join(import.meta.dirname, 'child-main.ts'), [], {
    env: SystemRoot === undefined ? {} : { SystemRoot },
    execArgv: [
      `--max-old-space-size=${heapMegabytes}`,
      '--disallow-code-generation-from-strings',
      '--disable-proto=delete',
      '--no-warnings',
      '--permission',
      ...readableByChild().map((path) => `--allow-fs-read=${path}`),
    ],
    serialization: 'advanced',
    stdio: ['ignore', 'ignore', 'ignore', 'ipc'],
  });
  // Nobody waits for an idle process; it leaves by itself when its parent does.
  child.unref();
  child.channel?.unref();
  return child;
}

/** The next message. @throws Lost when the process is silent for too long, or ends. */
function messageOf(child: ChildProcess, withinMs: number): Promise<unknown> {
  const { promise, resolve, reject } = Promise.withResolvers<unknown>();
  const onExit = (code: number | null, signal: string | null): void =>
    reject(new Lost(`its process ended (${signal ?? code}), as it does at ${heapMegabytes} MiB`));
  const onError = (cause: Error): void => reject(new Lost(`its process failed: ${cause.message}`));
  const timer = setTimeout(() => reject(new Lost(`it took longer than ${withinMs} ms`)), withinMs);
  child.once('message', resolve).once('exit', onExit).once('error', onError);
  return promise.finally(() => {
    clearTimeout(timer);
    child.off('message', resolve).off('exit', onExit).off('error', onError);
  });
}
