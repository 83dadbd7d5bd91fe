// What a verifiable task is: problems that are generated from (seed, index), put into words, solved step by step in a
// trace and checked by a verifier that needs no model.

import type { Random } from '../base/index.ts';
import type { Wordings } from './wordings.ts';

export type Language = 'en' | 'de';

/** Which side of the train/held-out split a problem belongs to. */
export type Split = 'train' | 'held-out';

/** A subset of one side of the split: the problems at positions in [from, below), both in [0, 1]. */
export type Subset = { readonly from: number; readonly below: number };

/** The decision of a verifier. An answer that cannot be parsed is incorrect, with the reason, and never an exception. */
export type Verification = { readonly correct: boolean; readonly reason: string };

/** How a task is demonstrated by somebody who guesses and checks and is not always patient. */
export type DemonstrationStyle = {
  /** `in-turn`: each guess follows from the one before, from a place that is drawn; `drawn`: in any order, none of them twice. */
  readonly order: 'in-turn' | 'drawn';
  /** Probability of giving up after a guess that missed. */
  readonly givesUp: number;
  /** Guesses after which everybody gives up who is not patient. */
  readonly maxGuesses: number;
  /** Share of demonstrations by somebody patient, who tries `patientGuesses` or everything there is. */
  readonly patient: number;
  readonly patientGuesses: number;
  /** Share of demonstrations that begin close to a solution, so that hits are seen often; `in-turn` only. @default 0 */
  readonly close?: number | undefined;
  /** Lines before the one with the solution, at most, where a demonstration begins close to it. @default 2 */
  readonly linesAhead?: number | undefined;
};

/** What a trace of guesses shows when every line of it is checked. */
export type TraceFacts = {
  readonly guesses: number;
  /** Guesses that are not among the possible ones, miscalculated or judged wrongly. */
  readonly wrong: number;
  /** Guesses that stood there before. */
  readonly repeated: number;
  /** Guesses that were said to miss. */
  readonly misses: number;
  /** Whether the last guess was said to miss while others were left: giving up, if thinking ended by itself. */
  readonly endsInMiss: boolean;
};

/** Where a recipe departs from a task's defaults. */
export type TaskSettings = {
  /** Members that differ from the task's default difficulty. */
  readonly difficulty?: Readonly<Record<string, number>> | undefined;
  /** @default drawn for each sample */
  readonly language?: Language | undefined;
  /** The one wording that is used, counted modulo `promptVariants`. @default drawn for each sample */
  readonly wording?: number | undefined;
  /** Wordings of the grammar, of this side of their split, in place of the task's own few. @default the task's own */
  readonly wordings?: Split | undefined;
  /** Names and things that no vocabulary has, of this side of their split, in place of the task's own. @default the task's own */
  readonly names?: Split | undefined;
  /** Demonstrations are drawn in this style. @default the task's own trace */
  readonly demonstrations?: DemonstrationStyle | undefined;
};

/**
 * One verifiable task. `Problem` is plain data; everything else is a pure function of it. `Difficulty` is a record of
 * whole numbers, so that a recipe can carry it.
 *
 * The prompt is what a person types; the trace is the text between `<think>` and `</think>`, without the tags and
 * without white space at either end; the answer is what follows them.
 */
export type Task<Problem, Difficulty> = {
  readonly name: string;
  /** Changes whenever the verifier's decisions may change; part of every training and admission record. */
  readonly verifierVersion: string;
  readonly defaultDifficulty: Difficulty;
  /** Ways to word a prompt, the same number in both languages; variant 0 is the plainest. */
  readonly promptVariants: number;
  /**
   * The problem at (seed, index) of one side of the split (`train` by default) or of a subset of it: same
   * arguments, same problem.
   *
   * @throws TGL_DIFFICULTY_INVALID
   */
  readonly generate: (
    seed: number,
    index: number,
    options?: { readonly split?: Split; readonly subset?: Subset; readonly difficulty?: Difficulty },
  ) => Problem;
  /** The text that identifies a problem up to permutation of its parts; siblings share it. */
  readonly canonical: (problem: Problem) => string;
  /** `variant` counts modulo `promptVariants`. */
  readonly prompt: (problem: Problem, language: Language, variant?: number) => string;
  /** Many more wordings than `prompt` has, split like problems, and what stands in place of `<name>` in them. */
  readonly wordings: Wordings;
  readonly parts: (problem: Problem, language: Language) => Readonly<Record<string, string | number>>;
  /** The same problem of other people and things, where it is told of any. */
  readonly renamed?: (problem: Problem, language: Language, random: Random, side: Split) => Problem;
  /** The same problem with nothing in place of people and things. */
  readonly unnamed?: (problem: Problem) => Problem;
  readonly trace: (problem: Problem, language: Language) => string;
  /** The trace without the search for the solution, as textbooks show it; the full trace if there is no search. */
  readonly solution?: (problem: Problem, language: Language) => string;
  /** The reference answer, as the model should write it. */
  readonly answer: (problem: Problem, language: Language) => string;
  readonly verify: (problem: Problem, answer: string) => Verification;
  /** Another trace and answer at every call, for tasks that can be demonstrated with guesses. */
  readonly demonstrate?: (
    problem: Problem,
    language: Language,
    random: Random,
    style: DemonstrationStyle,
  ) => { readonly trace: string; readonly answer: string };
  /** What such a trace shows. */
  readonly readTrace?: (problem: Problem, trace: string) => TraceFacts;
  /** Whether there is a right answer other than that there is none; absent where there always is. */
  readonly isSolvable?: (problem: Problem) => boolean;
  /** The short answer that there is none. */
  readonly givenUp?: (language: Language) => string;
  /** The problems that a text with these whole numbers, in their order, may ask for; absent where words matter as well. */
  readonly problemsWith?: (numbers: readonly number[]) => readonly Problem[];
};

/** A task whose problem type has been closed over, as training and assessment use it. */
export type TaskSample = {
  readonly task: string;
  readonly split: Split;
  readonly canonical: string;
  readonly language: Language;
  readonly prompt: string;
  readonly trace: string;
  readonly solution: string;
  readonly answer: string;
  readonly verify: (answer: string) => Verification;
  readonly isSolvable: boolean;
  /** What a trace of guesses shows; undefined for tasks without guesses. */
  readonly readTrace: ((trace: string) => TraceFacts) | undefined;
  /** The answer that there is none, right for an unsolvable problem; undefined where that cannot be said. */
  readonly givenUp: string | undefined;
};
