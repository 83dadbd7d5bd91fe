// What a chat template may be made of: the parts of Jinja that published templates of reasoning models use, and nothing
// that walks objects, loads other files or reaches the machine. Whatever is not listed is a finding.

export const allowedNodes: ReadonlySet<string> = new Set([
  ...['Program', 'Comment', 'If', 'For', 'Break', 'Continue', 'Set', 'Macro', 'FilterStatement'],
  ...['Identifier', 'MemberExpression', 'CallExpression', 'KeywordArgumentExpression', 'SliceExpression'],
  ...['StringLiteral', 'IntegerLiteral', 'FloatLiteral', 'ArrayLiteral', 'TupleLiteral', 'ObjectLiteral'],
  ...['UnaryExpression', 'BinaryExpression', 'Ternary'],
  ...['FilterExpression', 'SelectExpression', 'TestExpression'],
]);

export const allowedFilters: ReadonlySet<string> = new Set([
  ...['trim', 'upper', 'lower', 'title', 'capitalize', 'replace', 'indent', 'string', 'safe', 'join'],
  ...['length', 'count', 'first', 'last', 'list', 'reverse', 'sort', 'unique', 'items', 'dictsort'],
  ...['map', 'select', 'reject', 'selectattr', 'rejectattr'],
  ...['int', 'float', 'abs', 'bool', 'default', 'd', 'tojson', 'from_json'],
]);

export const allowedTests: ReadonlySet<string> = new Set([
  ...['defined', 'undefined', 'none', 'string', 'number', 'integer', 'boolean', 'mapping', 'iterable'],
  ...['sequence', 'true', 'false', 'odd', 'even', 'equalto', 'eq', 'in'],
]);

/** Functions that templates may call beside their own macros. */
export const allowedFunctions: ReadonlySet<string> = new Set([
  ...['namespace', 'range', 'raise_exception', 'strftime_now'],
]);

/** Names that are given to templates, by this program or by other runtimes. */
export const givenNames: ReadonlySet<string> = new Set([
  ...['messages', 'tools', 'documents', 'bos_token', 'eos_token', 'pad_token', 'unk_token'],
  ...['add_generation_prompt', 'enable_thinking', 'thinking', 'reasoning_effort', 'thinking_budget'],
  ...['tools_in_user_message', 'builtin_tools', 'custom_tools', 'date_string', 'loop'],
  // Arguments of `apply_chat_template` that published templates take; where nobody gives them they are undefined.
  ...['add_vision_id', 'enable_citations', 'clear_thinking', 'keep_tool_result', 'continue_final_message'],
  ...['response_format', 'tool_choice', 'strict', 'truncate_history_thinking', 'preserve_thinking'],
  ...['true', 'false', 'none', 'True', 'False', 'None'],
]);

/** Methods of texts and mappings. `format` is not among them: its text can name any attribute. */
export const allowedMethods: ReadonlySet<string> = new Set([
  ...['split', 'rsplit', 'strip', 'lstrip', 'rstrip', 'startswith', 'endswith', 'replace'],
  ...['upper', 'lower', 'title', 'capitalize', 'join', 'find', 'count'],
  ...['items', 'keys', 'values', 'get'],
  // Of lists that the template makes itself; what people wrote has none.
  ...['append', 'pop'],
]);

/** Parts of messages, tools, documents and `loop`. */
export const allowedMembers: ReadonlySet<string> = new Set([
  ...['role', 'content', 'type', 'text', 'name', 'id', 'reasoning', 'reasoning_content', 'thinking'],
  ...['tool_calls', 'tool_call_id', 'tool_responses', 'function', 'arguments', 'description'],
  ...['parameters', 'properties', 'required', 'return', 'response', 'enum', 'items', 'default'],
  ...['title', 'anyOf', 'oneOf', 'allOf', 'not', 'const', 'additionalProperties', 'nullable', 'schema'],
  ...['minimum', 'maximum', 'minLength', 'maxLength', 'minItems', 'maxItems', 'pattern', 'examples'],
  ...['json_schema', 'prefix', 'value', 'data', 'document', 'documents', 'tool_plan', 'output', 'outputs'],
  ...[
    'parts',
    'blocks',
    'calls',
    'input',
    'result',
    'error',
    'status',
    'strict',
    'url',
    'file',
    'image',
    'image_url',
    'video',
    'audio',
  ],
  ...['index', 'index0', 'first', 'last', 'length', 'previtem', 'nextitem', 'revindex', 'revindex0'],
]);
