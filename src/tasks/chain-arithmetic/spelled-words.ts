// Names and things for word problems that no vocabulary has as tokens: a model has to read them byte by byte, as it will read those
// that people type. They are split like problems, and training has made-up words among them.
import { digestOf, firstAccepted, type Random } from '../../base/index.ts';
import { pseudoWord } from '../outside/noise.ts';
import type { Language, Split } from '../task.ts';

/** Who the story is about, and of what there are how many. */
export type SpelledWords = { readonly name: string; readonly things: string };

/** One word in eight is held out. */
const heldOutPer256 = 32;

/** Share of made-up words in training: no list has all the words that people use. */
const madeUpShare = 0.25;

const names: readonly string[] = list(
  'Anna Ben Clara David Emma Felix Hannah Jonas Lena Max Mia Noah Paul Sara Tom Vera Adam Agnes Aisha Alba Alex Alice Amir Andrea Anton Arthur Astrid Aylin Bela Bianca Birgit Boris Bruno Carla Carlos Carmen Chloe Chris Cora Daniel Daria Diego Dora Edgar Elif Elena Elias Ella Emil Erik Esther Eva Fatima Fiona Frank Frida Gabriel George Greta Gustav Hana Harry Heidi Helga Henry Hugo Ida Igor Ines Iris Isabel Ivan Jack Jakob James Jan Jana Jane Jasmin Johanna John Julia Kai Karin Karl Kate Kenji Klara Konrad Lara Lars Laura Leila Leo Liam Lily Lina Linus Lisa Lotte Louis Lucas Lucy Luis Magda Malik Mara Marco Maria Marie Mark Marta Mary Matteo Maya Mehmet Michael Mila Milan Mohamed Moritz Nadia Nele Nico Nina Nora Olaf Olga Oliver Olivia Omar Oscar Otto Pedro Peter Pia Priya Quentin Rahul Raj Rita Robert Rosa Ruby Ruth Sam Samir Sandra Selma Simon Sofia Sonja Sophie Stefan Susan Tara Theo Thomas Tim Tina Tobias Uma Ursula Uwe Valentin Victor Wanda Wei William Xenia Yara Yusuf Zara Zoe',
);

const things: Readonly<Record<Language, readonly string[]>> = {
  en: list(
    'apples books pens marbles cards stamps coins shells nuts buttons candles eggs cookies pictures stones flowers balls balloons bananas beads bells berries bikes biscuits blocks bottles bowls bricks brushes cakes cameras candies carrots cars chairs chickens chocolates clips cows crayons cups dolls doughnuts dresses ducks erasers feathers figs flags forks frogs gems glasses gloves goats grapes hats horses jars keys kites knives ladders lamps leaves lemons letters magnets maps masks melons mugs nails needles notebooks olives onions oranges pages peaches pears pebbles pencils pizzas plants plates plums postcards potatoes puzzles rabbits ribbons rings robots roses rulers sandwiches scarves seeds sheep shirts shoes socks spoons stars stickers straws sweets tables tickets tiles tomatoes towels toys trees tulips turtles umbrellas vases watches whistles',
  ),
  de: list(
    'Äpfel Bücher Stifte Murmeln Karten Briefmarken Münzen Muscheln Nüsse Knöpfe Kerzen Eier Kekse Bilder Steine Blumen Aufkleber Bälle Bananen Bären Becher Beeren Birnen Blätter Bohnen Bonbons Brezeln Briefe Brillen Brote Brötchen Dosen Drachen Enten Erbsen Erdbeeren Federn Feigen Fische Flaschen Flöten Frösche Gabeln Gläser Glocken Gurken Häuser Handschuhe Hasen Hefte Hemden Hosen Hüte Jacken Kamele Karotten Kartoffeln Kegel Ketten Kirschen Kissen Kleider Krebse Kreiden Kronen Kugeln Kuchen Lampen Leitern Löffel Magnete Masken Melonen Messer Nadeln Nägel Oliven Orangen Perlen Pferde Pflanzen Pflaumen Pilze Pinsel Platten Pullover Puppen Puzzles Räder Ringe Rosen Samen Schafe Schals Schiffe Schlüssel Schrauben Schuhe Seile Socken Sterne Stühle Tassen Taschen Teller Tiere Tische Tomaten Trauben Tulpen Türme Uhren Vasen Vögel Würfel Würste Ziegel Ziegen Zitronen Zwiebeln',
  ),
};

const named = bySide(names);
const counted: Readonly<Record<Language, Readonly<Record<Split, readonly string[]>>>> = {
  en: bySide(things.en),
  de: bySide(things.de),
};

/** Draws after which every made-up word would have been a held-out one. */
const mostDraws = 100;

/** Words of one side, drawn. */
export function drawSpelledWords(language: Language, random: Random, side: Split): SpelledWords {
  const word = (listed: readonly string[], shape: (madeUp: string) => string): string => {
    if (side === 'held-out' || random.next() >= madeUpShare) return random.pick(listed);
    const found = firstAccepted(mostDraws, () => {
      const madeUp = shape(pseudoWord(random));
      return isHeldOut(madeUp) ? undefined : madeUp;
    });
    return found ?? random.pick(listed);
  };
  const plural = (madeUp: string): string =>
    language === 'en' ? `${madeUp.toLowerCase()}s` : `${capital(madeUp)}en`;
  return { name: word(named[side], capital), things: word(counted[language][side], plural) };
}

function isHeldOut(word: string): boolean {
  return Number.parseInt(digestOf(word).slice(0, 2), 16) < heldOutPer256;
}

function capital(word: string): string {
  return word.charAt(0).toUpperCase() + word.slice(1);
}

function bySide(words: readonly string[]): Readonly<Record<Split, readonly string[]>> {
  return {
    train: words.filter((word) => !isHeldOut(word)),
    'held-out': words.filter(isHeldOut),
  };
}

function list(words: string): readonly string[] {
  return words.split(' ');
}
