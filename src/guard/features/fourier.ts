// Random Fourier features (Rahimi and Recht 2007) of a vector of n-grams: the mean over an account's requests stands for the
// distribution of what it asks, and the distance of two means estimates the maximum mean discrepancy (MMD) between them. The
// projection is sparse (Achlioptas 2003): every n-gram touches four of the 64 coordinates.
import { seededRandom } from '../../base/index.ts';

/** N-grams are hashed to so many numbers. */
export const vocabularySize = 8192;
/** Coordinates of the projection; each yields a cosine and a sine. */
export const projections = 64;
export const fourierSize: number = 2 * projections;

const touched = 4;
/** The bandwidth of the Gaussian kernel that the features approximate, for vectors of length one. */
const bandwidth = 0.5;

/** The same for all servers and all time, since means of different accounts are compared. */
const { coordinates, signs } = drawProjection();

function drawProjection(): { readonly coordinates: Uint8Array; readonly signs: Float32Array } {
  const random = seededRandom(7);
  const coordinates = new Uint8Array(vocabularySize * touched);
  const signs = new Float32Array(vocabularySize * touched);
  for (let index = 0; index < coordinates.length; index++) {
    coordinates[index] = random.integer(0, projections - 1);
    signs[index] = (random.next() < 0.5 ? -1 : 1) * Math.sqrt(projections / touched);
  }
  return { coordinates, signs };
}

/**
 * The projection of a vector.
 *
 * @param grams numbers below {@link vocabularySize}
 * @param weights one for each, with squares that sum up to 1
 */
export function project(grams: Uint16Array, weights: Float32Array): Float32Array {
  const projected = new Float32Array(projections);
  for (let index = 0; index < grams.length; index++) {
    const start = grams[index]! * touched;
    for (let place = start; place < start + touched; place++)
      projected[coordinates[place]!]! += weights[index]! * signs[place]!;
  }
  return projected;
}

/** Cosines and then sines of a projection: {@link fourierSize} numbers between -1 and 1. */
export function fourierOf(projected: Float32Array): Float32Array {
  const features = new Float32Array(fourierSize);
  for (let coordinate = 0; coordinate < projections; coordinate++) {
    const angle = projected[coordinate]! / bandwidth;
    features[coordinate] = Math.cos(angle);
    features[projections + coordinate] = Math.sin(angle);
  }
  return features;
}
