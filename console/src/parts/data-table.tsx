// A table that scrolls in itself where it is wider than the page, by keyboard as well.
import type { ReactNode } from 'react';

/** A plain text heads a column of words. */
export type Column =
  | string
  | {
      readonly name: string;
      /** Numbers stand at the right; an unseen head is for screen readers; a wide one is left out on narrow pages. */
      readonly kind: 'number' | 'unseen' | 'wide';
    };

type Props = {
  /** What the table shows, for screen readers. */
  readonly label: string;
  /** Without them the table has no head. */
  readonly columns?: readonly Column[];
  /** Rows of one line, with a second line, or cells of a heat map, whose first column heads its rows. */
  readonly kind?: 'compact' | 'two' | 'heat';
  /** Rows. */
  readonly children: ReactNode;
};

export function DataTable({ label, columns, kind, children }: Props): ReactNode {
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls is to be scrolled by keyboard as well.
    // biome-ignore lint/a11y/useSemanticElements: neither a set of fields nor a landmark beside the section that it lies in.
    <div className="table" role="group" tabIndex={0} aria-label={label}>
      <table className={kind}>
        {columns && (
          <thead>
            <tr>
              {kind === 'heat' && <td />}
              {columns.map((column) => (
                <Head key={typeof column === 'string' ? column : column.name} column={column} />
              ))}
            </tr>
          </thead>
        )}
        <tbody>{children}</tbody>
      </table>
    </div>
  );
}

function Head({ column }: { readonly column: Column }): ReactNode {
  if (typeof column === 'string') return <th scope="col">{column}</th>;
  const { name, kind } = column;
  if (kind === 'number')
    return (
      <th scope="col" className="n">
        {name}
      </th>
    );
  return (
    <th scope="col" className={kind === 'wide' ? 'hide' : undefined}>
      <span className="vh">{name}</span>
    </th>
  );
}

export function numberColumn(name: string): Column {
  return { name, kind: 'number' };
}
