// A long reply in tokens: thinking with short lists and calculations, and an answer with tables, code and links, as models write them.

export const thinkingTokens = 5000;
export const answerTokens = 800;

const thought = [
  'Let me try 3 * 5 + 6 first, which is 21, so it may already be what was asked for.\n\n',
  '- with **multiplication** first: `3 * 5 = 15`\n- then 15 + 6 = 21\n- but is 6 - 5 = 1 of use?\n\n',
  'Wait, each number has to be used *once*. 3, 5 and 6 are, so $a \\cdot b + c$ holds. Let me check again.\n\n',
].join('');

const answer = [
  '## Step\n\nThe numbers are **3**, **5** and **6**, and each is used once; see [the rules](https://rules.example).\n\n',
  '| step | result |\n|---|---|\n| 3 * 5 | 15 |\n| 15 + 6 | 21 |\n\n',
  '```js\nconst total = 3 * 5 + 6;\nconsole.log(total);\n```\n\n1. Multiply first.\n2. Add what is left.\n\n',
].join('');

/** Of about four characters each. */
function tokensOf(text: string, count: number): readonly string[] {
  const pieces = text.match(/.{1,4}/gs) ?? [];
  return Array.from({ length: count }, (_, place) => pieces[place % pieces.length] as string);
}

export const longReply: readonly string[] = [
  ...tokensOf(thought, thinkingTokens),
  '</think>',
  ...tokensOf(answer, answerTokens),
];
