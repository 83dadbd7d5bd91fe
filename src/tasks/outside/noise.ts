// Prompts that are not sentences of either language: nonsense, other languages, shuffled task words, almost nothing;
// and the small errors of real typing.
import type { Random } from '../../base/index.ts';

const letters = 'abcdefghijklmnopqrstuvwxyzäöüß';
const symbols = '!?.,;:-_+*/=()[]{}<>@#$%&"~^|';
const syllables: readonly string[] =
  'ba be bi bo bu da de di do ka ke ki ko la le li lo lu ma me mi mo na ne ni no ra re ri ro sa se si so ta te ti to va ve vi xu zo schl pfr str ung ing tion heit ler ment qua phy'.split(
    ' ',
  );
const foreign: readonly string[] = list(
  'Bonjour | Bonjour, comment ça va ? | Quelle heure est-il ? | Je ne comprends pas | Où est la gare ? | Merci beaucoup | Qui es-tu ? | Raconte-moi une histoire | Hola | ¿Cómo estás? | ¿Qué hora es? | ¿Dónde está la biblioteca? | Muchas gracias | Cuéntame un chiste | Buenos días | Ciao | Come stai? | Che ore sono? | Dove si trova Roma? | Grazie mille | Raccontami una storia | Olá, tudo bem? | Obrigado | Onde fica o banco? | Hoe gaat het? | Waar is het station? | Dank je wel | Goedemorgen | Hej, hur mår du? | Tack så mycket | God dag | Dzień dobry | Jak się masz? | Dziękuję | Gdzie jest dworzec? | Dobrý den | Jak se máš? | Merhaba, nasılsın? | Teşekkür ederim | Привет | Как дела? | Сколько времени? | Спасибо | Γεια σου | Τι κάνεις; | 你好 | 你是谁? | 今天天气怎么样? | こんにちは | お元気ですか | 안녕하세요 | مرحبا | שלום | नमस्ते | Salve, quid agis? | Szia | Hei, mitä kuuluu? | Bună ziua',
);
const taskWords: readonly string[] =
  'Use Make once each with and to number only Countdown target What is times Multiply by has buys finds gives away loses sells How many apples books bags of boxes does have now Bilde aus jede genau einmal nur die Zahl Was ist mal hat kauft gibt ab verliert Wie viele Äpfel jetzt und Beutel zu je doubles the verdoppelt'.split(
    ' ',
  );

/** Text that means nothing in any language. */
export function nonsense(random: Random): string {
  const kind = random.integer(0, 4);
  if (kind === 0)
    return repeat(random.integer(1, 14), () => letters[random.integer(0, letters.length - 1)] as string);
  if (kind === 1)
    return repeat(random.integer(1, 6), () => symbols[random.integer(0, symbols.length - 1)] as string);
  if (kind === 2) return Array.from({ length: random.integer(1, 4) }, () => pseudoWord(random)).join(' ');
  if (kind === 3) return Array.from({ length: random.integer(1, 7) }, () => random.pick(taskWords)).join(' ');
  const mixed = `${letters}0123456789${symbols}  `;
  return repeat(random.integer(2, 16), () => mixed[random.integer(0, mixed.length - 1)] as string);
}

/** A made-up word, in place of all the words that are in no list. */
export function pseudoWord(random: Random): string {
  const word = repeat(random.integer(1, 4), () => random.pick(syllables));
  return random.next() < 0.3 ? word.charAt(0).toUpperCase() + word.slice(1) : word;
}

/** A short sentence in a language that is neither English nor German. */
export function foreignSentence(random: Random): string {
  return random.pick(foreign);
}

/** Input without content: white space, a dot, an emoji. */
export function nearlyNothing(random: Random): string {
  return random.pick([
    ' ',
    '.',
    '?',
    '!',
    '...',
    '-',
    '??',
    '🙂',
    '👍',
    '🤔',
    'a',
    'x',
    'ok',
    ':)',
    ';-)',
    '/help',
    '\n',
    '"',
  ]);
}

/** The sentence as somebody in a hurry might have typed it: other case, other punctuation, a typing error. */
export function typedInHaste(random: Random, sentence: string): string {
  let text = sentence;
  if (random.next() < 0.15) text = text.toLowerCase();
  else if (random.next() < 0.03) text = text.toUpperCase();
  if (random.next() < 0.2) text = text.replace(/[.!?]+$/, random.pick(['', '', '', '!', '??', '...', ' ?']));
  if (random.next() < 0.12) text = withSlip(random, text);
  return text;
}

/** One letter doubled, dropped or exchanged with its neighbour; digits keep their place. */
function withSlip(random: Random, text: string): string {
  const places = [...text.matchAll(/\p{L}{2}/gu)].map(({ index }) => index);
  if (places.length === 0) return text;
  const at = random.pick(places);
  const [first, second] = [text[at] as string, text[at + 1] as string];
  const slip = random.pick([`${first}${first}${second}`, second, first, `${second}${first}`]);
  return text.slice(0, at) + slip + text.slice(at + 2);
}

function repeat(count: number, make: () => string): string {
  return Array.from({ length: count }, make).join('');
}

function list(sentences: string): readonly string[] {
  return sentences.split(' | ');
}
