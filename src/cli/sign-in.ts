// `tiegel sign-in` and `tiegel session`: links that sign people in, and the sessions that they open. Beside a running server as well.
import { TiegelError } from '../base/index.ts';
import { runningServers, signInUrl } from '../host/quick.ts';
import { parseIdentifier, type SessionRecord } from '../store/index.ts';
import type { PrincipalId } from '../traffic/index.ts';
import type { CommandContext, ExitCode } from './command.ts';
import { personMeant } from './person.ts';
import { type OpenedStore, type StoreFlags, timeText, withStore } from './with-store.ts';

export async function runSignIn(
  context: CommandContext,
  flags: StoreFlags & { readonly for?: string },
): Promise<ExitCode> {
  return withStore(context, flags, async (opened) => {
    const { organisation, author, keys } = opened;
    const person = flags.for === undefined ? await ownerOf(opened) : await personMeant(opened, flags.for);
    const { token, expiresAt } = await keys.signIns.createLink(organisation, person, author);
    const { home, host, port, origin } = context.environment;
    const [server] = runningServers(home);
    const url = signInUrl(origin ?? server?.url ?? `http://${host}:${port}`, token);
    context.terminal.print(`Sign in (once, until ${timeText(expiresAt)}): ${url}`);
    if (server === undefined)
      context.terminal.note('No server runs on this machine; start one with `tiegel up`.');
    context.terminal.result({ url, person, expiresAt });
    return 0;
  });
}

/** @throws TGL_USAGE where no person owns the organisation any more */
async function ownerOf({ keys, organisation, author }: OpenedStore): Promise<PrincipalId> {
  const owner = await keys.firstPerson(organisation, author);
  if (owner !== undefined) return owner;
  const problem = 'No person owns the organisation; name whom the link is for with --for PERSON.';
  throw new TiegelError('TGL_USAGE', { problem });
}

export async function runSessionList(context: CommandContext, flags: StoreFlags): Promise<ExitCode> {
  return withStore(context, flags, async ({ keys, organisation }) => {
    const sessions = await keys.signIns.list(organisation);
    for (const session of sessions) context.terminal.print(lineOf(session));
    context.terminal.result({ sessions });
    return 0;
  });
}

export async function runSessionEnd(
  context: CommandContext,
  id: string,
  flags: StoreFlags,
): Promise<ExitCode> {
  return withStore(context, flags, async ({ keys, organisation, author }) => {
    const session = parseIdentifier('session', id);
    await keys.signIns.end(organisation, session, author);
    context.terminal.print(`${session} is ended.`);
    context.terminal.result({ session, state: 'ended' });
    return 0;
  });
}

function lineOf({ id, principal, signedInBy, createdAt, seenAt, expiresAt }: SessionRecord): string {
  const times = `since ${timeText(createdAt)}; last used ${timeText(seenAt)}; ends ${timeText(expiresAt)}`;
  return `${id}  ${principal}  by ${signedInBy}; ${times}`;
}
