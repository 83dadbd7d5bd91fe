// Items from requests that were written in English and German: one cluster per request, one item per language.
import type { Item } from '../terms/trial.ts';

/** In some pairs the German text is a similar request, where a play on words has no translation. */
export type BilingualRequest = {
  readonly id: string;
  readonly category: string;
  readonly en: string;
  readonly de: string;
};

/** Items in the order of the requests; both languages of a request belong to its cluster. */
export function bilingualItems(requests: readonly BilingualRequest[], sensitive: boolean): readonly Item[] {
  return requests.flatMap((request) =>
    (['en', 'de'] as const).map(
      (language): Item => ({
        id: `${request.id}-${language}`,
        category: request.category,
        language,
        cluster: request.id,
        messages: [{ role: 'user', content: request[language] }],
        expectation: { request: request[language] },
        sensitive,
      }),
    ),
  );
}
