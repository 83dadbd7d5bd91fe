// Items from requests that were written in several languages: one cluster per request, one item per language.
import { type Item, languages } from '../terms/trial.ts';

/** In some the text is a similar request, where a play on words has no translation. */
export type WordedRequest = {
  readonly id: string;
  readonly category: string;
  readonly en: string;
  readonly de: string;
  readonly zh?: string;
};

/** Items in the order of the requests; all languages of a request belong to its cluster. */
export function wordedItems(requests: readonly WordedRequest[], sensitive: boolean): readonly Item[] {
  return requests.flatMap((request) =>
    languages.flatMap((language): readonly Item[] => {
      const text = request[language];
      if (text === undefined) return [];
      return [
        {
          id: `${request.id}-${language}`,
          category: request.category,
          language,
          cluster: request.id,
          messages: [{ role: 'user', content: text }],
          expectation: { request: text },
          sensitive,
        },
      ];
    }),
  );
}
