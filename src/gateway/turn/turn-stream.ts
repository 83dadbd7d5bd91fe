// The turns of one streamed reply, as events of a dialect, to the client. What became known in one turn of the event loop
// is one write; a client that reads slowly holds the engine back.
import type { ConverseEnd, StreamPart } from '../../reasoning/index.ts';
import type { ErrorEnvelope } from '../../wire/index.ts';
import type { StreamEncoder } from '../dialects/dialect.ts';
import type { ChunkWriter } from '../http/chunk-writer.ts';
import type { Heartbeat } from '../http/heartbeat.ts';

export type TurnStreamOptions = {
  readonly writer: ChunkWriter;
  readonly encoder: StreamEncoder;
  readonly heartbeat: Heartbeat;
  readonly ping: string;
  /** Aborts when the client has gone or the server is about to stop. */
  readonly signal: AbortSignal;
  /** Ends the other choices when one has failed. */
  readonly abort: (reason: unknown) => void;
  readonly observe: (parts: readonly StreamPart[]) => void;
  /** What the client is told when the reply fails after its first byte. */
  readonly describe: (error: unknown) => ErrorEnvelope;
};

/**
 * Writes the parts of all choices as they come. A failure after the first byte becomes an error event, so that a cut
 * stream never looks like a whole one; it is thrown in either case.
 */
export async function streamTurns(
  choices: readonly AsyncIterable<readonly StreamPart[]>[],
  options: TurnStreamOptions,
): Promise<readonly ConverseEnd[]> {
  const { writer, encoder, ping, signal, observe } = options;
  const pulse = options.heartbeat.watch(() => {
    if (ping !== '') writer.write(ping);
  });
  let opened = false;
  let running = choices.length;

  const play = async (turn: AsyncIterable<readonly StreamPart[]>, choice: number): Promise<ConverseEnd> => {
    for await (const parts of turn) {
      observe(parts);
      let text = opened ? '' : encoder.open();
      opened = true;
      for (const part of parts) text += encoder.part(choice, part);
      const last = parts.at(-1);
      if (last?.type === 'end') {
        running--;
        if (running === 0) writer.end(text + encoder.close());
        else writer.write(text);
        return last;
      }
      if (text !== '') {
        writer.write(text);
        pulse.touch();
      }
      if (writer.isFull()) await writer.drained(signal);
    }
    throw new TypeError('streamTurns: the stream of parts has no end part');
  };

  try {
    return await Promise.all(choices.map(play));
  } catch (error) {
    options.abort(error);
    if (writer.hasBegun()) writer.end(encoder.fail(options.describe(error)));
    throw error;
  } finally {
    pulse.stop();
  }
}
