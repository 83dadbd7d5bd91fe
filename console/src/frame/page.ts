// What a page is: a folder below `pages` whose `page.ts` describes it. Nothing else names a page, so that one is added by adding its folder.
import type { ComponentType } from 'react';
import type { IconName } from '../parts/icon.tsx';
import type { Strings } from './language.tsx';

export type ConsolePage = {
  /** The last part of its address. */
  readonly path: string;
  readonly title: Strings<string>;
  readonly icon: IconName;
  /** Groups stand apart in the navigation; both in ascending order. */
  readonly group: number;
  readonly order: number;
  /** Of these scopes of the API one suffices; without it the page is not shown. */
  readonly scopes: readonly string[];
  readonly load: () => Promise<{ readonly default: ComponentType }>;
};

const found = import.meta.glob<{ readonly page: ConsolePage }>('../pages/*/page.ts', { eager: true });

export const pages: readonly ConsolePage[] = Object.values(found)
  .map(({ page }) => page)
  .sort((a, b) => a.group - b.group || a.order - b.order);

export function pagesFor(scopes: readonly string[]): readonly ConsolePage[] {
  return pages.filter(
    (page) => page.scopes.length === 0 || page.scopes.some((scope) => scopes.includes(scope)),
  );
}
