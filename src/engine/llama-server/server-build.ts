// What names a llama-server binary in the admission key. Not covered: the libraries it loads.
import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { digestOfFile, parseDigest, TiegelError } from '../../base/index.ts';
import type { LoadedFile } from '../../catalog/index.ts';
import { childEnvironment } from '../llama/child-environment.ts';

const answerMs = 20_000;

/**
 * The `runtimeBuild` of engines over this binary: what it says of its version, and its digest.
 *
 * @throws TGL_ENGINE_START_FAILED when it cannot be read or run.
 */
export async function llamaServerBuild(binary: string): Promise<string> {
  try {
    const digest = await digestOfFile(binary);
    const options = { env: childEnvironment(process.env), timeout: answerMs };
    const { stdout, stderr } = await promisify(execFile)(binary, ['--version'], options);
    const version = /^version: (.{1,100})$/m.exec(stdout + stderr)?.[1] ?? 'of unknown version';
    return `llama-server ${version} / sha256 ${digest}`;
  } catch (cause) {
    const reason = cause instanceof Error ? (cause.message.split('\n')[0] as string) : String(cause);
    throw new TiegelError('TGL_ENGINE_START_FAILED', { model: binary, reason });
  }
}

/** The binary with the digest that a `runtimeBuild` of `llamaServerBuild` holds; none in another one. */
export function binaryIn(runtimeBuild: string, binary: string): readonly LoadedFile[] {
  const digest = /^llama-server .* \/ sha256 ([0-9a-f]{64})$/.exec(runtimeBuild)?.[1];
  return digest === undefined ? [] : [{ path: binary, digest: parseDigest(digest) }];
}
