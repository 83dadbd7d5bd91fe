// A Chromium that nothing watches. A driver such as Playwright has the page report every piece of every response, which costs the process that
// draws it as much as the console does; here the protocol is asked for no more than to open an address, to evaluate and to press a key.
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';

export type BareBrowser = AsyncDisposable & {
  readonly open: (address: string) => Promise<void>;
  /** Evaluates an expression in the page; its value is JSON. */
  readonly evaluate: (expression: string) => Promise<unknown>;
  /** Until an expression is true, asked for from time to time: a page that is watched on every frame would pay for that. */
  readonly until: (expression: string) => Promise<void>;
  /** Types into what has the focus, and presses Enter. */
  readonly enter: (text: string) => Promise<void>;
  /** Milliseconds of processor time of all processes that draw pages, of which one has a page. */
  readonly rendererMs: () => Promise<number>;
};

type Send = (method: string, params?: object, session?: string) => Promise<Record<string, unknown>>;

const askMs = 250;
const longestMs = 300_000;

export async function bareBrowser(executablePath: string): Promise<BareBrowser> {
  await using stack = new AsyncDisposableStack();
  const profile = mkdtempSync(join(tmpdir(), 'tiegel-browser-'));
  stack.defer(() => rmSync(profile, { recursive: true, force: true, maxRetries: 10, retryDelay: 100 }));
  const browser = spawn(executablePath, flags(profile), { stdio: ['ignore', 'ignore', 'pipe'] });
  stack.defer(async () => {
    if (browser.exitCode !== null || browser.signalCode !== null) return;
    browser.kill();
    await once(browser, 'exit');
  });
  const { send, close } = await connect(await debuggerAddress(browser));
  stack.defer(close);
  const { targetInfos } = (await send('Target.getTargets')) as {
    targetInfos: readonly { readonly type: string; readonly targetId: string }[];
  };
  const targetId = targetInfos.find(({ type }) => type === 'page')?.targetId;
  const attached = await send('Target.attachToTarget', { targetId, flatten: true });
  const session = attached.sessionId as string;
  const evaluate = async (expression: string): Promise<unknown> => {
    const answer = await send('Runtime.evaluate', { expression, returnByValue: true }, session);
    if (answer.exceptionDetails !== undefined) throw new Error(JSON.stringify(answer.exceptionDetails));
    return (answer.result as { readonly value?: unknown }).value;
  };
  const owned = stack.move();
  return {
    open: async (url) => void (await send('Page.navigate', { url }, session)),
    evaluate,
    until: async (expression) => {
      for (let waited = 0; (await evaluate(expression)) !== true; waited += askMs) {
        if (waited > longestMs) throw new Error(`It never became true: ${expression}`);
        await pause(askMs);
      }
    },
    enter: async (text) => {
      await send('Input.insertText', { text }, session);
      const enter = { key: 'Enter', code: 'Enter', windowsVirtualKeyCode: 13, text: '\r' };
      for (const type of ['keyDown', 'keyUp'])
        await send('Input.dispatchKeyEvent', { type, ...enter }, session);
    },
    rendererMs: async () => {
      const { processInfo } = (await send('SystemInfo.getProcessInfo')) as {
        processInfo: readonly { readonly type: string; readonly cpuTime: number }[];
      };
      const own = processInfo.filter(({ type }) => type === 'renderer');
      return own.reduce((total, { cpuTime }) => total + cpuTime * 1000, 0);
    },
    [Symbol.asyncDispose]: () => owned.disposeAsync(),
  };
}

function flags(profile: string): readonly string[] {
  return [
    ...['--headless=new', '--no-sandbox', '--disable-gpu', '--no-first-run', '--disable-extensions'],
    ...['--disable-background-networking', '--disable-component-update', '--disable-sync', '--lang=en-GB'],
    ...['--remote-debugging-port=0', `--user-data-dir=${profile}`, '--window-size=1280,720'],
    ...['--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1', 'about:blank'],
  ];
}

/** Which it prints when it is ready. */
async function debuggerAddress({ stderr }: ChildProcess): Promise<string> {
  let said = '';
  for await (const piece of stderr as NonNullable<typeof stderr>) {
    said += piece;
    const [, address] = /DevTools listening on (ws:\S+)/.exec(said) ?? [];
    if (address !== undefined) return address;
  }
  throw new Error(`The browser did not start: ${said.slice(-500)}`);
}

type Message = {
  readonly id?: number;
  readonly result?: Record<string, unknown>;
  readonly error?: { readonly message: string };
};

async function connect(address: string): Promise<{ readonly send: Send; readonly close: () => void }> {
  const socket = new WebSocket(address);
  await once(socket, 'open');
  const waiting = new Map<number, PromiseWithResolvers<Record<string, unknown>>>();
  let last = 0;
  socket.addEventListener('message', ({ data }) => {
    const { id = 0, result = {}, error } = JSON.parse(data as string) as Message;
    if (error === undefined) waiting.get(id)?.resolve(result);
    else waiting.get(id)?.reject(new Error(error.message));
    waiting.delete(id);
  });
  socket.addEventListener('close', () => {
    for (const { reject } of waiting.values()) reject(new Error('The browser is gone.'));
  });
  const send: Send = (method, params = {}, session) => {
    const id = ++last;
    const answer = Promise.withResolvers<Record<string, unknown>>();
    waiting.set(id, answer);
    socket.send(JSON.stringify({ id, method, params, ...(session !== undefined && { sessionId: session }) }));
    return answer.promise;
  };
  return { send, close: () => socket.close() };
}
