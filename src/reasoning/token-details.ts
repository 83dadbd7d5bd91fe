// Gives deltas the tokens they came from. Text that is held back keeps its tokens waiting; tokens of tags belong to no
// delta and go.
import type { EngineEvent } from '../engine/index.ts';
import type { ToolCallPart } from './answer-filter.ts';
import type { StreamPart, TokenDetail } from './parts.ts';
import type { Segment, SegmentPart } from './segment-parser.ts';

type TokenEvent = Extract<EngineEvent, { readonly type: 'token' }>;

export type TokenDetails = {
  /** A token that lies within one segment. */
  readonly add: (token: TokenEvent, segment: Segment) => void;
  /** The same parts; the first delta of the waiting tokens' segment carries them. */
  readonly attach: (parts: readonly (SegmentPart | ToolCallPart)[]) => readonly StreamPart[];
};

/** @param wanted otherwise the parts pass as they are. */
export function createTokenDetails(wanted: boolean): TokenDetails {
  let waiting: TokenDetail[] = [];
  let segmentOfWaiting: Segment | undefined;
  if (!wanted) return { add: () => {}, attach: (parts) => parts };
  return {
    add: ({ text, logProbability, alternatives = [] }, segment) => {
      if (segment !== segmentOfWaiting) waiting = [];
      segmentOfWaiting = segment;
      if (logProbability !== undefined) waiting.push({ text, logProbability, alternatives });
    },
    attach: (parts) =>
      parts.map((part): StreamPart => {
        if (waiting.length === 0 || part.type !== `${segmentOfWaiting}-delta`) return part;
        const tokens = waiting;
        waiting = [];
        return { ...part, tokens } as StreamPart;
      }),
  };
}
