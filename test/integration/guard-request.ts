// A request as the gateway tells the guard of it. Imported by tests only.

import type { Guard } from '../../src/host/guard/start-guard.ts';
import { createPrincipal, type RequestRecord } from '../../src/traffic/index.ts';

export const usage = { promptTokens: 40, cachedPromptTokens: 0, completionTokens: 300, reasoningTokens: 240 };

let requests = 0;

export function askOnce(
  { observer }: Pick<Guard, 'observer'>,
  { organisation, account }: { readonly organisation: string; readonly account: string },
  prompt: string,
  arrived = 0,
): void {
  const principal = createPrincipal({
    ...{ organisation, account, principalId: 'p', keyId: 'k', scopes: new Set(), models: null },
    ...{ region: null, cacheScope: account, revoked: new AbortController().signal },
  });
  const requestId = `req_${++requests}`;
  const request = { id: requestId, principal, route: '/v1/chat/completions', dialect: 'openai-chat' };
  observer.began?.(request, { name: 'm', admissionKey: '' }, [{ role: 'user', content: prompt }]);
  const record: RequestRecord = {
    ...{ requestId, principal, model: 'm', admissionKey: '', places: [], policyVersion: null },
    ...{ route: request.route, dialect: request.dialect, outcome: { type: 'finished' }, usage, arrived },
    choices: [{ finish: 'stop', usage }],
    ...{ firstTokenMs: null, firstAnswerMs: null, durationMs: 5, waitedMs: null },
  };
  observer.ended?.(record);
}
