// The other side of the bench: the same stream, its thinking and its answer each rendered whole by react-markdown. It is drawn for every ten
// tokens, twenty times a second at the pace of the bench and never less often on a busy machine, so that the work is always the same; a
// page that draws for every token would do ten times as much.
import { createElement, type ReactNode, useEffect, useState } from 'react';
import { flushSync } from 'react-dom';
import { createRoot } from 'react-dom/client';
import Markdown from 'react-markdown';
import type { ChatRequest } from '../../../console/src/api/chat.ts';
import { send } from '../../../console/src/api/client.ts';
import { eventReader } from '../../../console/src/api/server-events.ts';
import type { ChatCompletionChunk, ChatCompletionDelta } from '../../../src/wire/index.ts';

const tokensAPaint = 10;

type Shown = { readonly thinking: string; readonly answer: string; readonly isDone: boolean };

function Naive({ request }: { readonly request: ChatRequest }): ReactNode {
  const [shown, show] = useState<Shown>({ thinking: '', answer: '', isDone: false });
  useEffect(() => {
    const run = async (): Promise<void> => {
      let [thinking, answer, tokens] = ['', '', 0];
      for await (const delta of deltasOf(request)) {
        thinking += delta.reasoning_content ?? '';
        answer += delta.content ?? '';
        tokens++;
        if (tokens % tokensAPaint !== 0) continue;
        const shownNow = { thinking, answer, isDone: false };
        flushSync(() => show(shownNow));
        await new Promise(requestAnimationFrame);
      }
      show({ thinking, answer, isDone: true });
    };
    void run();
  }, [request]);
  return createElement(
    'main',
    null,
    createElement('div', { className: 'thinking' }, createElement(Markdown, null, shown.thinking)),
    shown.answer !== '' &&
      createElement('div', { className: 'answer' }, createElement(Markdown, null, shown.answer)),
    shown.isDone && createElement('p', null, 'Done'),
  );
}

async function* deltasOf(request: ChatRequest): AsyncGenerator<ChatCompletionDelta> {
  const { body } = await send('/v1/chat/completions', { method: 'POST', body: { ...request, stream: true } });
  const read = eventReader();
  const decoder = new TextDecoder();
  for await (const piece of body as ReadableStream<Uint8Array> & AsyncIterable<Uint8Array>) {
    const events = read(decoder.decode(piece, { stream: true })).filter((data) => data !== '[DONE]');
    for (const data of events) {
      const [choice] = (JSON.parse(data) as ChatCompletionChunk).choices;
      if (choice !== undefined) yield choice.delta;
    }
  }
}

const model = new URLSearchParams(location.search).get('model') ?? '';
const request: ChatRequest = { model, messages: [{ role: 'user', content: 'x' }] };
createRoot(document.getElementById('root') as HTMLElement).render(createElement(Naive, { request }));
