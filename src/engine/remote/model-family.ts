// What families of models want back of the reasoning in earlier turns of the assistant, as their makers say it. Most want
// it dropped: R1 was trained without it, and a server that is sent it anyway may refuse the request.

/**
 * Which of the assistant's turns go back with their reasoning. `none`: no turn; `calls`: those of a user's turn in which a
 * tool was called, in all later requests too; `current`: those since the user spoke last; `all`: every turn.
 */
export type ReturnedReasoning = 'none' | 'calls' | 'current' | 'all';

/** The first that matches the server's name of the model decides. */
const families: readonly { readonly name: RegExp; readonly returned: ReturnedReasoning }[] = [
  // DeepSeek, API documentation, thinking mode: without it, a request that goes on behind a call is refused; from V4 on
  // also one of a later turn.
  { name: /deepseek[-_]?v3\.2/, returned: 'current' },
  { name: /deepseek[-_]?(v[4-9]|chat|reasoner|flash|pro)/, returned: 'calls' },
  // Moonshot, model card of Kimi K2 Thinking.
  { name: /kimi[-_]?k2(\.\d+|[-_]thinking)|kimi[-_]?k[3-9]/, returned: 'current' },
  // Z.ai, interleaved thinking: GLM 4.5 and later; 4.7 and later keep it over turns.
  { name: /glm[-_]?(4\.[7-9]|[5-9])/, returned: 'all' },
  { name: /glm[-_]?4\.[56]/, returned: 'current' },
  // MiniMax, model card: the whole history has to keep its thinking.
  { name: /minimax[-_]?m[2-9]/, returned: 'all' },
  // OpenAI, cookbook: the chain behind calls until the final answer.
  { name: /gpt[-_]?oss/, returned: 'current' },
  // Qwen, chat template: what stands before the user's last message is dropped there.
  { name: /qwen[-_]?3|qwq/, returned: 'current' },
];

/** @param remoteModel the server's name of the model, with or without its owner */
export function returnedReasoning(remoteModel: string): ReturnedReasoning {
  const name = remoteModel.toLowerCase();
  // Distillations carry the name of their base as well.
  if (/deepseek[-_]?r1/.test(name)) return 'none';
  return families.find((family) => family.name.test(name))?.returned ?? 'none';
}
