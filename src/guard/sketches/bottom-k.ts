// The k smallest of the hashes that were seen (bottom-k, Cohen and Kaplan 2007), sorted: an even sample of the different ones,
// by which the overlap of two sets is estimated. The union of two keeps its own k smallest.

/** A sample that has room for k hashes; the first `size` are filled. */
export type BottomK = { readonly hashes: Uint32Array; size: number };

export function emptyBottomK(k: number): BottomK {
  return { hashes: new Uint32Array(k), size: 0 };
}

export function addToBottomK(sample: BottomK, hash: number): void {
  const { hashes, size } = sample;
  if (size === hashes.length && hash >= hashes[size - 1]!) return;
  let place = size;
  while (place > 0 && hashes[place - 1]! > hash) place--;
  if (place > 0 && hashes[place - 1] === hash) return;
  const kept = Math.min(size, hashes.length - 1);
  hashes.copyWithin(place + 1, place, kept);
  hashes[place] = hash;
  sample.size = kept + 1;
}

export function mergeBottomK(into: BottomK, other: BottomK): void {
  for (let index = 0; index < other.size; index++) addToBottomK(into, other.hashes[index]!);
}

/** How many hashes two samples share. */
export function sharedIn(one: BottomK, other: BottomK): number {
  let [left, right, shared] = [0, 0, 0];
  while (left < one.size && right < other.size) {
    const difference = one.hashes[left]! - other.hashes[right]!;
    if (difference === 0) shared++;
    if (difference <= 0) left++;
    if (difference >= 0) right++;
  }
  return shared;
}
