// A filter of a page that stands in its address, so that a link leads to what one sees.
import { useNavigate, useSearch } from '@tanstack/react-router';

/** @returns what is chosen, and how to choose; anything else in the address counts as the usual one, which is not written there */
export function useFilter<Name extends string>(
  filter: string,
  names: readonly Name[],
  usual: Name,
): readonly [Name, (name: Name) => void] {
  const search: Readonly<Record<string, unknown>> = useSearch({ strict: false });
  const navigate = useNavigate();
  const chosen = names.find((name) => name === String(search[filter])) ?? usual;
  const choose = (name: Name): void => {
    const { [filter]: _, ...others } = search;
    void navigate({
      to: '.',
      search: name === usual ? others : { ...others, [filter]: name },
      replace: true,
    });
  };
  return [chosen, choose];
}
