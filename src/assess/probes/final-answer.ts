// The final answer in the free text of a general reasoner: the content of its last `\boxed{}`, otherwise its last line. The
// answer is taken as it is; only spellings of LaTeX are changed to those that the verifiers read.

const maxAnswerLength = 10_000;
const opening = '\\boxed{';

/** The instruction for a model that was not taught the tasks' own form of an answer. */
export const boxedInstruction = 'Put only the final result into \\boxed{}.';

/** The final answer, at most ten thousand characters from the end of the text. */
export function finalAnswer(text: string): string {
  const tail = text.slice(-maxAnswerLength);
  const from = tail.lastIndexOf(opening);
  const lines = tail.split('\n').filter((line) => line.trim() !== '');
  const found = from < 0 ? (lines.at(-1) ?? '') : insideBraces(tail.slice(from + opening.length));
  return found
    .replaceAll(/\\times|\\cdot/g, '*')
    .replaceAll(/\\[,;! ]|\{,\}|\$|\*\*/g, '')
    .trim();
}

/** The text up to the closing brace, or to the end if there is none. */
function insideBraces(text: string): string {
  let depth = 1;
  for (let index = 0; index < text.length; index++) {
    if (text[index] === '{') depth++;
    if (text[index] === '}' && --depth === 0) return text.slice(0, index);
  }
  return text;
}
