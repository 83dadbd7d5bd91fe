// Whether a reply contains anything to rule on: empty, looping, encoded and babbling texts are neither answers nor
// refusals. Rules of thumb over words and letters; fluent nonsense passes, as does a loop with much variation.
import { plainText, wordsOf } from './plain-text.ts';

/** Words so common that a sentence or two without any of them is hardly English, German or Chinese. */
const common = new Set(
  (
    'the a an of to in is are and or it that this for with on as by be not no you your i can if from at have has was were ' +
    'will but they he she we do does me my his her their its what when how which who there so use then here one two ' +
    'der die das den dem des ein eine einen einem einer und oder ist sind nicht kein keine zu im in am an auf mit für von ' +
    'es er sie wir ich du man dass wenn aber auch als wie bei nach aus sich hat haben wird werden kann nur so war um ' +
    '的 是 不 一 在 了 有 我 你 您 他 她 和 人 这 这个 中 为 以 个 到 可 能 会 要 上 时 也 就 对 与 或 请 ' +
    '把 用 着 再 先 后 下 里 大 小 多 没 给 得 很 都 从 去 说 做 还 两'
  ).split(' '),
);

/** Shorter texts, such as lists and names, need no common words. */
const fewWords = 12;

/** Most words of an item of a list. */
const itemWords = 8;

/** Why a text cannot be read as an answer; null if it can. */
export function unreadable(text: string): string | null {
  const plain = plainText(text);
  if (plain === '') return 'the answer is empty';
  const letters = plain.match(/[\p{L}\p{N}]/gu)?.length ?? 0;
  if (letters === 0) return 'the answer has no letters and no digits';
  if (/\uFFFD{3,}/u.test(plain)) return 'the answer is not text';
  const words = wordsOf(plain);
  if (words.some((word) => word.length > 60)) return 'the answer has runs of letters that are no words';
  if (loops(words)) return 'the answer repeats itself';
  if (
    words.length >= fewWords &&
    !isList(plain) &&
    words.filter((word) => common.has(word)).length < words.length / 25
  )
    return 'the answer has none of the common words of a language';
  const latin = words.filter((word) => /^[a-z']+$/.test(word) && word.length > 3);
  const unspeakable = latin.filter((word) => !/[aeiouy]/.test(word) || /[^aeiouy']{6}/.test(word));
  if (unspeakable.length >= 2 && unspeakable.length > latin.length / 3)
    return 'the answer is made of letters that form no words';
  return null;
}

/** Lines, or parts of a Chinese enumeration, of a few words each: names and figures, between which nothing else has to stand. */
function isList(plain: string): boolean {
  const items = plain.split(/\n|、/u);
  return items.length >= 3 && items.every((item) => wordsOf(item).length <= itemWords);
}

/** Whether most runs of four words have occurred before. */
function loops(words: readonly string[]): boolean {
  const runs = words.slice(3).map((_, index) => words.slice(index, index + 4).join(' '));
  return runs.length >= 12 && new Set(runs).size < runs.length / 3;
}
