// The same request as a program makes it, in four ways. The key is the reader's own, and is never shown here.
import { type ReactNode, useState } from 'react';
import type { ChatRequest } from '../../api/chat.ts';

const ways = ['curl', 'openai', 'ai', 'anthropic'] as const;
type Way = (typeof ways)[number];

export function CodeView({ request }: { readonly request: ChatRequest }): ReactNode {
  const [way, choose] = useState<Way>('curl');
  return (
    <section className="stack">
      <div className="seg">
        {ways.map((name) => (
          <button key={name} type="button" aria-pressed={name === way} onClick={() => choose(name)}>
            {name}
          </button>
        ))}
      </div>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls is to be scrolled by keyboard as well. */}
      <pre className="code" tabIndex={0}>
        {codeOf(way, request, location.origin)}
      </pre>
    </section>
  );
}

/** @param origin where the server is reached */
function codeOf(way: Way, request: ChatRequest, origin: string): string {
  const { model, messages, ...rest } = request;
  const json = JSON.stringify(request, null, 2);
  const last = JSON.stringify(messages.at(-1)?.content ?? '');
  switch (way) {
    case 'curl':
      return `curl ${origin}/v1/chat/completions \\
  -H "Authorization: Bearer $TIEGEL_KEY" -H "Content-Type: application/json" \\
  -d '${json.replaceAll("'", String.raw`'\''`)}'`;
    case 'openai':
      return `import OpenAI from 'openai';

const client = new OpenAI({ baseURL: '${origin}/v1', apiKey: process.env.TIEGEL_KEY });
const reply = await client.chat.completions.create(${json});
console.log(reply.choices[0].message);`;
    case 'ai':
      return `import { createOpenAICompatible } from '@ai-sdk/openai-compatible';
import { generateText } from 'ai';

const tiegel = createOpenAICompatible({
  name: 'tiegel', baseURL: '${origin}/v1', apiKey: process.env.TIEGEL_KEY,
});
const { text, reasoningText } = await generateText({ model: tiegel('${model}'), prompt: ${last} });`;
    case 'anthropic':
      return `import Anthropic from '@anthropic-ai/sdk';

const client = new Anthropic({ baseURL: '${origin}', apiKey: process.env.TIEGEL_KEY });
const message = await client.messages.create({
  model: '${model}', max_tokens: 4096,${rest.temperature === undefined ? '' : ` temperature: ${rest.temperature},`}
  messages: ${JSON.stringify(messages)},
});`;
  }
}
