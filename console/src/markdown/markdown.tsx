// Markdown that a model wrote, as elements of React: no text ever becomes HTML, nothing is loaded, and a link is opened only by
// whoever has read its whole address.
import type { Token, Tokens } from 'marked';
import { memo, type ReactNode } from 'react';
import type { Block } from './blocks.ts';
import { ForeignLink } from './foreign-link.tsx';
import { Formula } from './formula.tsx';
import { visible } from './visible.ts';

const mostRows = 200;
const deepest = 20;

export function Markdown({ blocks }: { readonly blocks: readonly Block[] }): ReactNode {
  // Only the last ones change, so that their places tell them apart.
  return blocks.map((block, place) => <BlockView key={place} block={block} />);
}

/** A block that reads as before is the same object, and is not drawn again. */
const BlockView = memo(
  ({ block }: { readonly block: Block }): ReactNode =>
    block.kind === 'plain' ? <div className="plain">{block.raw}</div> : element(block.token, 0, 0),
);

function elements(tokens: readonly Token[] | undefined, depth: number): ReactNode {
  return tokens?.map((token, place) => element(token, depth + 1, place));
}

function element(token: Token, depth: number, key: number): ReactNode {
  if (depth > deepest) return token.raw;
  return (
    blockElement(token as Tokens.Generic, depth, key) ?? inlineElement(token as Tokens.Generic, depth, key)
  );
}

function blockElement(token: Tokens.Generic, depth: number, key: number): ReactNode | undefined {
  const inside = (): ReactNode => elements(token.tokens, depth);
  switch (token.type) {
    case 'space':
    case 'def':
      return null;
    case 'paragraph':
      return <p key={key}>{inside()}</p>;
    case 'heading':
      // The page has the two levels above.
      return (token.depth as number) < 3 ? <h3 key={key}>{inside()}</h3> : <h4 key={key}>{inside()}</h4>;
    case 'code':
      return (
        <pre key={key} className="code">
          {visible(token.text as string)}
        </pre>
      );
    case 'blockquote':
      return <blockquote key={key}>{inside()}</blockquote>;
    case 'hr':
      return <hr key={key} />;
    case 'list':
      return list(token as Tokens.List, depth, key);
    case 'table':
      return table(token as Tokens.Table, depth, key);
    default:
      return undefined;
  }
}

function inlineElement(token: Tokens.Generic, depth: number, key: number): ReactNode {
  const inside = (): ReactNode => elements(token.tokens, depth);
  switch (token.type) {
    case 'strong':
      return <strong key={key}>{inside()}</strong>;
    case 'em':
      return <em key={key}>{inside()}</em>;
    case 'del':
      return <del key={key}>{inside()}</del>;
    case 'codespan':
      return <code key={key}>{visible(token.text as string)}</code>;
    case 'br':
      return <br key={key} />;
    case 'link':
      return <ForeignLink key={key} address={token.href as string} text={String(token.text)} />;
    case 'image':
      return <ForeignLink key={key} address={token.href as string} text={String(token.text)} isImage />;
    case 'formula':
      return (
        <Formula
          key={key}
          raw={token.raw}
          text={token.text as string}
          isDisplay={token.isDisplay as boolean}
        />
      );
    case 'escape':
      return token.text as string;
    case 'text':
      return token.tokens === undefined ? unescaped(token) : <span key={key}>{inside()}</span>;
    default:
      // HTML, and whatever else there is, stays what was written.
      return token.raw;
  }
}

/** The lexer leaves text as it was written. */
function unescaped(token: Tokens.Generic): string {
  return (token.raw as string).replaceAll(/&(amp|lt|gt|quot|#39);/g, (entity) => entities[entity] as string);
}

const entities: Readonly<Record<string, string>> = {
  '&amp;': '&',
  '&lt;': '<',
  '&gt;': '>',
  '&quot;': '"',
  '&#39;': "'",
};

function list({ ordered, start, items }: Tokens.List, depth: number, key: number): ReactNode {
  const entries = items.map((item, place) => <li key={place}>{elements(item.tokens, depth)}</li>);
  return ordered ? (
    <ol key={key} start={Number(start) || 1}>
      {entries}
    </ol>
  ) : (
    <ul key={key}>{entries}</ul>
  );
}

function table({ header, rows }: Tokens.Table, depth: number, key: number): ReactNode {
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls is to be scrolled by keyboard as well.
    <div key={key} className="scroll" tabIndex={0}>
      <table>
        <thead>
          <tr>
            {header.map((cell, place) => (
              <th key={place}>{elements(cell.tokens, depth)}</th>
            ))}
          </tr>
        </thead>
        <tbody>
          {rows.slice(0, mostRows).map((row, place) => (
            <tr key={place}>
              {row.map((cell, column) => (
                <td key={column}>{elements(cell.tokens, depth)}</td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
      {rows.length > mostRows && <p className="meta">… {rows.length - mostRows}</p>}
    </div>
  );
}
