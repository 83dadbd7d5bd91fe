// The built console on a server over a real store and a scripted engine, and a browser in front of it. What the tests of pages start.
import { existsSync } from 'node:fs';
import { type Browser, type BrowserContext, chromium, type Page } from 'playwright-core';
import type { ScriptedEngineOptions } from '../../src/engine/index.ts';
import { consoleFiles } from '../../src/host/console-files.ts';
import { author } from '../../src/store/contract.ts';
import type { Role } from '../../src/store/terms/roles.ts';
import type { OrganisationId, PrincipalId } from '../../src/traffic/index.ts';
import {
  type ServedStore,
  type ServedStoreOptions,
  serveStore,
  type TenantWithKey,
} from '../integration/served-store.ts';

/** Undefined where there is no Chromium. */
export const browserPath: string | undefined = [
  process.env.CHROMIUM,
  '/usr/bin/chromium',
  '/usr/bin/chromium-browser',
].find((path) => path !== undefined && existsSync(path));

/** Where there is no browser, the tests of pages are skipped. */
export const hasBrowser: boolean = browserPath !== undefined;

export type ServedConsole = AsyncDisposable & {
  readonly server: ServedStore;
  readonly tenant: TenantWithKey;
  readonly browser: Browser;
  /** A page that nobody is signed in on, with what it did that no page of the console may do. */
  readonly open: (options?: Parameters<Browser['newContext']>[0]) => Promise<OpenPage>;
  /** The address that signs in the owner of the organisation, or somebody with another role in all of it, once. */
  readonly signInUrl: (role?: Role) => Promise<string>;
  /** The same for the organisation that operates the server. */
  readonly operatorSignInUrl: (role: Role) => Promise<string>;
};

export type OpenPage = {
  readonly page: Page;
  readonly context: BrowserContext;
  /** Requests to other origins, dialogs, errors of scripts and reports of the content security policy. */
  readonly faults: readonly string[];
};

export async function serveConsole(
  script: Partial<ScriptedEngineOptions> = {},
  options: Partial<ServedStoreOptions> = {},
): Promise<ServedConsole> {
  await using stack = new AsyncDisposableStack();
  const server = stack.use(await serveStore({ script, gateway: { console: consoleFiles() }, ...options }));
  const tenant = await server.addTenant('Nordlicht');
  const { organisation, person } = tenant;
  await server.opened.store.principals.grant(organisation, person, author, { account: null, role: 'owner' });
  await server.refresh();
  const browser = await chromium.launch({
    executablePath: browserPath as string,
    args: ['--no-sandbox', '--disable-gpu', '--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1'],
  });
  stack.defer(() => browser.close());
  const { store, keys } = server.opened;
  const somebody = async (whose: OrganisationId, role: Role): Promise<PrincipalId> => {
    const facts = { kind: 'person', name: role } as const;
    const made = await store.principals.create(whose, author, facts, { account: null, role });
    await server.refresh();
    return made.id;
  };
  const linkOf = async (whose: OrganisationId, id: PrincipalId): Promise<string> =>
    `${server.url}/sign-in#${(await keys.signIns.createLink(whose, id, author)).token}`;
  const owned = stack.move();
  return {
    ...{ server, tenant, browser },
    open: async (options = {}) => {
      const context = await browser.newContext({ locale: 'en-GB', ...options });
      const page = await context.newPage();
      return { page, context, faults: faultsOf(page, server.url) };
    },
    signInUrl: async (role = 'owner') =>
      linkOf(organisation, role === 'owner' ? person : await somebody(organisation, role)),
    operatorSignInUrl: async (role) => {
      const operator = (await store.organisations.list())[0]?.id as OrganisationId;
      return linkOf(operator, await somebody(operator, role));
    },
    [Symbol.asyncDispose]: () => owned.disposeAsync(),
  };
}

function faultsOf(page: Page, origin: string): readonly string[] {
  const faults: string[] = [];
  page.on('request', (request) => {
    if (!request.url().startsWith(`${origin}/`)) faults.push(`request to ${request.url()}`);
  });
  page.on('dialog', (dialog) => {
    faults.push(`dialog ${dialog.message()}`);
    void dialog.dismiss();
  });
  page.on('pageerror', (error) => faults.push(`error ${error.message}`));
  page.on('console', (message) => {
    if (/Content.Security.Policy|TrustedScript|TrustedHTML/i.test(message.text()))
      faults.push(message.text());
  });
  return faults;
}
