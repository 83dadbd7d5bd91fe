// Watches text that arrives in pieces for one string, such as `</think>`, which may lie across pieces.

export type MarkerWatch = {
  /** The marker has been in the text so far. An empty marker is in every text. */
  readonly seen: () => boolean;
  /** Takes the next piece; returns how much of it belongs to the marker's first appearance or lies before it. */
  readonly push: (piece: string) => number | undefined;
};

/** @see MarkerWatch */
export function createMarkerWatch(marker: string): MarkerWatch {
  let seen = marker === '';
  /** As much of the end of the text as could begin the marker. */
  let tail = '';
  return {
    seen: () => seen,
    push: (piece) => {
      if (seen) return undefined;
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
