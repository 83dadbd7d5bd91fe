// Finds where a template decides by what people wrote. Each expression is `content` (their words), `message` (something
// that holds them) or `plain`; names take the most that is ever set to them, whatever the order. Decisions on contents
// that published templates make (is there any, is it a text, think tags and tool tags in it) are left out; every other is
// a finding, and so is a decision on the date. Not covered: decisions on how long a conversation is, and on tools.
import {
  argumentsOf,
  childrenOf,
  isNode,
  memberName,
  type Node,
  nameOf,
  operatorOf,
  sourceOf,
} from './nodes.ts';

type Report = (problem: string, node: Node) => void;

/** In ascending order; a name takes the highest. `date` is apart, since no part of it is people's. */
const flows = ['plain', 'message', 'content', 'date'] as const;
type Flow = (typeof flows)[number];

/** Parts of a message that hold no words of people, or only names that whoever asks has chosen. */
const plainParts: ReadonlySet<string> = new Set([
  ...['role', 'type', 'tool_calls', 'tool_call_id', 'function', 'name', 'id', 'arguments', 'parameters'],
]);
const vettedWords: ReadonlySet<unknown> = new Set([
  ...['', '<think>', '</think>', '\n</think>', '<tool_call>', '</tool_call>'],
  ...['<tool_response>', '</tool_response>', 'text', 'image', 'image_url', 'video', 'audio'],
]);
const vettedTests: ReadonlySet<string | undefined> = new Set([
  ...[
    'defined',
    'undefined',
    'none',
    'string',
    'mapping',
    'iterable',
    'sequence',
    'boolean',
    'true',
    'false',
  ],
]);
const passesAsFlow: ReadonlySet<string | undefined> = new Set(['first', 'last', 'list', 'reverse']);
const comparisons: ReadonlySet<string> = new Set(['==', '!=', '<', '>', '<=', '>=', 'in', 'not in']);

/** What each name can be, and a step that is counted for each look at a part. */
type Names = Map<string, Flow> & { readonly step: () => void };

/** @param step is called for every part that is looked at; what it throws ends the check */
export function checkContentFlow(program: Node, report: Report, step: () => void): void {
  const names = flowsOfNames(program, step);
  const reported = new Set<Node>();
  const add = (part: Node, on: string, decides: Node): void => {
    if (!reported.has(part)) report(`a decision on ${on}: ${sourceOf(part)}`, decides);
    reported.add(part);
  };
  const check = (node: Node, decides: Node): void => {
    for (const part of decisive(node)) {
      const flow = undecided(part, names);
      if (flow !== undefined) add(part, flow === 'date' ? 'the date' : 'what people wrote', decides);
    }
  };
  const visit = (node: Node): void => {
    if (node.type === 'If' || node.type === 'SelectExpression') check(node.test as Node, node);
    if (node.type === 'Ternary') check(node.condition as Node, node);
    // Outside of a test, `and`, `or` and comparisons decide as well.
    if (node.type === 'BinaryExpression' && isDecision(node)) check(node, node);
    if (node.type === 'FilterExpression' && selectsByContent(node, names))
      add(node, 'what people wrote', node);
    // A table that is looked into by words decides by them.
    if (node.type === 'MemberExpression' && memberName(node) === undefined) {
      const key = node.property as Node;
      const flow = key.type === 'SliceExpression' ? 'plain' : deepFlow(key, names);
      const isTable = flowOf(node.object as Node, names) === 'plain';
      if (isTable && (flow === 'content' || flow === 'date'))
        add(node, flow === 'date' ? 'the date' : 'what people wrote', node);
    }
    for (const child of childrenOf(node)) visit(child);
  };
  visit(program);
}

/** The parts of a condition that decide for themselves. */
function decisive(node: Node): readonly Node[] {
  if (node.type === 'UnaryExpression' && operatorOf(node) === 'not') return decisive(node.argument as Node);
  if (node.type === 'BinaryExpression' && ['and', 'or'].includes(operatorOf(node)))
    return [...decisive(node.left as Node), ...decisive(node.right as Node)];
  return [node];
}

function isDecision(node: Node): boolean {
  return ['and', 'or'].includes(operatorOf(node)) || comparisons.has(operatorOf(node));
}

