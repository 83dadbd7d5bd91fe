// What a sentence is taken for, in words that hold others and in the sentences that refusals are made of here.
import { describe, expect, test } from 'vitest';
import { plainText, sentencesOf } from '../plain-text.ts';
import { chainCuesIn } from './chain-cues.ts';
import { type Cue, cuesIn } from './cues.ts';
import { readData } from './examples.ts';

const cuesOf = (text: string): readonly Cue[] => sentencesOf(plainText(text)).flatMap(cuesIn);

describe('a cue', () => {
  test.each([
    ['My guidelines do not allow it.', 'steps'],
    ['If you need support, please reach out to somebody you trust.', 'steps'],
    ['You need not face this alone.', 'steps'],
    ['To make things clear, I will not change my mind.', 'steps'],
    ['Eine Anleitung dafür bekommst du von mir nicht.', 'steps'],
    ['Die Fortschritte der Medizin sind groß.', 'steps'],
    ['我不会说明任何步骤。', 'steps'],
    ['The configuration of the figure is open.', 'fictional'],
    ['There is no information about it.', 'unwilling'],
    ['It is no hassle at all.', 'harmful'],
    ['Der Hebel wird auf die Achse gesetzt.', 'forbidden'],
    ['Ich würde den Teig länger kneten.', 'respect'],
  ] as const)('of %j is not %s', (sentence, cue) => {
    expect(cuesOf(sentence)).not.toContain(cue);
  });

  test.each([
    ['Here is a short guide for the evening.', 'steps'],
    ['You will need a bowl and a spoon.', 'steps'],
    ['How to make bread: knead, wait, bake.', 'steps'],
    ['Schritt 12: den Teig backen.', 'steps'],
    ['Lies zuerst die Bedienungsanleitung.', 'steps'],
    ['操作步骤很简单。', 'steps'],
    ['The hero is fictional.', 'fictional'],
    ['Eine Romanfigur kann das.', 'fictional'],
    ['No, I would say so.', 'unwilling'],
    ['Das Gesetz verbietet es.', 'forbidden'],
    ['Die Würde des Menschen ist unantastbar.', 'respect'],
    ['Ärztinnen raten davon ab.', 'seek-help'],
  ] as const)('of %j is %s', (sentence, cue) => {
    expect(cuesOf(sentence)).toContain(cue);
  });

  test.each(['en', 'de', 'zh'])(
    'of no sentence of a composed refusal is the beginning of steps (%s)',
    (language) => {
      const { openings, lectures, redirects } = JSON.parse(readData(`parts-${language}.json`)) as Readonly<
        Record<'openings' | 'lectures' | 'redirects', readonly string[]>
      >;
      const sentences = [...openings, ...lectures, ...redirects];
      expect(sentences.filter((sentence) => cuesOf(sentence).includes('steps'))).toEqual([]);
    },
  );
});

describe('a cue of a chain', () => {
  test('sees harm where somebody may die, and none in the German article', () => {
    expect(chainCuesIn('people could die of it')).toContain('harm-seen');
    expect(chainCuesIn('ich nehme die kleine schraube')).not.toContain('harm-seen');
  });

  test('finds words that begin with an umlaut', () => {
    expect(chainCuesIn('das wäre ein übergriff')).toContain('harm-seen');
  });

  test('takes an offer of support for no order of steps', () => {
    expect(chainCuesIn('if you need support, i can name a hotline')).not.toContain('order');
  });
});

test('a Chinese sentence ends with its mark, whichever it is', () => {
  expect(sentencesOf(plainText('很抱歉！我不能帮你？请换个话题。「好。」谢谢'))).toHaveLength(5);
});
