// Which runtime runs models here, for commands that only show something.
import type { Environment } from './environment.ts';
import { rememberedRuntime } from './remembered-runtime.ts';

/**
 * The `runtimeBuild` of engines on this machine as it was when it was last asked, for commands that only show something:
 * asking takes a process that loads the native library. Whatever is admitted or started asks.
 *
 * @throws TGL_ENGINE_START_FAILED
 */
export async function lastRuntimeBuild(
  local: Pick<Environment, 'home' | 'llamaServer' | 'lookup'>,
): Promise<string> {
  const known = local.llamaServer === undefined ? rememberedRuntime(local.home) : undefined;
  if (known !== undefined) return known;
  const { localRuntimeBuild } = await import('./fitted-engine.ts');
  return await localRuntimeBuild(local);
}
