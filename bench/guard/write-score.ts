// `node bench/guard/write-score.ts`: fits the score that comes with the program to all the public text there is, and writes it to
// models/guard-score/score.json. TIEGEL_DATA names the validation data, of which the file holds weights and nothing else.
import { seededRandom, writeFileAtomically } from '../../src/base/index.ts';
import { type AdditiveScore, fitAdditiveScore } from '../../src/guard/score/additive-score.ts';
import { encodeGuardScore } from '../../src/guard/score/guard-score.ts';
import { lexicalScoreOf } from '../../src/guard/score/lexical-score.ts';
import { type JudgedClass, judgedClasses } from '../../src/guard/use-class.ts';
import { corpora } from './extraction.ts';
import { classes } from './kinds.ts';
import { examplesOf, looksOf, type Stolen, trainOn, type World } from './rotation.ts';
import { dataDirectory, worldOf } from './world.ts';

/** Both halves of what is stolen, under the wrappers that training may see. */
function allStolen([one, other]: World['stolen']): Stolen {
  return Object.fromEntries(
    corpora.map((corpus) => [
      corpus,
      {
        none: [...one[corpus].none, ...other[corpus].none],
        known: [...one[corpus].known, ...other[corpus].known],
        unknown: [],
      },
    ]),
  ) as unknown as Stolen;
}

const drawn = worldOf(dataDirectory(), 3000);
const stolen = allStolen(drawn.stolen);
const world: World = { ...drawn, stolen: [stolen, stolen] };
const tenantsOf = (useClass: (typeof classes)[number]) =>
  world.tenants.filter((tenant) => tenant.useClass === useClass);
const lexical = trainOn(world, tenantsOf, seededRandom(31));
const scored = Float32Array.from(world.library.all, (prompt) => lexicalScoreOf(lexical, prompt));
const base = {
  ...{ world, tenantsOf, lexicalOf: ({ id }: { readonly id: number }) => scored[id]! },
  clientsOf: () => world.clients,
  looksOf: (account: Parameters<typeof looksOf>[0]) => looksOf(account, scored),
};
const examples = classes.map((useClass, index) => examplesOf(base, useClass, seededRandom(47, index)));
const scores = Object.fromEntries(
  judgedClasses.map((useClass): [JudgedClass, AdditiveScore] => [
    useClass,
    // Whoever never said what the use is may have any of them.
    fitAdditiveScore(
      useClass === 'undeclared' ? examples.flat() : examples[classes.indexOf(useClass)]!,
      seededRandom(9),
    ),
  ]),
) as Record<JudgedClass, AdditiveScore>;
writeFileAtomically('models/guard-score/score.json', encodeGuardScore({ lexical, classes: scores }));
