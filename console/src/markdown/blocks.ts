// The blocks of a Markdown text that grows: those that are finished are never read again, so that the work grows with the text and
// not with its square.
import { lexer, type Token } from 'marked';
import { withoutControls } from './visible.ts';

export type Block =
  /** What is shown as it is written, since reading it as Markdown could take long or deep. */
  | { readonly kind: 'plain'; readonly raw: string }
  | { readonly kind: 'markdown'; readonly raw: string; readonly token: Token };

/** A longer block is plain: a paragraph of a human is never that long. */
const longestBlock = 10_000;
/** Quotes and lists within each other; deeper ones are plain. */
const deepest = 20;
const tooDeep = new RegExp(String.raw`^(?:[ \t]*(?:>|[-*+]|\d{1,9}[.)])[ \t]*){${deepest}}`, 'm');

export type BlockReader = {
  /** All blocks of what came so far. */
  readonly push: (text: string) => readonly Block[];
};

export function blockReader(): BlockReader {
  const finished: Block[] = [];
  let open = '';
  return {
    push: (text) => {
      open += withoutControls(text);
      const read = blocksOf(open);
      // The last block may go on, and so may the one before it while only blank lines follow.
      const certain = read.slice(
        0,
        read.findLastIndex(({ raw }) => raw.trim() !== ''),
      );
      finished.push(...certain);
      open = open.slice(certain.reduce((length, { raw }) => length + raw.length, 0));
      return [...finished, ...read.slice(certain.length)];
    },
  };
}

function blocksOf(text: string): readonly Block[] {
  if (text.length > longestBlock) return plainBlocks(text);
  if (tooDeep.test(text)) return [{ kind: 'plain', raw: text }];
  try {
    const tokens = lexer(text);
    // The lexer widens tabs; where its pieces are not the text, places in it would be wrong.
    if (tokens.map(({ raw }) => raw).join('') !== text) return [{ kind: 'plain', raw: text }];
    return tokens.map((token) => ({ kind: 'markdown', raw: token.raw, token }));
  } catch {
    return [{ kind: 'plain', raw: text }];
  }
}

/** Pieces of a text that is too long, at ends of lines where there are some. */
function plainBlocks(text: string): readonly Block[] {
  const blocks: Block[] = [];
  for (let from = 0; from < text.length; ) {
    const line = text.lastIndexOf('\n', from + longestBlock);
    const to = line > from ? line + 1 : from + longestBlock;
    blocks.push({ kind: 'plain', raw: text.slice(from, to) });
    from = to;
  }
  return blocks;
}
