// How models on servers are shown to people.
import { type EnginePlace, oneLine, placeText } from '../base/index.ts';
import { placesOfEndpoints, type RemoteListing, type RemoteModel } from '../catalog/index.ts';
import { deviceInName } from '../engine/quick.ts';
import type { Terminal } from './terminal.ts';

/** A line each, those that cannot be read with the reason. */
export function printRemotes(terminal: Terminal, { models, damaged }: RemoteListing): void {
  for (const remote of models) printRemote(terminal, remote);
  for (const { name, problem } of damaged) terminal.print(`  ${terminal.bad(name)}: ${oneLine(problem)}`);
}

export function printRemote(terminal: Terminal, { name, manifest }: RemoteModel): void {
  const { model, server, endpoints, fingerprint } = manifest;
  const state = fingerprint.length === 0 ? 'not assessed' : 'assessed';
  const { device } = deviceInName(model);
  const place = server === 'foundry-local' && device !== null ? `${server} (${device})` : server;
  terminal.print(
    `  ${terminal.bold(name)}: ${oneLine(model)} on ${place}, ${endpoints.join(', ')} · ${state}`,
  );
  terminal.print(`    ${placesText(placesOfEndpoints(manifest))}`);
}

/** The places of equal replicas in a line: each once. */
function placesText(places: readonly EnginePlace[]): string {
  return [...new Set(places.map(placeText))].map(oneLine).join('; ');
}