/** What a decision is made on, unless it is one that published templates make. */
function undecided(node: Node, names: Names): 'content' | 'date' | undefined {
  const flow = deepFlow(node, names);
  if (flow === 'date') return 'date';
  if (flow !== 'content') return undefined;
  if (node.type === 'TestExpression' && vettedTests.has(nameOf(node.test))) return undefined;
  if (node.type === 'BinaryExpression' && comparisons.has(operatorOf(node))) {
    const [left, right] = [node.left as Node, node.right as Node];
    const [literal, other] = left.type === 'StringLiteral' ? [left, right] : [right, left];
    if (literal.type === 'StringLiteral' && vettedWords.has(literal.value) && !isPart(other))
      return undefined;
    if (literal.type === 'IntegerLiteral' && literal.value === 0 && isLength(other)) return undefined;
    return 'content';
  }
  const method = node.type === 'CallExpression' ? memberName(node.callee as Node) : undefined;
  if (method === 'startswith' || method === 'endswith') {
    const vetted = argumentsOf(node).every(
      ({ type, value }) => type === 'StringLiteral' && vettedWords.has(value),
    );
    return vetted ? undefined : 'content';
  }
  // Whether there is any, also of what is left when blanks and tags are taken away.
  return isWhole(node) || isLength(node) ? undefined : 'content';
}

/** The text itself, trimmed at most: not a piece of it, whose presence tells of a word. */
function isWhole(node: Node): boolean {
  if (node.type === 'Identifier') return true;
  if (node.type === 'MemberExpression') return memberName(node) !== undefined;
  if (node.type === 'FilterExpression')
    return nameOf(node.filter) === 'trim' && isWhole(node.operand as Node);
  const callee = node.type === 'CallExpression' ? (node.callee as Node) : undefined;
  const method = callee?.type === 'MemberExpression' ? memberName(callee) : undefined;
  return (
    ['strip', 'get'].includes(method ?? '') &&
    argumentsOf(node).length <= 1 &&
    isWhole(callee?.object as Node)
  );
}

function isLength(node: Node): boolean {
  return node.type === 'FilterExpression' && ['length', 'count'].includes(nameOf(node.filter) ?? '');
}

/** A character or a stretch of a text. */
function isPart(node: Node): boolean {
  return node.type === 'MemberExpression' && memberName(node) === undefined;
}

function selectsByContent(node: Node, names: Names): boolean {
  const filter = nameOf(node.filter);
  if (filter !== 'selectattr' && filter !== 'rejectattr' && filter !== 'select' && filter !== 'reject')
    return false;
  const operand = flowOf(node.operand as Node, names);
  if (operand === 'plain') return false;
  const [attribute] = argumentsOf(node.filter);
  return filter.endsWith('attr') ? !plainParts.has(String(attribute?.value)) : operand === 'content';
}

/** The highest flow of an expression and of all its parts but those that only name what is looked up. */
function deepFlow(node: Node, names: Names): Flow {
  names.step();
  const own = flowOf(node, names);
  if (own === 'date' || own === 'content') return own;
  if (node.type === 'MemberExpression' && own === 'plain') return 'plain';
  // `message.get('role')`: what is called is a method of the message and no content of it.
  if (node.type === 'CallExpression' && own === 'plain' && (node.callee as Node).type === 'MemberExpression')
    return highest(argumentsOf(node).map((argument) => deepFlow(argument, names)));
  if (node.type === 'FilterExpression' && isLength(node) && flowOf(node.operand as Node, names) === 'message')
    return 'plain';
  return highest([own, ...childrenOf(node).map((child) => deepFlow(child, names))]);
}

