// A teacher whose weights are on this machine: of any size, but with the students' vocabulary, since its logits are
// compared token by token.
import { TiegelError } from '../../base/index.ts';
import { openGguf, readDecoder, type Tokenizer } from '../../formats/index.ts';
import type { ModelShape } from '../model.ts';
import { parameterCount } from '../model-shape.ts';
import type { Recipe } from '../recipe.ts';
import { readWeights, weightsFile } from '../starting-weights.ts';
import { vocabularyProblem } from '../vocabulary.ts';
import type { TeacherSetup } from '../worker-protocol.ts';

export type OpenedTeacher = TeacherSetup & { readonly parameters: number };

/**
 * The local teacher of a recipe's `distil` stages, if they have one.
 *
 * @throws TGL_TEACHER_INVALID for two of them, and for one with another vocabulary; TGL_START_INVALID, TGL_GGUF_INVALID
 */
export function openLocalTeacher(recipe: Recipe, tokenizer: Tokenizer): OpenedTeacher | undefined {
  const sources = new Set(
    recipe.stages.flatMap((stage) =>
      stage.stage === 'distil' && 'from' in stage.teacher ? [stage.teacher.from] : [],
    ),
  );
  const [from, second] = sources;
  if (from === undefined) return undefined;
  if (second !== undefined) {
    const problem = `the recipe has another one, ${from}, and a run holds one`;
    throw new TiegelError('TGL_TEACHER_INVALID', { teacher: second, problem });
  }
  const path = weightsFile(from);
  const shape = readShape(path, from, tokenizer);
  const parameters = parameterCount(shape);
  const values = new SharedArrayBuffer(parameters * 4);
  new Float32Array(values).set(readWeights(path, shape));
  return { shape, values, parameters };
}

function readShape(path: string, teacher: string, { vocabulary }: Tokenizer): ModelShape {
  using gguf = openGguf(path);
  const { architecture, headWidth, ropeScaled, ...shape } = readDecoder(gguf);
  const refuse = (problem: string) => new TiegelError('TGL_TEACHER_INVALID', { teacher, problem });
  const problem = vocabularyProblem(gguf, vocabulary);
  if (problem !== null) throw refuse(problem);
  if (architecture !== 'qwen2' || headWidth % 8 !== 0 || ropeScaled)
    throw refuse('it is no model that was taught here');
  return shape;
}
