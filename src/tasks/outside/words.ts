// Word lists for the slots of the outside frames. Each list is one text of words separated by commas, because they
// are data: what matters is that they are many and plain.
import type { Language } from '../task.ts';

/** Words by slot name. A slot fits the grammar of the frames of its language. */
export type SlotWords = Readonly<Record<string, readonly string[]>>;

export const slotWords: Readonly<Record<Language, SlotWords>> = {
  en: {
    thing: list(
      'dog, cat, horse, whale, tiger, spider, rabbit, dolphin, penguin, owl, wolf, bear, fish, bird, car, bicycle, train, ship, plane, rocket, bridge, tower, castle, house, garden, kitchen, window, door, table, chair, lamp, mirror, clock, camera, phone, computer, keyboard, printer, robot, engine, battery, guitar, piano, violin, drum, hammer, knife, spoon, bottle, umbrella, jacket, shirt, shoe, hat, ring, mountain, river, lake, desert, island, forest, volcano, glacier, planet, comet, galaxy, atom, molecule, virus, vaccine, magnet, mushroom, tree, rose, cactus, tomato, banana, sandwich, pizza, pancake, cheese, bread, soup, cake, coffee, wizard, pirate, knight, dragon, ghost, king, teacher, doctor, farmer, pilot, painter, lawyer, nurse, baker, novel, poem, newspaper, passport, ticket, password, database, compiler, transistor',
    ),
    things: list(
      'dogs, cats, horses, whales, tigers, spiders, rabbits, dolphins, penguins, owls, wolves, bears, birds, bees, ants, sharks, elephants, cars, trains, ships, planes, rockets, bridges, castles, houses, gardens, windows, clocks, cameras, phones, computers, robots, engines, batteries, guitars, pianos, knives, bottles, shoes, hats, mountains, rivers, lakes, deserts, islands, forests, volcanoes, planets, comets, galaxies, atoms, viruses, vaccines, magnets, mushrooms, trees, roses, tomatoes, bananas, pizzas, pancakes, cakes, wizards, pirates, dragons, ghosts, kings, teachers, doctors, farmers, pilots, lawyers, novels, poems, newspapers, passports, passwords, databases, taxes, elections, holidays, dreams, emotions, numbers, fractions, triangles, circles',
    ),
    topic: list(
      'history, physics, chemistry, biology, music, football, tennis, chess, cooking, gardening, politics, economics, philosophy, religion, poetry, painting, photography, weather, climate change, astronomy, geography, medicine, sleep, nutrition, love, friendship, happiness, fear, money, inflation, insurance, marketing, software, programming, machine learning, quantum mechanics, gravity, electricity, evolution, democracy, freedom, justice, education, language, grammar, traffic, fashion, architecture, theatre, cinema, jazz, opera, baking, fishing, hiking, yoga, travel, tourism, recycling, solar power, nuclear energy, the moon, the sun, the ocean, the Roman Empire, the Middle Ages, the internet, the economy, the weather, the stock market, the human body, the brain, time travel',
    ),
    place: list(
      'London, Paris, Rome, Madrid, Tokyo, Sydney, Cairo, Moscow, New York, Chicago, Toronto, Lima, Athens, Dublin, Oslo, Prague, Warsaw, Istanbul, Delhi, Beijing, Seoul, Bangkok, Nairobi, Germany, Italy, Spain, Poland, Norway, Greece, Egypt, Kenya, India, China, Brazil, Mexico, Chile, Peru, Iceland, Ireland, Scotland, Texas, Africa, Asia, Europe, the Alps, the Sahara, the Amazon, outer space, my town',
    ),
    person: list(
      'Albert Einstein, Isaac Newton, Marie Curie, Shakespeare, Mozart, Beethoven, Picasso, Napoleon, Cleopatra, Julius Caesar, Aristotle, Plato, Gandhi, Darwin, Galileo, Columbus, Goethe, Kafka, Tolkien, the president, the queen, the pope, my boss, my neighbour, my sister, my grandfather, your maker, Batman, Sherlock Holmes, Harry Potter',
    ),
    act: list(
      'swim, cook, sing, dance, drive a car, write a letter, fix a bike, bake bread, plant a tree, learn German, learn French, play chess, play the guitar, lose weight, save money, find a job, sleep better, stop smoking, make friends, build a house, paint a wall, tie a tie, train a dog, grow tomatoes, start a business, write code, learn Python, speak in public, read faster, fly a kite, boil an egg, clean a window, sew a button, buy a house, pay taxes, meditate, draw a face, edit a video, invest money, make coffee',
    ),
    adjective: list(
      'big, small, old, new, fast, slow, hot, cold, cheap, expensive, dangerous, safe, beautiful, ugly, strange, famous, popular, healthy, tasty, heavy, light, dark, bright, loud, quiet, happy, sad, angry, tired, lazy, clever, stupid, honest, rich, poor, rare, common, important, useful, boring, funny, serious, modern, ancient, green, blue, red, yellow, wild, free',
    ),
    text: list(
      'poem, story, song, letter, email, joke, essay, summary, speech, haiku, recipe, shopping list, birthday card, tweet, headline, slogan, dialogue, report, review, riddle, limerick, fairy tale, cover letter, business plan, text, script, blog post, paragraph',
    ),
    code: list(
      'Python, Java, JavaScript, TypeScript, Rust, C, Go, SQL, HTML, CSS, Bash, PHP, Ruby, Kotlin, Swift, Haskell',
    ),
    tongue: list(
      'French, German, Spanish, Italian, Latin, Greek, Russian, Polish, Turkish, Dutch, Swedish, Japanese, Chinese, Korean, Arabic, Hindi',
    ),
    time: list(
      'today, tomorrow, yesterday, tonight, now, next week, last year, on Monday, on Friday, in summer, in winter, at night, in the morning, in 1990, in 2024, every day',
    ),
    feeling: list(
      'sad, happy, tired, bored, lonely, hungry, thirsty, angry, nervous, sick, excited, confused, stressed, curious, fine, great, cold, lost',
    ),
  },
  de: {
    einDing: list(
      'ein Hund, eine Katze, ein Pferd, ein Wal, ein Tiger, eine Spinne, ein Hase, ein Delfin, ein Pinguin, eine Eule, ein Wolf, ein Bär, ein Fisch, ein Vogel, ein Auto, ein Fahrrad, ein Zug, ein Schiff, ein Flugzeug, eine Rakete, eine Brücke, ein Turm, ein Schloss, ein Haus, ein Garten, eine Küche, ein Fenster, eine Tür, ein Tisch, ein Stuhl, eine Lampe, ein Spiegel, eine Uhr, eine Kamera, ein Handy, ein Computer, ein Drucker, ein Roboter, ein Motor, eine Batterie, eine Gitarre, ein Klavier, eine Geige, ein Hammer, ein Messer, ein Löffel, eine Flasche, ein Schirm, eine Jacke, ein Hemd, ein Schuh, ein Hut, ein Berg, ein Fluss, ein See, eine Wüste, eine Insel, ein Wald, ein Vulkan, ein Gletscher, ein Planet, ein Komet, eine Galaxie, ein Atom, ein Virus, ein Magnet, ein Pilz, ein Baum, eine Rose, ein Kaktus, eine Tomate, eine Banane, eine Pizza, ein Kuchen, ein Zauberer, ein Pirat, ein Ritter, ein Drache, ein Gespenst, ein König, eine Lehrerin, ein Arzt, ein Bauer, eine Pilotin, ein Maler, eine Anwältin, ein Roman, ein Gedicht, eine Zeitung, ein Reisepass, ein Passwort, eine Datenbank',
    ),
    dinge: list(
      'Hunde, Katzen, Pferde, Wale, Tiger, Spinnen, Hasen, Delfine, Pinguine, Eulen, Wölfe, Bären, Vögel, Bienen, Ameisen, Haie, Elefanten, Autos, Züge, Schiffe, Flugzeuge, Raketen, Brücken, Schlösser, Häuser, Gärten, Fenster, Uhren, Kameras, Handys, Computer, Roboter, Motoren, Batterien, Gitarren, Klaviere, Messer, Flaschen, Schuhe, Hüte, Berge, Flüsse, Seen, Wüsten, Inseln, Wälder, Vulkane, Planeten, Kometen, Galaxien, Atome, Viren, Magnete, Pilze, Bäume, Rosen, Tomaten, Bananen, Kuchen, Zauberer, Piraten, Drachen, Gespenster, Könige, Lehrer, Ärzte, Bauern, Anwälte, Romane, Gedichte, Zeitungen, Passwörter, Datenbanken, Steuern, Wahlen, Ferien, Träume, Gefühle, Zahlen, Brüche, Dreiecke, Kreise',
    ),
    thema: list(
      'Geschichte, Physik, Chemie, Biologie, Musik, Fußball, Tennis, Schach, Kochen, Gartenarbeit, Politik, Wirtschaft, Philosophie, Religion, Malerei, Fotografie, Wetter, Klimawandel, Astronomie, Erdkunde, Medizin, Schlaf, Ernährung, Liebe, Freundschaft, Glück, Angst, Geld, Inflation, Versicherungen, Werbung, Software, Programmieren, maschinelles Lernen, Quantenmechanik, Schwerkraft, Strom, Evolution, Demokratie, Freiheit, Gerechtigkeit, Bildung, Sprache, Grammatik, Verkehr, Mode, Architektur, Theater, Kino, Jazz, Oper, Backen, Angeln, Wandern, Yoga, Reisen, Recycling, Solarenergie, Kernkraft, das Mittelalter, das Internet, das Gehirn, das Weltall, das Meer, Zeitreisen',
    ),
    ort: list(
      'London, Paris, Rom, Madrid, Tokio, Sydney, Kairo, Moskau, New York, Berlin, Hamburg, München, Köln, Wien, Zürich, Bern, Athen, Dublin, Oslo, Prag, Warschau, Istanbul, Peking, Deutschland, Italien, Spanien, Polen, Norwegen, Griechenland, Ägypten, Kenia, Indien, China, Brasilien, Mexiko, Chile, Island, Irland, Österreich, Bayern, Sachsen, Afrika, Asien, Europa, Dresden, Leipzig, Bremen',
    ),
    person: list(
      'Albert Einstein, Isaac Newton, Marie Curie, Shakespeare, Mozart, Beethoven, Picasso, Napoleon, Kleopatra, Julius Cäsar, Aristoteles, Platon, Gandhi, Darwin, Galileo, Kolumbus, Goethe, Schiller, Kafka, Luther, der Präsident, die Königin, der Papst, mein Chef, mein Nachbar, meine Schwester, mein Opa, dein Erfinder, Batman, Sherlock Holmes',
    ),
    tun: list(
      'schwimmen, kochen, singen, tanzen, Auto fahren, einen Brief schreiben, ein Rad reparieren, Brot backen, einen Baum pflanzen, Englisch lernen, Schach spielen, Gitarre spielen, abnehmen, Geld sparen, einen Job finden, besser schlafen, mit dem Rauchen aufhören, Freunde finden, ein Haus bauen, eine Wand streichen, eine Krawatte binden, einen Hund erziehen, Tomaten ziehen, eine Firma gründen, Code schreiben, Python lernen, schneller lesen, ein Ei kochen, Fenster putzen, einen Knopf annähen, Steuern zahlen, meditieren, ein Gesicht zeichnen, Kaffee kochen, ein Video schneiden, umziehen, verreisen',
    ),
    adjektiv: list(
      'groß, klein, alt, neu, schnell, langsam, heiß, kalt, billig, teuer, gefährlich, sicher, schön, hässlich, seltsam, berühmt, beliebt, gesund, lecker, schwer, leicht, dunkel, hell, laut, leise, fröhlich, traurig, wütend, müde, faul, klug, dumm, ehrlich, reich, arm, selten, wichtig, nützlich, langweilig, lustig, ernst, modern, grün, blau, rot, gelb, wild, frei',
    ),
    text: list(
      'ein Gedicht, eine Geschichte, ein Lied, einen Brief, eine E-Mail, einen Witz, einen Aufsatz, eine Zusammenfassung, eine Rede, ein Rezept, eine Einkaufsliste, eine Geburtstagskarte, eine Überschrift, einen Slogan, einen Dialog, einen Bericht, ein Rätsel, ein Märchen, eine Bewerbung, einen Text, einen Absatz, eine Einladung',
    ),
    code: list(
      'Python, Java, JavaScript, TypeScript, Rust, C, Go, SQL, HTML, CSS, Bash, PHP, Ruby, Kotlin, Swift',
    ),
    sprache: list(
      'Französisch, Englisch, Spanisch, Italienisch, Latein, Griechisch, Russisch, Polnisch, Türkisch, Schwedisch, Japanisch, Chinesisch, Arabisch',
    ),
    zeit: list(
      'heute, morgen, gestern, heute Abend, jetzt, nächste Woche, letztes Jahr, am Montag, am Freitag, im Sommer, im Winter, nachts, am Vormittag, im Jahr 1990, im Jahr 2024, jeden Tag',
    ),
    gefühl: list(
      'traurig, glücklich, müde, gelangweilt, einsam, hungrig, durstig, wütend, nervös, krank, aufgeregt, verwirrt, gestresst, neugierig, gut, super, ratlos',
    ),
  },
};

function list(words: string): readonly string[] {
  return words.split(', ');
}
