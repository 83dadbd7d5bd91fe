// The words about samples that are spent on one reply.
import type { Strings } from '../../frame/language.tsx';

type Words = Readonly<
  Record<
    | (
        | 'strategy'
        | 'samples'
        | 'compared'
        | 'checker'
        | 'confidence'
        | 'budgets'
        | 'budgetsHint'
        | 'streamed'
      )
    | (
        | 'number'
        | 'thinking'
        | 'answer'
        | 'prompt'
        | 'cached'
        | 'end'
        | 'group'
        | 'chosen'
        | 'broken'
        | 'spent'
        | 'agree'
      ),
    string
  >
> & {
  readonly types: Readonly<Record<'' | 'vote' | 'verify' | 'cascade' | 'early', string>>;
  readonly answers: Readonly<Record<'text' | 'number' | 'boxed', string>>;
  readonly stoppedBy: Readonly<Record<string, string>>;
};

export const strings: Strings<Words> = {
  en: {
    ...{ strategy: 'Samples of one reply', samples: 'Samples at most', compared: 'Compared is' },
    ...{ checker: 'Checked as', confidence: 'how sure the model is', budgets: 'Budgets of the tiers' },
    budgetsHint: 'Tokens of thinking from cheap to dear; none for any number.',
    streamed: 'Nothing is shown before it is decided.',
    ...{ number: 'Sample', thinking: 'Thinking', answer: 'Answer', prompt: 'Prompt', cached: 'of it cached' },
    ...{ end: 'End', group: 'Answer it gives', chosen: 'the reply', broken: 'broken off' },
    ...{ spent: 'samples', agree: 'gave this answer' },
    types: { '': 'one', vote: 'vote', verify: 'verify', cascade: 'cascade', early: 'early exit' },
    answers: { text: 'the text', number: 'the last number', boxed: 'what is boxed' },
    stoppedBy: {
      rule: 'ended by its rule',
      verified: 'ended by an answer that is right',
      max_samples: 'ended with the last sample',
      limit: 'ended by a limit',
      model: 'ended by the model',
    },
  },
  de: {
    ...{
      strategy: 'Stichproben einer Antwort',
      samples: 'Stichproben höchstens',
      compared: 'Verglichen wird',
    },
    ...{ checker: 'Geprüft als', confidence: 'wie sicher das Modell ist', budgets: 'Budgets der Stufen' },
    budgetsHint: 'Denk-Tokens von billig nach teuer; none für beliebig viele.',
    streamed: 'Nichts erscheint, bevor es entschieden ist.',
    ...{ number: 'Stichprobe', thinking: 'Denken', answer: 'Antwort', prompt: 'Frage' },
    ...{ cached: 'davon zwischengespeichert', end: 'Ende', group: 'Gegebene Antwort' },
    ...{ chosen: 'die Antwort', broken: 'abgebrochen', spent: 'Stichproben', agree: 'gaben diese Antwort' },
    types: { '': 'eine', vote: 'Abstimmung', verify: 'Prüfung', cascade: 'Kaskade', early: 'früher Abbruch' },
    answers: { text: 'der Text', number: 'die letzte Zahl', boxed: 'was im Kasten steht' },
    stoppedBy: {
      rule: 'durch die Regel beendet',
      verified: 'durch eine richtige Antwort beendet',
      max_samples: 'mit der letzten Stichprobe beendet',
      limit: 'durch eine Grenze beendet',
      model: 'vom Modell beendet',
    },
  },
};
