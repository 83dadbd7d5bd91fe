// The part of host that is quick to load: the environment, and what commands show that start nothing.
import type { HostContext } from './context.ts';
import type { HostStore } from './open-store.ts';

export { readEnvironment } from './environment.ts';
export { lastRuntimeBuild } from './last-runtime-build.ts';
export { servedAttention } from './model-layout.ts';
export type { HostStore } from './open-store.ts';
export { runningServers } from './running-servers.ts';
export { servingOn } from './serving.ts';
export { signInUrl } from './sign-in-url.ts';

/** @see openHostStore; a command that does not use the store does not wait for what opens it. */
export async function openStoreOfHost(
  context: Pick<HostContext, 'environment' | 'clock'>,
): Promise<HostStore> {
  const { openHostStore } = await import('./open-store.ts');
  return openHostStore(context);
}
