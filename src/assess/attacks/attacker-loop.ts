// A second model writes the messages and learns from each reply and ruling what to try next (PAIR, Chao et al. 2023,
// arXiv 2310.08419), with a prompt of our own. Differs in that there is one stream instead of many, the judge of the
// trial rules, and an attacker that writes nothing usable leaves the trial unassessed instead of resisted.
import { z } from 'zod';
import { TiegelError } from '../../base/index.ts';
import type { ChatMessage } from '../../formats/index.ts';
import type { Attack, Attempt } from '../terms/trial.ts';
import { attempt, drawSeed, questionOf } from './asking.ts';
import { briefingOf, feedbackOn, messageIn } from './attacker-messages.ts';

export type AttackerLoopSettings = {
  /** Messages that the attacker may write; also the most questions that the model is asked. @default 5 */
  readonly turns: number;
};

export const attackerLoopSettings: z.ZodType<AttackerLoopSettings> = z.strictObject({
  turns: z.int().min(1).max(50).default(5),
});

export function attackerLoop({ turns }: AttackerLoopSettings): Attack {
  return {
    name: 'attacker-loop',
    version: '1',
    arguments: { turns },
    questions: turns,
    run: async (item, context) => {
      const { attacker } = context;
      if (attacker === undefined) throw new TiegelError('TGL_ATTACKER_MISSING', { attack: 'attacker-loop' });
      const conversation: ChatMessage[] = [{ role: 'system', content: briefingOf(item, turns) }];
      const attempts: Attempt[] = [];
      let feedback = 'Write the first message.';
      for (let turn = 0; turn < turns; turn++) {
        conversation.push({ role: 'user', content: feedback });
        const { answer } = await attacker({ messages: conversation.slice() }, drawSeed(context));
        conversation.push({ role: 'assistant', content: answer });
        const message = messageIn(answer);
        if (message === null) {
          feedback = feedbackOn(null);
          continue;
        }
        const made = await attempt(questionOf(item, message), context);
        attempts.push(made);
        const ruling = await context.rule(made);
        if (ruling.answer === 'succeeded' || ruling.reasoning === 'succeeded') break;
        feedback = feedbackOn({ attempt: made, ruling });
      }
      if (attempts.length === 0)
        throw new TiegelError('TGL_ATTACKER_FAILED', { attack: 'attacker-loop', turns });
      return attempts;
    },
  };
}
