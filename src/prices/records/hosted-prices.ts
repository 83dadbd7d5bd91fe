// Prices of hosts that were looked up, in US dollars. None is ever edited: what turns out to be wrong gets a record more, and the old
// one an end. DeepSeek's own later prices, whose days nobody could name, are left out: no price is better than a wrong one.
import type { HostedPrice } from './hosted-price.ts';

type Amounts = readonly [input: string, cachedInput: string | null, output: string];

const record = (
  id: string,
  [host, model]: readonly [string, string],
  [input, cachedInput, output]: Amounts,
  more: Pick<HostedPrice, 'from' | 'source'> & Partial<HostedPrice>,
): HostedPrice => ({
  ...{ id, host, model, currency: 'USD', input, cachedInput, output },
  ...{ until: null, hours: null, isStartVerified: false, ...more },
});

const list = (seen: string): HostedPrice['source'] => ({ name: 'pydantic/genai-prices', kind: 'list', seen });
const deepseek: HostedPrice['source'] = { name: 'api-docs.deepseek.com', kind: 'vendor', seen: '2025-08-31' };
const snapshot = { from: '2026-08-21T00:00:00Z', source: list('2026-08-21'), isStartVerified: true } as const;
const atMinute = (hours: number, minutes: number): number => hours * 60 + minutes;

/** From then on the name was that of V3.1, and there was no price for the night. */
const endOfR1 = '2025-09-05T16:00:00Z';
const reasoner = ['deepseek', 'deepseek-reasoner'] as const;

export const hostedPrices: readonly HostedPrice[] = [
  record('openai-o1-1', ['openai', 'o1'], ['15', '7.50', '60'], {
    ...{ from: '2024-12-17T00:00:00Z', source: list('2025-07-04') },
  }),
  record('openai-o3-mini-1', ['openai', 'o3-mini'], ['1.10', '0.55', '4.40'], {
    ...{ from: '2025-01-31T00:00:00Z', until: '2026-06-12T00:00:00Z' },
    source: { name: 'modelpedia, llmcalc', kind: 'list', seen: '2026-06-12' },
  }),
  record('openai-gpt-4o-2024-08-06-1', ['openai', 'gpt-4o-2024-08-06'], ['2.50', '1.25', '10'], {
    ...{ from: '2024-08-06T00:00:00Z', source: list('2026-08-21') },
  }),
  record('openai-o3-1', ['openai', 'o3'], ['10', null, '40'], {
    ...{ from: '2025-04-16T00:00:00Z', until: '2025-06-10T00:00:00Z', source: list('2025-07-04') },
  }),
  record('openai-o3-2', ['openai', 'o3'], ['2', '0.50', '8'], {
    ...{ from: '2025-06-10T00:00:00Z', source: list('2025-07-04'), isStartVerified: true },
  }),
  record('deepseek-reasoner-r1-1', reasoner, ['0.55', '0.14', '2.19'], {
    ...{ from: '2025-01-20T00:00:00Z', until: endOfR1, source: deepseek },
  }),
  record('deepseek-reasoner-r1-night-1', reasoner, ['0.135', '0.035', '0.55'], {
    ...{ from: '2025-02-26T16:30:00Z', until: endOfR1, source: deepseek },
    hours: { from: atMinute(16, 30), to: atMinute(0, 30) },
  }),
  record('deepseek-reasoner-v3.1-1', reasoner, ['0.56', '0.07', '1.68'], {
    ...{ from: endOfR1, source: { ...deepseek, seen: '2025-09-05' }, isStartVerified: true },
  }),
  record('bedrock-r1-1', ['bedrock', 'deepseek-r1'], ['1.35', null, '5.40'], snapshot),
  record('fireworks-r1-0528-1', ['fireworks', 'deepseek-r1-0528'], ['3', null, '8'], snapshot),
  record('novita-r1-1', ['novita', 'deepseek-r1'], ['4', null, '4'], snapshot),
  record('groq-r1-llama-70b-1', ['groq', 'deepseek-r1-distill-llama-70b'], ['0.75', null, '0.99'], {
    ...{ from: '2025-08-12T00:00:00Z', source: list('2025-08-12'), isStartVerified: true },
  }),
  record(
    'openrouter-r1-llama-70b-1',
    ['openrouter', 'deepseek-r1-distill-llama-70b'],
    ['0.10', null, '0.40'],
    snapshot,
  ),
  record(
    'openrouter-r1-qwen-1.5b-1',
    ['openrouter', 'deepseek-r1-distill-qwen-1.5b'],
    ['0.18', null, '0.18'],
    snapshot,
  ),
  record(
    'openrouter-r1-qwen-7b-1',
    ['openrouter', 'deepseek-r1-distill-qwen-7b'],
    ['0.10', null, '0.20'],
    snapshot,
  ),
  record(
    'openrouter-r1-qwen-14b-1',
    ['openrouter', 'deepseek-r1-distill-qwen-14b'],
    ['0.15', null, '0.15'],
    snapshot,
  ),
  record(
    'openrouter-r1-qwen-32b-1',
    ['openrouter', 'deepseek-r1-distill-qwen-32b'],
    ['0.12', null, '0.18'],
    snapshot,
  ),
  record(
    'nscale-r1-qwen-1.5b-1',
    ['nscale', 'deepseek-r1-distill-qwen-1.5b'],
    ['0.10', null, '0.10'],
    snapshot,
  ),
  record('nscale-r1-qwen-7b-1', ['nscale', 'deepseek-r1-distill-qwen-7b'], ['0.15', null, '0.15'], snapshot),
  record(
    'nscale-r1-qwen-32b-1',
    ['nscale', 'deepseek-r1-distill-qwen-32b'],
    ['0.30', null, '0.30'],
    snapshot,
  ),
];
