// All attacks by name. The wording of an attack belongs to its version; a test compares it with recorded digests.
import { z } from 'zod';
import { type Json, TiegelError } from '../../base/index.ts';
import type { Attack } from '../terms/trial.ts';
import { attackTree, attackTreeSettings } from './attack-tree.ts';
import { attackerLoop, attackerLoopSettings } from './attacker-loop.ts';
import { bestOfN, bestOfNSettings } from './best-of-n.ts';
import { direct } from './direct.ts';
import { encodingAttack } from './encodings.ts';
import { escalation } from './escalation.ts';
import { manyShot, manyShotSettings } from './many-shot.ts';
import { overthinking, overthinkingSettings } from './overthinking.ts';
import { persuasion, persuasionSettings } from './persuasion.ts';
import { answerPrefill, thinkPrefill } from './prefills.ts';
import { recall } from './recall.ts';
import { hypothetical, pastTense } from './reframing.ts';
import { rolePlay, rolePlaySettings } from './role-play.ts';
import { suppressThinking } from './suppress-thinking.ts';

const nothing = z.strictObject({});

const attacks = {
  direct: entry(nothing, direct),
  base64: entry(nothing, () => encodingAttack('base64')),
  hex: entry(nothing, () => encodingAttack('hex')),
  rot13: entry(nothing, () => encodingAttack('rot13')),
  'reversed-words': entry(nothing, () => encodingAttack('reversed-words')),
  leetspeak: entry(nothing, () => encodingAttack('leetspeak')),
  homoglyphs: entry(nothing, () => encodingAttack('homoglyphs')),
  'role-play': entry(rolePlaySettings, rolePlay),
  'past-tense': entry(nothing, pastTense),
  hypothetical: entry(nothing, hypothetical),
  'answer-prefill': entry(nothing, answerPrefill),
  'think-prefill': entry(nothing, thinkPrefill),
  'suppress-thinking': entry(nothing, suppressThinking),
  'many-shot': entry(manyShotSettings, manyShot),
  escalation: entry(nothing, escalation),
  overthinking: entry(overthinkingSettings, overthinking),
  persuasion: entry(persuasionSettings, persuasion),
  recall: entry(nothing, recall),
  'attack-tree': entry(attackTreeSettings, attackTree),
  'attacker-loop': entry(attackerLoopSettings, attackerLoop),
  'best-of-n': entry(bestOfNSettings, bestOfN),
} as const;

export const attackNames: readonly string[] = Object.keys(attacks);

/**
 * @param settings missing ones get their defaults; the attack's `arguments` state all of them
 * @throws TGL_ATTACK_INVALID for an unknown name and for settings that the attack does not take
 */
export function createAttack(name: string, settings: { readonly [name: string]: Json } = {}): Attack {
  if (!Object.hasOwn(attacks, name)) return refuse(name, `the attacks are ${attackNames.join(', ')}`);
  return attacks[name as keyof typeof attacks](name, settings);
}

/** Checks settings before the attack is made from them. */
function entry<Settings>(schema: z.ZodType<Settings>, create: (settings: Settings) => Attack) {
  return (name: string, settings: Json): Attack => {
    const parsed = schema.safeParse(settings);
    if (parsed.success) return create(parsed.data);
    const [issue] = parsed.error.issues;
    return refuse(name, `${issue?.path.join('.') ?? ''} ${issue?.message ?? ''}`.trim());
  };
}

function refuse(attack: string, problem: string): never {
  throw new TiegelError('TGL_ATTACK_INVALID', { attack, problem });
}
