// reasoning: turns an engine's tokens into reasoning and answer.
export {
  type Conversation,
  type ConverseEnd,
  type ConverseRequest,
  collect,
  converse,
  type StreamPart,
} from './converse.ts';
export {
  createSegmentParser,
  type Segment,
  type SegmentParser,
  type SegmentPart,
  type ThinkingOutcome,
} from './segment-parser.ts';
