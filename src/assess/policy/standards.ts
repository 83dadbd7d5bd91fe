// The standards to which the keys in policies refer: entries for which a criterion gives evidence. A criterion
// covers its entry in part at best; the report shows to which entries nothing refers.
import data from './standards.json' with { type: 'json' };

export type Standard = { readonly framework: string; readonly title: string };

export const standards: Readonly<Record<string, Standard>> = data;
