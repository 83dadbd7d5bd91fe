// Detects one string in text that arrives in pieces, such as `</think>`, which may lie across pieces.

export type MarkerDetector = {
  /** The marker has been in the text so far. An empty marker is in every text. */
  readonly seen: () => boolean;
  /**
   * Takes the next piece; returns how much of it belongs to the marker's first appearance or lies before it.
   *
   * @param isToken the piece is a marker as a token of its own
   */
  readonly push: (piece: string, isToken?: boolean) => number | undefined;
};

/** @param asToken only pieces that are told to be the marker's token count: its characters in other pieces are text */
export function createMarkerDetector(marker: string, asToken = false): MarkerDetector {
  let seen = marker === '';
  /** As much of the end of the text as could begin the marker. */
  let tail = '';
  return {
    seen: () => seen,
    push: (piece, isToken = false) => {
      if (seen) return undefined;
      if (asToken) {
        seen = isToken && piece === marker;
        return seen ? piece.length : undefined;
      }
      const text = tail + piece;
      const start = text.indexOf(marker);
      if (start >= 0) {
        seen = true;
        return start + marker.length - tail.length;
      }
      tail = marker.length > 1 ? text.slice(1 - marker.length) : '';
      return undefined;
    },
  };
}
