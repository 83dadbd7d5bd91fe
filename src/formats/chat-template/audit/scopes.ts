// Which binding each name of a template means: macros and loops have names of their own, so that a loop variable in
// one says nothing about a variable of the same name in another. Other blocks are no scopes.
import { givenNames } from './allowed.ts';
import { childrenOf, everyNode, isNode, memberName, type Node, nameOf, nodesOf } from './nodes.ts';

/** The name of a binding is that of the source, behind its macro or the number of its loop where one of them binds it. */
export type Scopes = {
  readonly nameOf: (identifier: Node) => string;
  /**
   * The field of a namespace that a member is. One that is only ever used by its fields keeps them to itself; fields of all
   * others, which may go by several names, are one where they are called the same.
   */
  readonly fieldOf: (member: Node) => string;
  /** Parameters of macros in their order, each with its binding. */
  readonly parameters: ReadonlyMap<string, readonly Parameter[]>;
};

export type Parameter = { readonly word: string; readonly name: string };

export function scopesOf(program: Node): Scopes {
  const names = new Map<Node, string>();
  const parameters = new Map<string, readonly Parameter[]>();
  // Macros see what stands around their calls, loop variables among it.
  const seenByMacros = new Set(
    everyNode(program)
      .filter(({ type }) => type === 'Macro')
      .flatMap((macro) => {
        const own = new Set(everyNode(macro).flatMap(wordsBoundBy));
        return everyNode(macro).flatMap(({ type, value }) =>
          type === 'Identifier' && !own.has(String(value)) ? [String(value)] : [],
        );
      }),
  );
  let loops = 0;
  const visit = (node: Node, own: ReadonlyMap<string, string>): void => {
    if (node.type === 'Identifier') names.set(node, own.get(String(node.value)) ?? String(node.value));
    let within = own;
    if (node.type === 'Macro') {
      const macro = nameOf(node.name) ?? '';
      within = new Map(wordsBoundBy(node).map((word) => [word, `${macro}/${word}`]));
      const taken = nodesOf(node, 'args').map((parameter) => {
        const word = nameOf(parameter.type === 'KeywordArgumentExpression' ? parameter.key : parameter) ?? '';
        return { word, name: `${macro}/${word}` };
      });
      parameters.set(macro, taken);
    }
    if (node.type === 'For') {
      loops += 1;
      // What is bound around the loop, or given, may be meant before the loop binds it.
      const fresh = wordsBoundBy(node).filter(
        (word) => !own.has(word) && !givenNames.has(word) && !seenByMacros.has(word),
      );
      within = new Map([...own, ...fresh.map((word): [string, string] => [word, `${loops}/${word}`])]);
    }
    for (const child of childrenOf(node)) visit(child, child === node.iterable ? own : within);
  };
  visit(program, new Map(wordsBoundBy(program).map((word) => [word, word])));
  const nameOfNode = (node: Node): string => names.get(node) ?? String(node.value);
  const own = ownNamespaces(program, nameOfNode);
  const fieldOf = (member: Node): string => {
    const object = member.object as Node;
    const holder = object.type === 'Identifier' ? nameOfNode(object) : '';
    return `${own.has(holder) ? holder : ''}.${memberName(member)}`;
  };
  return { nameOf: nameOfNode, fieldOf, parameters };
}

/** Names that are set to nothing but new namespaces, and of which nothing but fields is asked. */
function ownNamespaces(program: Node, nameOfNode: (identifier: Node) => string): ReadonlySet<string> {
  const made = new Set<string>();
  const handedOn = new Set<string>();
  const visit = (node: Node): void => {
    const assignee = node.type === 'Set' ? (node.assignee as Node) : undefined;
    const isOwn = assignee?.type === 'Identifier' && isNode(node.value) && nameOf(node.value) === 'namespace';
    if (isOwn) made.add(nameOfNode(assignee));
    for (const child of childrenOf(node)) {
      const isHolder =
        node.type === 'MemberExpression' && child === node.object && memberName(node) !== undefined;
      if (child.type === 'Identifier' && !isHolder && !(isOwn && child === assignee))
        handedOn.add(nameOfNode(child));
      visit(child);
    }
  };
  visit(program);
  return made.difference(handedOn);
}

/** The words that a template, a macro or a loop binds itself, without the loops and macros in it. */
function wordsBoundBy(scope: Node): readonly string[] {
  const wordsOf = (target: Node | undefined): readonly string[] => {
    if (target?.type === 'TupleLiteral') return nodesOf(target, 'value').flatMap(wordsOf);
    if (target?.type === 'KeywordArgumentExpression') return nodesOf(target, 'key').flatMap(wordsOf);
    return target?.type === 'Identifier' ? [String(target.value)] : [];
  };
  const below = (node: Node): readonly string[] => {
    if (node.type === 'For' || node.type === 'Macro') return [];
    const own = node.type === 'Set' ? nodesOf(node, 'assignee').flatMap(wordsOf) : [];
    return [...own, ...childrenOf(node).flatMap(below)];
  };
  return [...nodesOf(scope, 'args', 'loopvar').flatMap(wordsOf), ...childrenOf(scope).flatMap(below)];
}
