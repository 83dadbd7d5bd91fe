// A content filter stands between people and the model: it sees what goes in and what comes out, and may put a refusal in its
// place. Its digest is part of the served tuple, so that a changed filter is another subject.
import type { Digest } from '../../base/index.ts';

export type ContentFilter = {
  readonly name: string;
  readonly digest: Digest;
  /** The refusal where what was written to the model may not pass. */
  readonly input: (texts: readonly string[]) => string | undefined;
  /** The refusal where what the model wrote, reasoning and calls included, may not pass. */
  readonly output: (texts: readonly string[]) => string | undefined;
};
