// Keeps what was written in a request, where the policy of whoever asks allows it: gathered while the request runs, stored sealed
// once it has ended. Whatever goes wrong with it is logged and disturbs no request.
import { createShortLivedMap } from '../base/index.ts';
import type { PoliciesInForce } from '../governance/index.ts';
import type { Content, ContentStore } from '../store/index.ts';
import type { ObservedMessage, RequestObserver } from '../traffic/index.ts';
import type { createServerLogger } from './server-logger.ts';

type Gathered = {
  readonly days: number;
  readonly organisation: string;
  readonly account: string;
  readonly principal: string;
  readonly messages: readonly ObservedMessage[];
  readonly choices: { reasoning: string; answer: string }[];
  characters: number;
};

export type KeptContent = Disposable & { readonly observer: RequestObserver };

/** Of a request; what is longer is cut there. */
const maxCharacters = 1_000_000;
const flushMs = 200;

export function keepContent({
  content,
  policies,
  logger,
}: {
  readonly content: Pick<ContentStore, 'keep'>;
  readonly policies: PoliciesInForce;
  readonly logger: Pick<ReturnType<typeof createServerLogger>, 'error'>;
}): KeptContent {
  const running = createShortLivedMap<string, Gathered>();
  let waiting: { readonly days: number; readonly content: Content }[] = [];
  let timer: NodeJS.Timeout | undefined;

  const flush = (): void => {
    timer = undefined;
    const batch = waiting;
    waiting = [];
    for (const [days, same] of Map.groupBy(batch, (one) => one.days)) {
      try {
        content.keep(
          same.map((one) => one.content),
          days,
        );
      } catch (err) {
        logger.error({ err, requests: same.length }, 'the content of requests could not be kept');
      }
    }
  };

  return {
    observer: {
      began: ({ id, principal }, _, messages) => {
        const { organisation, account, principalId } = principal;
        const days = policies.of(principal).policy.retention.contentDays;
        if (days === 0 || account === null) return;
        const characters = messages.reduce((sum, message) => sum + message.content.length, 0);
        const kept = characters > maxCharacters ? messages.map(cutMessage(messages.length)) : messages;
        running.set(id, {
          ...{ days, organisation, account, principal: principalId, messages: kept },
          ...{ choices: [], characters: Math.min(characters, maxCharacters) },
        });
      },
      parts: ({ id }, choice, parts) => {
        const gathered = running.get(id);
        if (gathered === undefined) return;
        gathered.choices[choice] ??= { reasoning: '', answer: '' };
        const of = gathered.choices[choice];
        for (const part of parts) {
          if (part.type !== 'reasoning-delta' && part.type !== 'answer-delta') continue;
          const text = part.text.slice(0, maxCharacters - gathered.characters);
          of[part.type === 'answer-delta' ? 'answer' : 'reasoning'] += text;
          gathered.characters += text.length;
        }
      },
      ended: ({ requestId, model, outcome }) => {
        const gathered = running.take(requestId);
        if (gathered === undefined) return;
        const { days, organisation, account, principal, messages, choices } = gathered;
        const text = JSON.stringify({ model, outcome: outcome.type, messages, choices });
        waiting.push({ days, content: { request: requestId, organisation, account, principal, text } });
        timer ??= setTimeout(flush, flushMs).unref();
      },
    },
    [Symbol.dispose]: () => {
      clearTimeout(timer);
      flush();
    },
  };
}

function cutMessage(count: number): (message: ObservedMessage) => ObservedMessage {
  const each = Math.floor(maxCharacters / count);
  return ({ role, content }) => ({ role, content: content.slice(0, each) });
}
