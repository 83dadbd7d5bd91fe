// Keeps a long text that arrives in small pieces. Appending to a string would keep a node of 32 bytes for each piece, six
// times the text of an average token; here pieces are joined to blocks as they come.

export type TextStore = {
  readonly add: (piece: string) => void;
  /** Everything so far. */
  readonly text: () => string;
};

const piecesInBlock = 256;

export function createTextStore(): TextStore {
  let blocks = '';
  let pieces: string[] = [];
  const join = (): string => {
    blocks += pieces.join('');
    pieces = [];
    return blocks;
  };
  return {
    add: (piece) => {
      if (pieces.push(piece) === piecesInBlock) join();
    },
    text: join,
  };
}
