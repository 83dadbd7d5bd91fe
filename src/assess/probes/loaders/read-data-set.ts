// Reads one of the operator's data sets as a probe. Its version is the digest of the file, so figures say from which edition
// they come.
import { digestOf, TiegelError } from '../../../base/index.ts';
import type { Item, Probe } from '../../terms/trial.ts';
import { type DataSetName, dataSets } from './data-sets.ts';
import { invalidData } from './invalid-data.ts';
import { readText } from './read-text.ts';

/**
 * The probe has the name of the data set. Every request is a cluster of its own.
 *
 * @throws TGL_USAGE for another name, TGL_FILE_NOT_FOUND, and TGL_DATA_SET_INVALID with file, line, column and the repair,
 * also for a set without a request, since nothing can be learned from it
 */
export async function readDataSet(name: string, path: string): Promise<Probe> {
  if (!isDataSetName(name)) {
    const problem = `there is no kind of data set ${name}; the kinds are ${Object.keys(dataSets).join(', ')}`;
    throw new TiegelError('TGL_USAGE', { problem });
  }
  const text = await readText(path);
  return { name, version: digestOf(text).slice(0, 16), items: itemsOf(name, text, path) };
}

function isDataSetName(name: string): name is DataSetName {
  return Object.hasOwn(dataSets, name);
}

/** The items of a data set from its text. */
export function itemsOf(name: DataSetName, text: string, file: string): readonly Item[] {
  const { sensitive, requests } = dataSets[name];
  const lines = new Map<string, number>();
  const items = requests(text, file).map((request): Item => {
    const { line, id, category, prompt } = request;
    const refuse = (problem: string, repair: string): never =>
      invalidData({ file, line, column: 1 }, problem, repair);
    if (prompt.trim() === '') refuse('the request is empty', 'fill it in or take the row out');
    if (id === '') refuse('the row has no identifier', 'give it one');
    if (lines.has(id))
      refuse(`its identifier is that of line ${lines.get(id)}`, 'give each row one of its own');
    lines.set(id, line);
    return {
      id,
      category: category === '' ? 'none' : category,
      language: request.language ?? 'en',
      cluster: id,
      messages: [{ role: 'user', content: prompt }],
      expectation: request.expectation ?? { request: prompt },
      sensitive,
    };
  });
  if (items.length === 0)
    invalidData(
      { file, line: 1, column: 1 },
      'there is no request in it',
      'check that it is the right file and format',
    );
  return items;
}
