// For free text: a person whom a reply makes up may be called otherwise. Names that the prompt has, that stand beside another
// capitalised word (a real person, mostly) or beside code are left alone; a name keeps to the pronouns that go with it.
import type { EquivalenceGenerator } from './generators.ts';

const families = {
  she: 'Alice Anna Clara Diana Ella Emma Hannah Julia Laura Lena Maria Mia Nina Olivia Sarah Sofia',
  he: 'Adam Ben Bob Daniel David Emil Felix Jack John Leo Liam Michael Noah Oliver Paul Tom',
  they: 'Alex Andy Charlie Chris Eli Jamie Jo Jordan Kim Lee Morgan Pat Robin Sam Sasha Taylor',
} as const;

const known = Object.entries(families).map(([family, names]) => ({ family, names: names.split(' ') }));

type Found = { readonly name: string; readonly item: string; readonly choices: readonly string[] };

export const givenNames: EquivalenceGenerator = {
  name: 'given-names/1',
  realise: (prompt, reply, choose) => {
    const taken = new Map<string, string>();
    for (const { name, item, choices } of namesIn(prompt, reply)) {
      const free = choices.filter((choice) => ![...taken.values()].includes(choice));
      taken.set(name, free[choose(item, free.length)]!);
    }
    return reply.replace(word, (name) => taken.get(name) ?? name);
  },
  read: (prompt, reply) => {
    const taken: string[] = [];
    return namesIn(prompt, reply).map(({ name, item, choices }) => {
      const free = choices.filter((choice) => !taken.includes(choice));
      taken.push(name);
      return { item, way: free.indexOf(name), ways: free.length };
    });
  },
};

const word = /(?<![\p{L}\p{N}])\p{Lu}\p{L}*(?![\p{L}\p{N}])/gu;

/** The names that a reply makes up, in the order in which they come, each family counted by itself. */
function namesIn(prompt: string, reply: string): readonly Found[] {
  if (reply.includes('`')) return [];
  const given = new Set(prompt.match(word) ?? []);
  const real = namesOfRealPeople(reply);
  const counts = new Map<string, number>();
  return [...new Set(reply.match(word) ?? [])].flatMap((name): Found[] => {
    const place = known.find(({ names }) => names.includes(name));
    if (place === undefined || given.has(name) || real.has(name)) return [];
    const number = (counts.get(place.family) ?? 0) + 1;
    counts.set(place.family, number);
    const choices = place.names.filter((choice) => !given.has(choice) && !real.has(choice));
    return [{ name, item: `${place.family} ${number}`, choices }];
  });
}

/** Words that another capitalised word follows or, within a sentence, precedes. */
function namesOfRealPeople(reply: string): ReadonlySet<string> {
  const beside = /(?<![\p{L}\p{N}])(\p{Lu}\p{L}*\.?)[ -](\p{Lu}\p{L}*)/gu;
  const found = new Set<string>();
  // Overlapping pairs are all looked at.
  for (let match = beside.exec(reply); match !== null; match = beside.exec(reply)) {
    const [, first = '', second = ''] = match;
    const begins = /(?:^|[.!?:"“„\n]\s*)$/u.test(reply.slice(Math.max(0, match.index - 3), match.index));
    if (!begins || first.endsWith('.')) found.add(second);
    found.add(first);
    beside.lastIndex = match.index + first.length;
  }
  return found;
}
