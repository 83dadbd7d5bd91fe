// Chat templates of open reasoners as descriptions: how each marks turns and which constructs it uses, written out as Jinja
// of our own. What matters to an audit is the construct; the published texts stand where TIEGEL_DATA has them.

/** What a template does beside writing turns; each is one construct in Jinja. */
type Feature = keyof typeof features;

type DescribedTemplate = {
  readonly model: string;
  /** The turn's marks, with the role in between. */
  readonly turn: readonly [begin: string, afterRole: string, end: string];
  readonly features: readonly Feature[];
};

const head = {
  date: "{% if strftime_now is defined %}{% set today = strftime_now('%d %B %Y') %}{% else %}{% set today = date_string %}{% endif %}It is {{ today }}.",
  defaultSystem: "{% if messages[0].role != 'system' %}BEGINsystemMIDDLEYou help whoever asks.END{% endif %}",
  effort:
    "{% set effort = reasoning_effort | default('medium') %}{% if effort == 'high' %}Think for as long as it takes.{% elif effort == 'low' %}Answer at once.{% endif %}",
  switchInSystem:
    "{% if enable_thinking is not defined or enable_thinking %}{% set mode = '/think' %}{% else %}{% set mode = '/no_think' %}{% endif %}{% if messages[0].role == 'system' %}{% set rules = messages[0].content %}{% if '/no_think' in rules %}{% set mode = '/no_think' %}{% elif '/think' in rules %}{% set mode = '/think' %}{% endif %}{% set rules = rules.replace('/no_think', '').replace('/think', '').rstrip() %}{% endif %}{% if rules %}{{ rules }}{% else %}You help whoever asks.{% endif %}Mode: {{ mode }}",
  toolsAsJson:
    '{% if tools %}BEGINsystemMIDDLEYou may call these:\n<tools>{% for tool in tools %}\n{{ tool | tojson(ensure_ascii=False) }}{% endfor %}\n</tools>END{% endif %}',
  toolsAsTypes:
    "{% macro type_of(schema, depth='') %}{% if schema.type == 'object' %}{ {% for key, value in schema.get('properties', {}).items() %}{{ depth ~ key }}{% if key not in (schema.required or []) %}?{% endif %}: {{ type_of(value, depth ~ '  ') }}, {% endfor %}}{% elif schema.type == 'array' and schema['items'] %}{{ type_of(schema['items'], depth) }}[]{% elif schema.oneOf %}{% for one in schema.oneOf %}{{ type_of(one, depth) }}{% if not loop.last %} | {% endif %}{% endfor %}{% elif schema.enum %}{{ schema.enum | join(' | ') }}{% else %}{{ schema.type or 'any' }}{% endif %}{% endmacro %}{% for tool in tools or [] %}type {{ tool.function.name }} = {{ type_of(tool.function.parameters) }}\n{% endfor %}",
  toolsAsXml:
    "{% macro extras(of, known) %}{% for key in of if key not in known %}<{{ key }}>{{ of[key] if of[key] is string else of[key] | tojson }}</{{ key }}>{% endfor %}{% endmacro %}{% for tool in tools or [] %}<function><name>{{ tool.function.name }}</name>{{ extras(tool.function.parameters, ['type', 'properties']) }}</function>{% endfor %}",
  toolsAsPython:
    "{% macro python_type(schema) %}{% set known = {'string': 'str', 'integer': 'int', 'number': 'float'} %}{% if known[schema.type] is defined %}{{ known[schema.type] }}{% elif schema.type == 'array' %}list[{{ python_type(schema['items']) }}]{% else %}dict{% endif %}{% endmacro %}{% for tool in tools or [] %}{% for name, field in tool.function.parameters.properties | items %}{{ name }}: {{ python_type(field) }}\n{% endfor %}{% endfor %}",
  documents:
    '{% if documents %}<documents>{% for document in documents %}<document id="{{ loop.index0 }}">{{ document.title }}\n{{ document.text }}</document>{% endfor %}</documents>{% endif %}',
  lastQuery:
    "{% set seen = namespace(searching=true, last=messages | length - 1) %}{% for m in messages[::-1] %}{% set at = (messages | length - 1) - loop.index0 %}{% if seen.searching and m.role == 'user' and m.content is string and not (m.content.startswith('<tool_response>') and m.content.endswith('</tool_response>')) %}{% set seen.searching = false %}{% set seen.last = at %}{% endif %}{% endfor %}",
  lastUser:
    "{% set seen = namespace(last=-1) %}{% for i in range(messages | length - 1, -1, -1) %}{% if messages[i]['role'] == 'user' and seen.last == -1 %}{% set seen.last = i %}{% endif %}{% endfor %}",
  alternation:
    "{% for m in messages %}{% if m.role == 'user' and loop.index0 > 0 and messages[loop.index0 - 1].role == 'user' %}{{ raise_exception('Questions and answers take turns.') }}{% endif %}{% endfor %}",
} as const;

