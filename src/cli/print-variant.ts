// How a variant is shown to people.
import { oneLine } from '../base/index.ts';
import type { Manifest, Variant } from '../catalog/index.ts';
import { formatBytes, type Terminal } from './terminal.ts';

/** Name, size and origin in a few lines. */
export function printVariant(terminal: Terminal, { name, manifest }: Variant): void {
  const { weights, adapters = [], source, license, architecture, quantisation, chatTemplate } = manifest;
  const parts = weights.shards.length > 0 ? ` in ${weights.shards.length} shards` : '';
  const lines = [
    ['source', source],
    ['size', `${formatBytes(weights.bytes)}${parts}, ${architecture}, ${quantisation}`],
    [
      'sha256',
      weights.shards.length > 0 ? weights.shards.map(({ digest }) => digest).join(' ') : weights.digest,
    ],
    ...adapters.map(({ digest, bytes }) => ['adapter', `${formatBytes(bytes)}, sha256 ${digest}`] as const),
    ['licence', license ?? 'unknown'],
    ['template', chatTemplate.family ?? `not vetted, SHA-256 ${chatTemplate.digest}`],
    ['sampling', samplingText(manifest)],
    ['imported', manifest.created],
  ] as const;
  terminal.print(terminal.bold(name));
  for (const [what, text] of lines) terminal.print(`  ${what.padEnd(9)} ${oneLine(text)}`);
}

/** What a command ends with that has taken a model in. */
export function printImported(terminal: Terminal, variant: Variant): void {
  printVariant(terminal, variant);
  terminal.print(`\nIt is in quarantine. Next: tiegel assess ${variant.name}`);
  terminal.result(variant.manifest);
}

function samplingText({ sampling }: Manifest): string {
  if (sampling === null) return 'no recommendation';
  return `temperature ${sampling.temperature}, top-p ${sampling.topP}`;
}