function flowOf(node: Node, names: Names): Flow {
  names.step();
  switch (node.type) {
    case 'Identifier':
      return names.get(String(node.value)) ?? 'plain';
    case 'MemberExpression':
      return flowOfMember(node, names);
    case 'CallExpression':
      return flowOfCall(node, names);
    case 'FilterExpression': {
      const operand = flowOf(node.operand as Node, names);
      if (isLength(node)) return operand === 'message' ? 'plain' : operand;
      if (operand !== 'message') return operand;
      const filter = nameOf(node.filter);
      if (passesAsFlow.has(filter) || filter === 'selectattr' || filter === 'rejectattr') return 'message';
      const attribute = argumentsOf(node.filter).find(({ key }) => nameOf(key) === 'attribute');
      return plainParts.has(String((attribute?.value as Node | undefined)?.value)) ? 'plain' : 'content';
    }
    case 'BinaryExpression':
      return highest([flowOf(node.left as Node, names), flowOf(node.right as Node, names)]);
    case 'Ternary':
      return highest([flowOf(node.trueExpr as Node, names), flowOf(node.falseExpr as Node, names)]);
    case 'SelectExpression':
      return flowOf(node.lhs as Node, names);
    case 'UnaryExpression':
      return flowOf(node.argument as Node, names);
    case 'StringLiteral':
    case 'IntegerLiteral':
    case 'FloatLiteral':
      return 'plain';
    default:
      return highest(childrenOf(node).map((child) => flowOf(child, names)));
  }
}

function flowOfMember(node: Node, names: Names): Flow {
  const name = memberName(node);
  const field = names.get(`.${name}`);
  if (field !== undefined && nameOf(node.object) !== undefined && !names.has(nameOf(node.object) ?? ''))
    return field;
  const holder = flowOf(node.object as Node, names);
  if (holder === 'plain' || holder === 'date') return holder;
  if (name !== undefined && plainParts.has(name)) return 'plain';
  return name === undefined && holder === 'message' ? 'message' : 'content';
}

function flowOfCall(node: Node, names: Names): Flow {
  const callee = node.callee as Node;
  if (nameOf(callee) === 'strftime_now') return 'date';
  const given = highest(argumentsOf(node).map((argument) => flowOf(argument, names)));
  if (callee.type !== 'MemberExpression') return given;
  const holder = flowOf(callee.object as Node, names);
  if (holder === 'plain' || holder === 'date') return highest([holder, given]);
  const [key] = argumentsOf(node);
  return memberName(callee) === 'get' && plainParts.has(String(key?.value)) ? 'plain' : 'content';
}

/** What each name can be, by going over everything that is set until nothing rises any more. */
function flowsOfNames(program: Node, step: () => void): Names {
  const names: Names = Object.assign(new Map<string, Flow>([['messages', 'message']]), { step });
  const parameters = new Map<string, readonly Node[]>();
  let changed = true;
  const rise = (name: string, flow: Flow): void => {
    const before = names.get(name) ?? 'plain';
    if (flows.indexOf(flow) <= flows.indexOf(before)) return;
    names.set(name, flow);
    changed = true;
  };
  const bind = (target: unknown, flow: Flow): void => {
    if (!isNode(target)) return;
    if (target.type === 'TupleLiteral') for (const part of target.value as readonly Node[]) bind(part, flow);
    if (target.type === 'Identifier') rise(String(target.value), flow);
    if (target.type === 'KeywordArgumentExpression') bind(target.key, flow);
    if (target.type === 'MemberExpression') rise(`.${memberName(target)}`, flow);
  };
  const visit = (node: Node): void => {
    step();
    if (node.type === 'Macro') parameters.set(nameOf(node.name) ?? '', node.args as readonly Node[]);
    if (node.type === 'Set') {
      const value = isNode(node.value) ? [node.value] : (node.body as readonly Node[]);
      bind(node.assignee, highest(value.map((part) => deepestIn(part, names))));
    }
    if (node.type === 'For') bind(node.loopvar, flowOf(node.iterable as Node, names));
    if (node.type === 'CallExpression') {
      const into = parameters.get(nameOf(node) ?? '') ?? [];
      for (const argument of argumentsOf(node)) {
        const flow = flowOf(argument, names);
        for (const parameter of into) bind(parameter, flow);
      }
    }
    for (const child of childrenOf(node)) visit(child);
  };
  while (changed) {
    changed = false;
    visit(program);
  }
  return names;
}

/** Of a value that is set: a block of statements can give out anything it holds. */
function deepestIn(node: Node, names: Names): Flow {
  names.step();
  if (!['If', 'For', 'FilterStatement'].includes(node.type)) return flowOf(node, names);
  return highest(childrenOf(node).map((child) => deepestIn(child, names)));
}

function highest(found: readonly Flow[]): Flow {
  return found.reduce(
    (most, flow) => (flows.indexOf(flow) > flows.indexOf(most) ? flow : most),
    'plain' as Flow,
  );
}
