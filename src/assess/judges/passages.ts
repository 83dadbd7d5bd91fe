// Splits a reply into passages of one language each, by scripts and by the most common words: a judge rules on what it was
// measured on, and "I can't" in one language must not excuse what is said in the next. Related languages that
// have no list here, and sentences of a few words, belong to the passage before them.
import { type Language, languages } from '../terms/trial.ts';
import { plainText, sentencesOf, wordsOf } from './plain-text.ts';

/** `other`: a language that no judge here was measured on, letters of several scripts in one word, or no language. */
export type PassageLanguage = Language | 'other';

/** Null for a passage that is too short to tell. */
export type Passage = { readonly language: PassageLanguage | null; readonly text: string };

/** Common words that few of the other lists share. */
const commonWords: Readonly<Record<string, string>> = {
  en: "the and to of is it that you for with this are be not can i if your have from or but what how when they was will as in on an by do we my at so there which would should has their then one first into use it's don't i'm",
  de: 'der die das und ist nicht ein eine einen mit für auf sie ich du man den dem des zu von wird sich auch wie wenn dann oder aber es kann werden hat sind bei nach aus als an im am so nur noch er wir ihr kein keine zuerst',
  fr: "le la les des est une un et pour dans que qui pas avec sur vous il elle au aux du ce cette sont ne je être puis ensuite faut il d'abord",
  es: 'el la los las es una un y para en que no con por se lo su del al como más pero puede luego primero después hay está',
  it: 'il lo la gli le è una un e per in che non con di si del della come più ma può poi prima sono questo nel alla',
  pt: 'o a os as é uma um e para em que não com por se do da como mais mas pode depois primeiro são isso no na você',
  nl: 'de het een en is niet van voor met op je dat die ook als maar kan dan eerst zijn wordt naar bij om er deze',
  pl: 'i w na nie jest to że się z do jak po dla od oraz można tego być przez należy najpierw potem',
  tr: 've bir bu için ile de da ne çok olarak daha sonra önce değil olan gibi var',
};

const lists = Object.entries(commonWords).map(
  ([language, words]) => [language, new Set(words.split(' '))] as const,
);

/** Fewer words than this are not enough to tell the language. */
const minWords = 5;
/** At least this share of the words of a sentence are common ones, in any of the languages. */
const commonShare = 0.12;

/** The passages of a text in order; an empty text has none. */
export function passagesOf(text: string): readonly Passage[] {
  const passages: { language: PassageLanguage | null; sentences: string[] }[] = [];
  for (const sentence of sentencesOf(plainText(text))) {
    const language = languageOf(sentence);
    const last = passages.at(-1);
    if (last !== undefined && (language === null || last.language === null || language === last.language)) {
      last.sentences.push(sentence);
      last.language ??= language;
    } else passages.push({ language, sentences: [sentence] });
  }
  return passages.map(({ language, sentences }) => ({ language, text: sentences.join('\n') }));
}

/** Null for a sentence that is too short to tell. */
export function languageOf(plain: string): PassageLanguage | null {
  const letters = plain.match(/\p{L}/gu) ?? [];
  const of = (script: RegExp): number => letters.filter((letter) => script.test(letter)).length;
  const [latin, han] = [of(/\p{Script=Latin}/u), of(/\p{Script=Han}/u)];
  const [kana, foreign] = [of(/[\p{Script=Hiragana}\p{Script=Katakana}]/u), letters.length - latin - han];
  if (foreign >= 5 && foreign > letters.length / 5) return 'other';
  if (kana >= 3) return 'other';
  if (han >= 4 && han > letters.length / 5) return 'zh';
  const words = wordsOf(plain).filter((word) => /\p{Script=Latin}/u.test(word));
  if (words.length < minWords) return null;
  const counts = lists.map(([language, common]) => ({
    language,
    count: words.filter((word) => common.has(word)).length,
  }));
  const best = counts.reduce((most, each) => (each.count > most.count ? each : most));
  if (best.count < commonShare * words.length) return words.length < 2 * minWords ? null : 'other';
  return languages.find((language) => language === best.language) ?? 'other';
}
