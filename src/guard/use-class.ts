// What an account says it uses models for. Behaviour shows what use looks like harvesting; only what was agreed makes it abuse.

/** Those that are judged, each against honest weeks of its own; `undeclared` where an account never said. */
export const judgedClasses = ['chat', 'rag', 'agent', 'evaluation', 'labelling', 'undeclared'] as const;

/** Those that an account can declare. Synthetic data looks as harvesting does, so that only a limit decides there. */
export const declarableClasses = [
  'chat',
  'rag',
  'agent',
  'evaluation',
  'labelling',
  'synthetic-data',
] as const;

export type JudgedClass = (typeof judgedClasses)[number];
export type UseClass = JudgedClass | 'synthetic-data';

export function isUseClass(text: string | undefined): text is UseClass {
  return [...judgedClasses, 'synthetic-data'].some((useClass) => useClass === text);
}

export function isJudged(useClass: UseClass): useClass is JudgedClass {
  return useClass !== 'synthetic-data';
}
