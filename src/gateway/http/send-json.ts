// A whole answer in one write, and the end of clients that do not take it.
import type { ServerResponse } from 'node:http';

/**
 * @param headers names and values in turns
 * @param stallMs a client that takes nothing of the answer for so long is hung up on.
 */
export function sendJson(
  response: ServerResponse,
  status: number,
  headers: readonly string[],
  body: object,
  stallMs: number,
): void {
  const all = [...headers, 'content-type', 'application/json'];
  sendText(response, status, all, JSON.stringify(body), stallMs);
}

/** The same for a text of whatever type the headers say. */
export function sendText(
  response: ServerResponse,
  status: number,
  headers: readonly string[],
  text: string,
  stallMs: number,
): void {
  response.writeHead(status, [...headers, 'content-length', String(Buffer.byteLength(text))]);
  response.end(text);
  hangUpOnStall(response, stallMs);
}

/** Once a response is complete, its last bytes must leave as promptly as those before. */
export function hangUpOnStall(response: ServerResponse, stallMs: number): void {
  if (response.socket === null || response.socket.writableLength === 0) return;
  const deadline = setTimeout(() => response.destroy(), stallMs);
  response.once('close', () => clearTimeout(deadline));
}
