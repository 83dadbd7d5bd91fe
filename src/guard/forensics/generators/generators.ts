// The ways of saying the same that are told apart. A new one is a row here; evidence names it, so that none changes its meaning.
import { TiegelError } from '../../../base/index.ts';
import { givenNames } from './given-names.ts';
import { operandOrder } from './operand-order.ts';

/** Which way is taken at a place. */
export type Choose = (item: string, ways: number) => number;

/** A reply while it is written. */
export type StreamedText = {
  /** What can be given out of the text so far. */
  readonly push: (text: string) => string;
  /** Text that goes before and stays as it is; before anything is pushed. */
  readonly keep: (text: string) => void;
  /** The rest. */
  readonly end: () => string;
};

export type EquivalenceGenerator = {
  readonly name: string;
  /** The reply in the ways that are chosen; as it is where it has no place for it. Never changes what is said. */
  readonly realise: (prompt: string, reply: string, choose: Choose) => string;
  /** The same for a reply while it is written, however it is cut. Absent: it has to be seen as a whole. */
  readonly stream?: (prompt: string, choose: Choose) => StreamedText;
  /** Which ways a reply has taken. `item` names a place so that it is the same whichever way was taken. */
  readonly read: (prompt: string, reply: string) => readonly Way[];
};

export type Way = { readonly item: string; readonly way: number; readonly ways: number };

export const generators: readonly EquivalenceGenerator[] = [operandOrder, givenNames];

/** Those that replies are drawn by while they are served. */
export const streamedGenerators: readonly EquivalenceGenerator[] = generators.filter(({ stream }) => stream);

export const generatorNames: readonly string[] = generators.map(({ name }) => name);

/** @throws TGL_GUARD_EXAMINATION_INVALID */
export function generatorNamed(name: string): EquivalenceGenerator {
  const found = generators.find((generator) => generator.name === name);
  if (found !== undefined) return found;
  throw new TiegelError('TGL_GUARD_EXAMINATION_INVALID', { problem: `there is no generator ${name}` });
}
