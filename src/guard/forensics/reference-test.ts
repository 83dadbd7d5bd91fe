// Without marks: is a suspect nearer to a model than models are that did not learn from it? It rests on the references being as the
// suspect would be had it not, which anybody may doubt, so that it can support a suspicion and never prove one.
import { seededRandom } from '../../base/index.ts';
import { holmAdjusted } from '../../stats/index.ts';

export type ReferenceReplies = {
  readonly name: string;
  /** Whether it teaches as the model does (another teacher), or is as the suspect might have been. */
  readonly role: 'reference' | 'other-teacher';
  /** One a prompt, in their order. */
  readonly replies: readonly string[];
};

export type ReferenceFinding = {
  /** Mean similarity of the suspect's replies to the model's, and of each reference's. */
  readonly similarity: number;
  readonly references: readonly { readonly name: string; readonly similarity: number }[];
  /** Share of references, the suspect among them, that are as near. */
  readonly p: number;
  /** That another teacher is as near to the suspect as the model is, by flipping signs prompt by prompt; of all of them by Holm. */
  readonly contrasts: readonly {
    readonly teacher: string;
    readonly difference: number;
    readonly p: number;
  }[];
};

/**
 * @param model its replies, one a prompt. @param suspect the same
 * @throws TypeError where a model has not one reply a prompt
 */
export function testAgainstReferences(
  model: readonly string[],
  suspect: readonly string[],
  others: readonly ReferenceReplies[],
): ReferenceFinding {
  const profiles = model.map(profileOf);
  const own = suspect.map(profileOf);
  for (const { replies } of [{ replies: suspect }, ...others])
    if (replies.length !== model.length)
      throw new TypeError(`${replies.length} replies to ${model.length} prompts`);
  const near = own.map((profile, index) => similarityOf(profile, profiles[index]!));
  const similarity = meanOf(near);
  const references = others
    .filter(({ role }) => role === 'reference')
    .map(({ name, replies }) => ({
      name,
      similarity: meanOf(replies.map((reply, index) => similarityOf(profileOf(reply), profiles[index]!))),
    }));
  const asNear = references.filter((reference) => reference.similarity >= similarity).length;
  const teachers = others.filter(({ role }) => role === 'other-teacher');
  const differences = teachers.map(({ replies }) =>
    replies.map((reply, index) => near[index]! - similarityOf(own[index]!, profileOf(reply))),
  );
  const adjusted = holmAdjusted(differences.map(signFlipP));
  return {
    ...{ similarity, references, p: (1 + asNear) / (1 + references.length) },
    contrasts: teachers.map(({ name: teacher }, index) => {
      return { teacher, difference: meanOf(differences[index]!), p: adjusted[index]! };
    }),
  };
}

const cells = 4096;
const lengthOfGram = 4;

/** How often each run of four characters comes, hashed into cells, at length 1: a string kernel, fixed before anything is looked at. */
function profileOf(text: string): Float64Array {
  const profile = new Float64Array(cells);
  const characters = text.toLowerCase().replace(/\s+/g, ' ');
  for (let place = 0; place + lengthOfGram <= characters.length; place++) {
    let hash = 0x811c9dc5;
    for (let index = 0; index < lengthOfGram; index++)
      hash = Math.imul(hash ^ characters.charCodeAt(place + index), 0x01000193);
    profile[(hash >>> 0) % cells]! += 1;
  }
  const length = Math.sqrt(profile.reduce((sum, count) => sum + count * count, 0));
  return length === 0 ? profile : profile.map((count) => count / length);
}

function similarityOf(one: Float64Array, other: Float64Array): number {
  let sum = 0;
  for (let cell = 0; cell < cells; cell++) sum += one[cell]! * other[cell]!;
  return sum;
}

const flips = 9999;

/** How often signs drawn at random give as large a sum. */
function signFlipP(differences: readonly number[]): number {
  const random = seededRandom(1);
  // Sums of the same numbers in another order differ in their last bits.
  const total = differences.reduce((sum, each) => sum + each, 0) - 1e-12 * differences.length;
  let asLarge = 1;
  for (let flip = 0; flip < flips; flip++) {
    let sum = 0;
    for (const difference of differences) sum += random.next() < 0.5 ? difference : -difference;
    if (sum >= total) asLarge++;
  }
  return asLarge / (flips + 1);
}

function meanOf(values: readonly number[]): number {
  return values.length === 0 ? 0 : values.reduce((sum, value) => sum + value, 0) / values.length;
}
