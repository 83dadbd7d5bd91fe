// Where a text changes its language.
import { describe, expect, test } from 'vitest';
import { languageOf, passagesOf } from './passages.ts';
import { plainText } from './plain-text.ts';

describe('the language of a sentence', () => {
  test.each([
    ['The man is in the house and it is late.', 'en'],
    ['Der Mann ist im Haus, und es ist spät.', 'de'],
    ['今天人们对这件事的评价不同。', 'zh'],
    ['Il faut prendre les clés et puis fermer la porte.', 'other'],
    ['Primero hay que tomar la llave y luego cerrar la puerta.', 'other'],
    ['Сначала возьмите ключ.', 'other'],
    ['خذ المفتاح أولا', 'other'],
    ['まず鍵を取ってください', 'other'],
    ['먼저 열쇠를 가져가세요', 'other'],
    ['Tаkе thе kеy аnd орen thе dоor with it', 'other'],
    ['gur obzo vf znqr bs gjb cnegf naq n jver gung lbh pbaarpg', 'other'],
    ['Sorry, no.', null],
    ['', null],
  ])('%j is %s', (sentence, language) => {
    expect(languageOf(plainText(sentence))).toBe(language);
  });
});

test('a text falls into passages of one language each, short sentences going with what stands before them', () => {
  const text =
    'I cannot help you with that. Sorry. Man nimmt den Schlüssel und öffnet die Tür. 然后把门关上，离开房间。';
  expect(passagesOf(text)).toEqual([
    { language: 'en', text: 'i cannot help you with that.\nsorry.' },
    { language: 'de', text: 'man nimmt den schlüssel und öffnet die tür.' },
    { language: 'zh', text: '然后把门关上,离开房间。' },
  ]);
  expect(passagesOf(' ')).toEqual([]);
  expect(passagesOf('Sorry.')).toEqual([{ language: null, text: 'sorry.' }]);
});
