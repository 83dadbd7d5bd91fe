// Many wordings for the first three tasks, beside the few of their own that the shipped recipes train with. They are for asking in
// words that a model has never seen, and for training one that has to understand many.
import type { Language } from './task.ts';
import { type WordingPatterns, type Wordings, wordingsOf } from './wordings.ts';

/** `<all>`: the numbers in a sentence; `<numbers>`: the numbers alone; `<target>`. */
const countdown: WordingPatterns = {
  en: [
    '{Make|Get|Reach|Form|Build} <target> {from|with|using|out of} <all>{, each used once|, using each number once|, using + - * only|}.',
    '{Use|Take|Combine} <all> to {make|get|reach} <target>{ (+ - *)|, each once|}.',
    '{Numbers: |Countdown |}<numbers>{, target|, goal|. Target:} <target>{.|}',
    '{How can I|How do I|Can you} {make|get} <target> {from|with|using} <all>?',
  ],
  de: [
    '{Mache|Bilde|Erreiche|Baue} <target> {aus|mit} <all>{, jede einmal|, jede Zahl genau einmal|, nur mit + - *|}.',
    '{Nutze|Nimm|Kombiniere} <all>, um {auf <target> zu kommen|<target> zu bilden|<target> zu erreichen}{ (+ - *)|, jede einmal|}.',
    '{Zahlen: |Countdown |}<numbers>{, Ziel|, Zielzahl|. Ziel:} <target>{.|}',
    '{Wie komme ich|Wie kommt man|Kommst du} {mit|aus} <all> auf <target>?',
  ],
};

const multiplication: WordingPatterns = {
  en: [
    '{|Please }{what is|calculate|work out|compute|solve} <left>{*| * |x| x | times |×}<right>{?|.|}',
    '{What is the product of|Find the product of|Give me the product of} <left> and <right>{?|.|}',
    '<left>{x|×| x | × }<right>{=?| =|}',
  ],
  de: [
    '{|Bitte }{was ist|berechne|rechne|löse} <left>{*| * |x| x | mal |×}<right>{?|.|}',
    '{Was ist das Produkt von|Finde das Produkt von|Nenne das Produkt von} <left> und <right>{?|.|}',
    '<left>{x|×| x | × }<right>{=?| =|}',
  ],
};

/** `<text>`: the story as the task tells it, which has its own question at the end. */
const story: WordingPatterns = {
  en: [
    '{Please solve this: |A puzzle: |Here is a problem. |Word problem: |Can you help? |Question: |Solve: |}<text>{ Answer with a number.| Give only the number.| Thanks!| Please think first.| Just the result, please.|}',
  ],
  de: [
    '{Bitte löse das: |Ein Rätsel: |Hier ist eine Aufgabe. |Textaufgabe: |Kannst du helfen? |Frage: |Löse: |}<text>{ Antworte mit einer Zahl.| Nenne nur die Zahl.| Danke!| Bitte denke zuerst nach.| Nur das Ergebnis, bitte.|}',
  ],
};

export const countdownWordings: Wordings = wordingsOf(countdown);
export const multiplicationWordings: Wordings = wordingsOf(multiplication);
export const storyWordings: Wordings = wordingsOf(story);

/** Numbers as they stand in a sentence: `3, 5 and 6`. */
export function listed(numbers: readonly number[], language: Language): string {
  return `${numbers.slice(0, -1).join(', ')} ${language === 'en' ? 'and' : 'und'} ${numbers.at(-1)}`;
}
