// reasoning: turns an engine's tokens into reasoning and answer.
export {
  type Conversation,
  type ConverseEnd,
  type ConverseRequest,
  collect,
  converse,
  converseBatches,
  type StreamPart,
} from './converse.ts';
