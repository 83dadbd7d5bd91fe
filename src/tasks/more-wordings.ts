// Many wordings for the first three tasks, beside the few of their own that the shipped recipes train with. They are for asking in
// words that a model has never seen, and for training one that has to understand many.
import type { Language } from './task.ts';
import { type WordingPatterns, type Wordings, wordingsOf } from './wordings.ts';

/** `<all>`: the numbers in a sentence; `<numbers>`: the numbers alone; `<target>`. */
const countdown: WordingPatterns = {
  en: [
    '{Make|Get|Reach|Form|Build|Create} <target> {from|with|using|out of} <all>{, each used once|, using each number once|, using + - * only| (+ - *)|}.',
    '{Use|Take|Combine} {|the numbers }<all> to {make|get|reach|form} <target>{ (+ - *)|, each once|}.',
    '{With|Using|From} {|the numbers }<all>{, make|, get|, reach| make| get} <target>{.|, each once.}',
    '{Numbers: |Countdown |My numbers are |I have |Given |}<numbers>{, target|, goal|. Target:|. Make|. Reach|. The target is|. I want|; make} <target>{.|}',
    '{How can I|How do I|Can you|How do you|Is there a way to|Could you} {make|get|reach} <target> {from|with|using|out of} <all>?',
    'I have {|the numbers }<all>. {How can I|How do I|Can I|Please} {get|make|reach} <target>{?| with them?}',
    '{Which expression|What expression|Which calculation} {with|of|using} <all> {makes|gives|equals|is} <target>?',
    '{Find|Show me|Give me|I need} {a way|an expression} {from|with|using} <all> {that makes|that gives|for|to reach} <target>.',
    '{The target is|Target:|Target} <target>{, the numbers are|. Numbers:|, numbers} <numbers>{.|}',
    '<target> {from|with|out of|using} <all>{.|?| please}',
  ],
  de: [
    '{Mache|Bilde|Erreiche|Baue|Erzeuge} <target> {aus|mit} <all>{, jede einmal|, jede Zahl genau einmal|, nur mit + - *| (+ - *)|}.',
    '{Nutze|Nimm|Kombiniere|Verwende} {|die Zahlen }<all>, um {auf <target> zu kommen|<target> zu bilden|<target> zu erreichen}{ (+ - *)|, jede einmal|}.',
    '{Mit|Aus} {|den Zahlen }<all>{ mache| bilde| auf|, Ziel|: mache} <target>{.|, jede einmal.}',
    '{Zahlen: |Countdown |Meine Zahlen sind |Ich habe |Gegeben |}<numbers>{, Ziel|, Zielzahl|. Ziel:|. Bilde|. Erreiche|. Das Ziel ist|. Ich will|; mache} <target>{.|}',
    '{Wie komme ich|Wie kommt man|Kommst du|Kann man|Komme ich|Wie komm ich} {mit|aus} <all> auf <target>?',
    'Ich habe {|die Zahlen }<all>. {Wie komme ich auf|Wie bilde ich|Wie erreiche ich|Bitte bilde} <target>{?| damit?}',
    '{Welcher Ausdruck|Welche Rechnung|Welcher Term} {mit|aus} <all> {ergibt|ist|gibt|macht} <target>?',
    '{Finde|Zeig mir|Gib mir|Ich brauche} {einen Weg|einen Ausdruck|eine Rechnung} {aus|mit} <all>{, Ergebnis| für| zu} <target>.',
    '{Das Ziel ist|Ziel:|Ziel} <target>{, die Zahlen sind|. Zahlen:|, Zahlen} <numbers>{.|}',
    '<target> {aus|mit} <all>{.|?| bitte}',
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

/** `<text>`: the story as the task tells it, which has its own question at the end; `<story>`: what happens, from the first verb on. */
const story: WordingPatterns = {
  en: [
    '{Please solve this: |A puzzle: |Here is a problem. |Word problem: |Can you help? |Question: |Solve: |}<text>{ Answer with a number.| Give only the number.| Thanks!| Please think first.| Just the result, please.|}',
    '<name> {has|owns|starts with|begins with} <start> <things>{. Then <name>|. <name>|. Later <name>|, then|. After that <name>} <story>. {How many <things> does <name> have|How many does <name> have|How many <things> are there|What does <name> have} {now|in the end|then|at the end}?',
    'How many <things> {does <name> have|are left|remain} {now|in the end}, if <name> {has|starts with} <start> <things>{ and|. Then <name>|, then} <story>?',
    'There {are|were} <start> <things>. <name> <story>. How many {are there now|are left|<things> are left|<things> are there}?',
  ],
  de: [
    '{Bitte löse das: |Ein Rätsel: |Hier ist eine Aufgabe. |Textaufgabe: |Kannst du helfen? |Frage: |Löse: |}<text>{ Antworte mit einer Zahl.| Nenne nur die Zahl.| Danke!| Bitte denke zuerst nach.| Nur das Ergebnis, bitte.|}',
    '<name> {hat|besitzt|hat zuerst|hat am Anfang} <start> <things>{. Dann: <name>|. <name>|. Später: <name>|, dann:|. Danach: <name>} <story>. {Wie viele <things> hat <name>|Wie viele hat <name>|Wie viele <things> sind es|Was hat <name>} {jetzt|am Ende|dann|danach}?',
    'Wie viele <things> {hat <name>|bleiben|sind es} {jetzt|am Ende}, wenn gilt: <name> {hat|besitzt} <start> <things>{ und|. <name>|, dann} <story>?',
    'Es {gibt|sind} <start> <things>. <name> <story>. Wie viele {sind es jetzt|bleiben|<things> bleiben|<things> sind es}?',
  ],
};

export const countdownWordings: Wordings = wordingsOf(countdown);
export const multiplicationWordings: Wordings = wordingsOf(multiplication);
export const storyWordings: Wordings = wordingsOf(story);

/** Numbers as they stand in a sentence: `3, 5 and 6`. */
export function listed(numbers: readonly number[], language: Language): string {
  return `${numbers.slice(0, -1).join(', ')} ${language === 'en' ? 'and' : 'und'} ${numbers.at(-1)}`;
}