const content = {
  parts:
    "{% if m.content is string %}{{ m.content }}{% else %}{% for part in m.content %}{% if part.type == 'text' %}{{ part.text }}{% elif part.type in ['image', 'image_url'] %}<image>{% endif %}{% endfor %}{% endif %}",
  partsByName:
    "{% if m.content is string %}{{ m.content }}{% elif m.content is mapping %}{{ m.content['value'] if 'value' in m.content else m.content['text'] }}{% endif %}",
  partsInOrder:
    "{% if m.content is string %}{{ m.content }}{% else %}{% if m.content | length == 2 %}{% set blocks = m.content | sort(attribute='type') %}{% else %}{% set blocks = m.content %}{% endif %}{% for block in blocks %}{{ block.text }}{% endfor %}{% endif %}",
  trimmed: '{{ m.content | trim }}',
} as const;

const answer = {
  thoughtsCutOff:
    "{% if m.role == 'assistant' and '</think>' in m.content %}{{ m.content.split('</think>')[-1].lstrip('\\n') }}{% else %}{{ m.content }}{% endif %}",
  thoughtsKept:
    "{% if m.role == 'assistant' %}{% set answer = m.content %}{% set thoughts = '' %}{% if m.reasoning_content is string %}{% set thoughts = m.reasoning_content %}{% elif '</think>' in answer %}{% set thoughts = answer.split('</think>')[0].rstrip('\\n').split('<think>')[-1].lstrip('\\n') %}{% set answer = answer.split('</think>')[-1].lstrip('\\n') %}{% endif %}{% if thoughts %}<think>\n{{ thoughts.strip('\\n') }}\n</think>\n\n{% endif %}{{ answer }}{% else %}{{ m.content }}{% endif %}",
  thoughtsOfLastTurn:
    "{% if m.role == 'assistant' and loop.index0 > seen.last and m.reasoning_content %}<think>\n{{ m.reasoning_content.strip('\\n') }}\n</think>\n\n{% endif %}{{ m.content }}",
  channels:
    "{% macro without_thoughts(text) %}{% set kept = namespace(text='') %}{% for part in text.split('<channel|>') %}{% if '<|channel>' in part %}{% set kept.text = kept.text + part.split('<|channel>')[0] %}{% else %}{% set kept.text = kept.text + part %}{% endif %}{% endfor %}{{ kept.text | trim }}{% endmacro %}{{ without_thoughts(m.content) if m.role == 'assistant' else m.content }}",
  messageChannels:
    "{% if m.role == 'assistant' and m.thinking %}<|channel|>analysis<|message|>{{ m.thinking }}<|end|>{% endif %}{{ m.content }}",
} as const;

const calls = {
  callsAsJson:
    '{% if m.tool_calls %}{% for call in m.tool_calls %}{% if call.function %}{% set call = call.function %}{% endif %}\n<tool_call>\n{"name": "{{ call.name }}", "arguments": {{ call.arguments if call.arguments is string else call.arguments | tojson }}}\n</tool_call>{% endfor %}{% endif %}',
  callsAsXml:
    '{% for call in m.tool_calls or [] %}<invoke name="{{ call.function.name }}">{% set given = call.function.arguments %}{% if given is string %}{% set given = given | from_json %}{% endif %}{% for word, value in given.items() %}<parameter name="{{ word }}">{{ value if value is string else value | tojson }}</parameter>{% endfor %}</invoke>{% endfor %}',
  callsInQueue:
    "{% for call in m.tool_calls or [] %}{% set _ = asked.ids.append(call.id) %}<|call|>{{ call.id }}{{ call.function.arguments | tojson }}{% endfor %}{% if m.role == 'tool' and asked.ids %}{{ asked.ids.pop(0) }}{% endif %}",
  blankAfterCalls:
    "{% set told.text = told.text ~ m.content %}{% if m.tool_calls and m.content and not told.text.endswith('\\n') %}{% set told.text = told.text ~ '\\n' %}{% endif %}",
} as const;

