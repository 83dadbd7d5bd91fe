// `tiegel price hosted`: what hosts ask, out of the records that come with the program.
import { TiegelError } from '../base/index.ts';
import { hostedPriceAt, hostedPrices } from '../prices/index.ts';
import type { CommandContext, ExitCode } from './command.ts';

export async function runPriceHosted(
  { clock, terminal }: CommandContext,
  flags: { readonly at?: string },
): Promise<ExitCode> {
  const at = flags.at === undefined ? clock.now() : Date.parse(flags.at);
  if (Number.isNaN(at)) {
    const problem = `A time is written like 2025-06-01T20:00Z; got ${flags.at}.`;
    throw new TiegelError('TGL_USAGE', { problem });
  }
  const found = hostedPrices.flatMap((record) => {
    const price = hostedPriceAt(hostedPrices, record, at);
    return price?.record.id === record.id ? price : [];
  });
  for (const { record, isVerified } of found) {
    const { host, model, input, cachedInput, output, currency, from, source } = record;
    const cached = cachedInput === null ? '' : `, cached ${cachedInput}`;
    const checked = isVerified ? 'verified' : 'not verified for this moment';
    terminal.print(
      `${host} ${model}: ${input}${cached} and ${output} ${currency} for a million prompt and answer tokens since ${from} (${source.name}, seen ${source.seen}, ${checked})`,
    );
  }
  if (found.length === 0) terminal.print('No price is known of that moment.');
  terminal.result({ prices: found.map(({ record, isVerified }) => ({ ...record, isVerified })) });
  return 0;
}
