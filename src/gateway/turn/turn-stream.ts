// The turns of one streamed reply, as events of a dialect, to the client. What became known in one turn of the event loop
// is one write; a client that reads slowly holds the engine back once enough is kept for it.
import type { StreamPart } from '../../reasoning/index.ts';
import type { ErrorEnvelope } from '../../wire/index.ts';
import type { Permit } from '../access/concurrency-limiter.ts';
import type { StreamEncoder } from '../dialects/dialect.ts';
import type { ChunkWriter } from '../http/chunk-writer.ts';
import type { Heartbeat } from '../http/heartbeat.ts';
import { clientGone, type GatewayRequest } from '../request.ts';

/** One choice of a reply. Nothing of it runs before its parts are read. */
export type ChoiceStream = {
  readonly index: number;
  readonly parts: AsyncIterable<readonly StreamPart[]>;
  /** Its place in the engine. */
  readonly acquire: () => Permit | Promise<Permit>;
};

/** Is told of the parts of every choice in their order, and whether they are all that came of it. */
export type ObserveParts = (choice: number, parts: readonly StreamPart[], inOnePiece: boolean) => void;

export type TurnStreamOptions = {
  readonly writer: ChunkWriter;
  readonly encoder: StreamEncoder;
  readonly heartbeat: Heartbeat;
  readonly ping: string;
  readonly request: GatewayRequest;
  readonly observe: ObserveParts;
  /** Awaited once all parts are known, before the last bytes, which it is given. */
  readonly beforeEnd: (closing: string) => Promise<void>;
  /** What the client is told when the reply fails after its first byte. */
  readonly describe: (error: unknown) => ErrorEnvelope;
};

/**
 * Writes the parts of all choices as they come, each once it has a place in the engine, and the end after `beforeEnd`. A
 * failure after the first byte becomes an error event, so that a cut stream never looks like a complete one; it is thrown in
 * either case.
 */
export async function streamTurns(
  choices: readonly ChoiceStream[],
  { writer, encoder, ping, request, observe, beforeEnd, heartbeat, describe }: TurnStreamOptions,
): Promise<void> {
  const pulse = heartbeat.watch(() => {
    if (ping !== '') writer.write(ping);
  });
  let opened = false;
  let running = choices.length;
  let closing = '';

  const play = async ({ index, parts: batches, acquire }: ChoiceStream): Promise<void> => {
    const permit = await acquire();
    try {
      for await (const parts of batches) {
        request.requireCurrent();
        observe(index, parts, false);
        let text = opened ? '' : encoder.open();
        opened = true;
        for (const part of parts) text += encoder.part(index, part);
        if (parts.at(-1)?.type === 'end') {
          running--;
          if (running === 0) closing = text + encoder.close();
          else writer.write(text);
          return;
        }
        if (text !== '') {
          writer.write(text);
          pulse.touch();
        }
        if (writer.isFull()) await writer.drained(request.signal);
      }
    } finally {
      permit.release();
    }
    throw new TypeError('streamTurns: the stream of parts has no end part');
  };

  try {
    await Promise.all(choices.map(play));
    await beforeEnd(closing);
    writer.end(closing);
  } catch (error) {
    request.abort(error);
    if (error !== clientGone && writer.hasBegun()) writer.end(encoder.fail(describe(error)));
    throw error;
  } finally {
    pulse.stop();
  }
}