const tail = {
  thinkingOff:
    '{% if enable_thinking is defined and not enable_thinking %}<think>\n\n</think>\n\n{% endif %}',
  thinkingOpen: '{% if enable_thinking is not defined or enable_thinking %}<think>\n{% endif %}',
} as const;

const features: typeof head & typeof content & typeof answer & typeof calls & typeof tail = {
  ...head,
  ...content,
  ...answer,
  ...calls,
  ...tail,
};

/** Settings that some constructs go on from, as a template makes them at its top. */
const beginnings: Partial<Record<Feature, string>> = {
  callsInQueue: '{% set asked = namespace(ids=[]) %}',
  blankAfterCalls: "{% set told = namespace(text='') %}",
};

/** The template as Jinja. */
export function writtenOut({ turn: [begin, afterRole, end], features: used }: DescribedTemplate): string {
  const written = (among: object): string =>
    used
      .filter((feature) => feature in among)
      .map((feature) => features[feature])
      .join('')
      .replaceAll('BEGIN', begin)
      .replaceAll('MIDDLE', afterRole)
      .replaceAll('END', end);
  const body = written({ ...content, ...answer });
  return [
    '{{- bos_token -}}\n',
    ...used.map((feature) => beginnings[feature] ?? ''),
    written(head),
    '{% for m in messages %}\n',
    `${begin}{{ m.role }}${afterRole}`,
    body === '' ? '{{ m.content }}' : body,
    written(calls),
    `${end}{% endfor %}\n`,
    `{% if add_generation_prompt %}${begin}assistant${afterRole}${written(tail)}{% endif %}`,
  ].join('');
}

const chatml = ['<|im_start|>', '\n', '<|im_end|>\n'] as const;
const llama3 = ['<|start_header_id|>', '<|end_header_id|>\n\n', '<|eot_id|>'] as const;
const deepseek = ['<｜', '｜>', '<｜end▁of▁sentence｜>'] as const;
const gemma = ['<start_of_turn>', '\n', '<end_of_turn>\n'] as const;
const bars = ['<|', '|>\n', '<|end|>\n'] as const;
const harmony = ['<|start|>', '<|message|>', '<|end|>'] as const;
const brackets = ['[', ']', '[/INST]'] as const;
const cohere = ['<|START_OF_TURN_TOKEN|>', '<|CHATBOT_TOKEN|>', '<|END_OF_TURN_TOKEN|>'] as const;

const described = (turn: DescribedTemplate['turn'], ...rows: readonly (readonly [string, ...Feature[]])[]) =>
  rows.map(([model, ...used]): DescribedTemplate => ({ model, turn, features: used }));

