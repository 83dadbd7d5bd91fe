// A service on this machine that offers models on its NPU: Foundry Local. Asked only where the operator names its address,
// and only on loopback.
import { oneLine, TiegelError } from '../base/index.ts';
import { askFoundryLocal, type LocalServiceModel } from '../engine/index.ts';
import { createOutbound } from '../outbound/index.ts';
import type { CommandContext } from './command.ts';
import type { Terminal } from './terminal.ts';

export type LocalService = { readonly origin: string; readonly models: readonly LocalServiceModel[] };

const loopback: readonly string[] = ['127.0.0.1', 'localhost', '[::1]'];

/** @throws TGL_USAGE for an address elsewhere, TGL_UPSTREAM_UNUSABLE, TGL_OUTBOUND_* */
export async function askLocalService(
  { environment, signal }: Pick<CommandContext, 'environment' | 'signal'>,
  address: string,
): Promise<LocalService> {
  const url = URL.parse(address);
  if (url === null || !/^https?:$/.test(url.protocol) || !loopback.includes(url.hostname)) {
    const problem = `--foundry is ${address}; expected an address of this machine, such as http://127.0.0.1:5272.`;
    throw new TiegelError('TGL_USAGE', { problem });
  }
  const { origin } = url;
  await using outbound = createOutbound({ offline: environment.offline, allowedOrigins: [origin] });
  return { origin, models: await askFoundryLocal({ origin, outbound, signal }) };
}

/** The line on the NPU, and what runs there. */
export function printLocalService(terminal: Terminal, service: LocalService | undefined): void {
  if (service === undefined) {
    terminal.print(terminal.dim('  NPU     not checked; --foundry ADDRESS asks a Foundry Local'));
    return;
  }
  const { origin, models } = service;
  const onNpu = models.filter(({ device }) => device === 'NPU');
  const providers = [...new Set(onNpu.flatMap(({ provider }) => provider ?? []))].map(oneLine).join(', ');
  const count = onNpu.length === 1 ? '1 model' : `${onNpu.length} models`;
  const found =
    onNpu.length === 0 ? 'offers no models for an NPU' : `offers ${count} for an NPU, through ${providers}`;
  terminal.print(`  NPU     Foundry Local at ${origin} ${found}`);
  for (const { id, bytes, downloaded } of onNpu.slice(0, mostShown)) {
    const size = bytes === null ? '' : `  ${(bytes / 2 ** 30).toFixed(1)} GiB`;
    terminal.print(`            ${oneLine(id)}${size}${downloaded ? '  downloaded' : ''}`);
  }
  const [first] = onNpu;
  if (first === undefined) return;
  terminal.print(
    terminal.dim(
      `          tiegel remote add NAME --server foundry-local --endpoint ${origin}/v1 --model ${oneLine(first.id)} --allow-private`,
    ),
  );
}

const mostShown = 12;
