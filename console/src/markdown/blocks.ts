// The blocks of a Markdown text that grows. What is finished is not read again, so that the work grows with the text and not with its
// square; only a definition of a link that comes later has what may refer to it read once more.
import { Lexer, type Token } from 'marked';
import { markdownOptions } from './formulas.ts';
import { sectionReader } from './sections.ts';
import { withoutControls } from './visible.ts';

export type Block =
  /** What is shown as it is written, since reading it as Markdown could take long or deep. */
  | { readonly kind: 'plain'; readonly raw: string }
  | { readonly kind: 'markdown'; readonly raw: string; readonly token: Token };

/** A longer paragraph is plain: one of a human is never that long. */
const longest = 10_000;
/** Quotes and lists within each other; deeper ones are plain. */
const deepest = 20;
const tooDeep = new RegExp(String.raw`^(?:[ \t]*(?:>|[-*+]|\d{1,9}[.)])[ \t]*){${deepest}}`, 'm');
/** Of links; further ones define nothing. */
const mostDefinitions = 100;

/** A block that has not changed is the same object as before. */
export type BlockReader = {
  /** All blocks of what came so far. */
  readonly push: (text: string) => readonly Block[];
  /** All blocks of the text, which goes no further: the same however it was cut. */
  readonly end: () => readonly Block[];
};

type Definition = { readonly href: string; readonly title: string };
type Definitions = ReadonlyMap<string, Definition>;

type Section = {
  readonly text: string;
  readonly blocks: readonly Block[];
  readonly definitions: Definitions;
};

export function blockReader(): BlockReader {
  const sections = sectionReader();
  let finished: readonly Section[] = [];
  let open = emptySection;
  const definitions = new Map<string, Definition>();
  const finish = (ended: readonly Section[]): void => {
    const before = definitions.size;
    // The first definition of a name holds.
    for (const [name, definition] of ended.flatMap((section) => [...section.definitions]))
      if (definitions.size < mostDefinitions && !definitions.has(name)) definitions.set(name, definition);
    const all = [...finished, ...ended];
    finished = definitions.size > before ? all.map((section) => withLinks(section, definitions)) : all;
  };
  const blocks = (): readonly Block[] => [...finished, open].flatMap((section) => section.blocks);
  return {
    push: (text) => {
      const ended = sections.push(withoutControls(text)).map((section) => read(section, definitions));
      if (ended.length > 0) finish(ended);
      open = unchanged(open, read(sections.open(), definitions));
      return blocks();
    },
    end: () => {
      finish([open]);
      open = emptySection;
      return blocks();
    },
  };
}

const emptySection: Section = { text: '', blocks: [], definitions: new Map() };

/** Read again where a link may refer to what was not defined before. */
function withLinks(section: Section, definitions: Definitions): Section {
  return section.text.includes('[') ? unchanged(section, read(section.text, definitions)) : section;
}

/** With the blocks of before where they read the same. */
function unchanged(before: Section, after: Section): Section {
  const blocks = after.blocks.map((block, place) => {
    const old = before.blocks[place];
    return old !== undefined && sameBlock(old, block) ? old : block;
  });
  return { ...after, blocks };
}

function sameBlock(one: Block, other: Block): boolean {
  if (one.raw !== other.raw || one.kind !== other.kind) return false;
  if (one.kind === 'plain' || other.kind === 'plain' || !one.raw.includes('[')) return true;
  return JSON.stringify(one.token) === JSON.stringify(other.token);
}

function read(text: string, known: Definitions): Section {
  const plain = { text, blocks: plainBlocks(text), definitions: new Map() };
  const isFence = /^ {0,3}(?:```|~~~)/.test(text);
  if ((text.length > longest && !isFence) || tooDeep.test(text)) return plain;
  try {
    const lexer = new Lexer(markdownOptions);
    Object.assign(lexer.tokens.links, Object.fromEntries(known));
    const tokens = lexer.lex(text);
    // The lexer widens tabs; where its pieces are not the text, something of it would be lost.
    if (tokens.map(({ raw }) => raw).join('') !== text) return plain;
    const blocks = tokens.map((token): Block => ({ kind: 'markdown', raw: token.raw, token }));
    return { text, blocks, definitions: new Map(Object.entries(tokens.links as Record<string, Definition>)) };
  } catch {
    return plain;
  }
}

/** Pieces of a text, so that none is too long to be laid out at once. */
function plainBlocks(text: string): readonly Block[] {
  return Array.from({ length: Math.ceil(text.length / longest) }, (_, place) => ({
    kind: 'plain' as const,
    raw: text.slice(place * longest, (place + 1) * longest),
  }));
}