export const describedTemplates: readonly DescribedTemplate[] = [
  ...described(
    chatml,
    ['Qwen2.5 7B Instruct', 'defaultSystem', 'toolsAsJson', 'callsAsJson'],
    ['Qwen2.5 Math 7B', 'defaultSystem'],
    ['QwQ 32B', 'toolsAsJson', 'thoughtsCutOff', 'callsAsJson', 'thinkingOpen'],
    ['Qwen3 0.6B', 'toolsAsJson', 'lastQuery', 'thoughtsKept', 'callsAsJson', 'thinkingOff'],
    ['Qwen3 4B Thinking 2507', 'toolsAsJson', 'lastQuery', 'thoughtsKept', 'callsAsJson', 'thinkingOpen'],
    ['Qwen3 30B A3B Instruct 2507', 'toolsAsJson', 'callsAsJson'],
    ['Qwen3 Coder 30B A3B', 'toolsAsXml', 'callsAsXml'],
    ['Qwen3 VL 8B Thinking', 'parts', 'toolsAsJson', 'lastQuery', 'callsAsJson', 'thinkingOpen'],
    ['SmolLM3 3B', 'switchInSystem', 'thinkingOff'],
    ['SmolLM2 1.7B Instruct', 'defaultSystem'],
    ['Hermes 3 Llama 3.1 8B', 'toolsAsPython', 'callsAsJson'],
    ['Hermes 4 14B', 'defaultSystem', 'toolsAsJson', 'thoughtsKept', 'thinkingOpen'],
    ['MiMo 7B RL', 'defaultSystem', 'toolsAsJson', 'thoughtsCutOff', 'callsAsJson'],
    ['Step 3.5 Flash', 'partsByName', 'toolsAsJson', 'lastQuery', 'callsAsXml', 'thinkingOpen'],
    ['LFM2.5 Instruct', 'parts', 'toolsAsJson', 'thoughtsCutOff'],
    ['Bielik 11B v3', 'toolsAsJson', 'thoughtsKept', 'thinkingOff'],
    ['Nemotron 3 Nano 30B A3B', 'toolsAsXml', 'lastUser', 'thoughtsKept', 'callsAsXml', 'thinkingOff'],
    ['OpenThinker3 7B', 'defaultSystem'],
    ['AceReason Nemotron 7B', 'thoughtsCutOff'],
    ['Olmo 3 7B Think', 'defaultSystem', 'toolsAsJson', 'thinkingOpen'],
    ['Apertus 8B Instruct', 'date', 'toolsAsTypes', 'parts'],
  ),
  ...described(
    deepseek,
    ['DeepSeek R1', 'thoughtsCutOff', 'callsAsJson', 'thinkingOpen'],
    ['DeepSeek R1 0528', 'thoughtsCutOff', 'callsAsJson'],
    ['DeepSeek R1 Distill Qwen 1.5B', 'thoughtsCutOff', 'thinkingOpen'],
    ['DeepSeek R1 Distill Llama 8B', 'thoughtsCutOff', 'thinkingOpen'],
    ['DeepSeek V3.1', 'lastUser', 'thoughtsCutOff', 'callsAsJson', 'thinkingOff'],
    ['DeepSeek V3.2', 'lastUser', 'thoughtsOfLastTurn', 'callsAsXml', 'thinkingOff'],
    ['DeepSeek V4', 'effort', 'lastUser', 'thoughtsOfLastTurn', 'callsAsXml', 'thinkingOff'],
  ),
  ...described(
    llama3,
    ['Llama 3.1 8B Instruct', 'date', 'toolsAsJson', 'callsAsJson', 'trimmed'],
    ['Llama 3.2 3B Instruct', 'date', 'toolsAsJson', 'trimmed'],
    ['Llama 3.3 70B Instruct', 'date', 'toolsAsJson', 'callsAsJson', 'trimmed'],
    ['Llama Nemotron Super 49B', 'toolsAsJson', 'thoughtsCutOff', 'thinkingOff'],
    ['Functionary Medium v3.1', 'date', 'toolsAsJson', 'callsAsJson'],
    ['Cogito v1 8B', 'date', 'toolsAsJson', 'callsAsJson', 'effort'],
  ),
  ...described(
    gemma,
    ['Gemma 2 2B', 'alternation', 'trimmed'],
    ['Gemma 3 4B', 'alternation', 'parts'],
    ['Gemma 3n E4B', 'alternation', 'parts'],
    ['Gemma 4 31B', 'toolsAsTypes', 'lastUser', 'channels', 'callsAsJson', 'thinkingOff'],
  ),
  ...described(
    bars,
    ['Phi 3.5 Mini'],
    ['Phi 4'],
    ['Phi 4 Mini Reasoning', 'defaultSystem', 'toolsAsJson'],
    ['Phi 4 Reasoning Plus', 'defaultSystem'],
    ['GLM 4.7 Flash', 'toolsAsJson', 'lastUser', 'parts', 'thoughtsKept', 'callsAsXml', 'thinkingOff'],
    ['GLM Z1 9B', 'toolsAsJson', 'thoughtsCutOff', 'thinkingOpen'],
    ['Granite 3.3 8B', 'date', 'defaultSystem', 'toolsAsJson', 'documents'],
    ['Granite 4 Tiny', 'defaultSystem', 'toolsAsJson', 'documents', 'callsAsJson'],
    ['EXAONE Deep 7.8B', 'thoughtsCutOff', 'thinkingOpen'],
    ['Kimi K2 Thinking', 'toolsAsJson', 'lastUser', 'parts', 'callsInQueue'],
    ['Reka Edge', 'lastQuery', 'blankAfterCalls', 'thinkingOpen'],
    ['Hunyuan 7B Instruct', 'lastUser', 'thoughtsKept', 'thinkingOff'],
  ),
  ...described(
    harmony,
    ['gpt-oss 20B', 'date', 'effort', 'toolsAsTypes', 'lastUser', 'messageChannels'],
    ['GigaChat 3 10B A1.8B', 'toolsAsTypes', 'callsAsJson'],
  ),
  ...described(
    brackets,
    ['Magistral Small', 'date', 'toolsAsJson', 'alternation', 'partsInOrder'],
    ['Ministral 3 14B Reasoning', 'toolsAsJson', 'alternation', 'partsInOrder'],
  ),
  ...described(cohere, ['Command R7B', 'date', 'toolsAsJson', 'documents', 'callsAsJson']),
];
