// What an audit says of published templates and of single parts of hostile ones; whole files are tested with the review.
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { tiegelTemplate } from '../tiegel.ts';
import { auditTemplate } from './audit-template.ts';

const folder = join(process.env.TIEGEL_DATA ?? '', 'tokenizers');
const present = process.env.TIEGEL_DATA !== undefined && existsSync(folder);

test('our own template has no findings', () => {
  expect(auditTemplate(tiegelTemplate.text).findings).toEqual([]);
});

test.skipIf(!present)('published templates have no findings (TIEGEL_DATA)', () => {
  const files = readdirSync(folder).filter((name) => name.endsWith('.jinja'));
  expect(files.length).toBeGreaterThanOrEqual(5);
  for (const file of files)
    expect({ file, ...auditTemplate(readFileSync(join(folder, file), 'utf8')) }).toMatchObject({
      file,
      findings: [],
    });
});

describe('places are given in lines', () => {
  test('of the statement at or before the part', () => {
    const text =
      '{# a\n b #}\n{% for m in messages %}\n{% if m.role %}\n\n{{ x.__class__ }}\n{% elif "b" in m.content %}\n{% endif %}{% endfor %}';
    expect(auditTemplate(text).findings).toEqual([
      { kind: 'forbidden', problem: 'the member "__class__"', line: 4 },
      { kind: 'forbidden', problem: 'the name x', line: 4 },
      { kind: 'content', problem: 'a decision on what people wrote: "b" in m.content', line: 7 },
    ]);
  });

  test('also where text reads like a statement', () => {
    const [finding] = auditTemplate("{{ '{% if x %}' }}\n{% if true %}{{ a.b }}{% endif %}").findings;
    expect(finding).toEqual({ kind: 'forbidden', problem: 'the member "b"', line: 2 });
  });

  test('of what is no Jinja, the first', () => {
    expect(auditTemplate('{% for %}').findings).toMatchObject([{ kind: 'forbidden', line: 1 }]);
  });
});

describe('decisions on contents that published templates make are none', () => {
  test.each([
    'm.content',
    'not m.content',
    'm.content is string and m.content | trim',
    'm.content is not none',
    "m.content != ''",
    'm.content | length > 0',
    "'</think>' in m.content",
    "m.content.startswith('<tool_response>')",
    "m.role == 'user'",
    "m.tool_calls and m.tool_calls[0].function.name == 'clock'",
    "messages[loop.index0 - 1].role != 'tool'",
    "messages | length > 1 and messages[0]['role'] == 'system'",
    "messages | map(attribute='role') | first == 'system'",
  ])('%s', (condition) => {
    const { findings } = auditTemplate(
      `{% for m in messages %}{% if ${condition} %}<think>{% endif %}{% endfor %}`,
    );
    expect(findings).toEqual([]);
  });

  test.each([
    "m.content == 'a'",
    "'a' in m.content",
    'm.content | length > 9',
    "m.content[0] == ''",
    "m.content[:4] == '</think>'",
    'm.content | upper',
    "m.content.split('a')[1]",
    "m.content.find('a') > 0",
    "m.reasoning_content.endswith('a')",
    "'a' in (messages | map(attribute='content') | join)",
    "'a' in messages | tojson",
    "m['con' ~ 'tent'] == 'a'",
    "m.get('content') == 'a'",
  ])('but %s is one', (condition) => {
    const { findings } = auditTemplate(
      `{% for m in messages %}{% if ${condition} %}a{% endif %}{% endfor %}`,
    );
    expect(findings.length).toBeGreaterThan(0);
  });
});

describe('parts of published templates are no findings', () => {
  test.each([
    "{{ strftime_now('%Y') if strftime_now is defined else 'then' }}",
    '{% for i in range(messages | length) %}{{ messages[i].role }}{{ messages[i + 1].content }}{% endfor %}',
    '{% for i in range(3, -1, -1) %}{{ messages[i].content }}{% endfor %}',
    '{% for i in range(3) | list | reverse %}{{ messages[i].content }}{% endfor %}',
    '{% if add_vision_id %}{{ messages[0].prefix }}{% endif %}{{ tools[0].function.parameters.oneOf }}',
    "{% set names = {'string': 'str'} %}{% for tool in tools %}{{ names[tool.type] }}{% endfor %}",
    '{% macro m(json) %}{% for key in json if key != "a" %}{{ json[key] }}{% endfor %}{% endmacro %}{{ m(tools[0]) }}',
    "{% for m in messages %}{% if m.get('role') == 'user' and m.get('tool_calls') %}a{% endif %}{% endfor %}",
    '{% for _ in range(2) %}a{% endfor %}',
  ])('%s', (text) => {
    expect(auditTemplate(text).findings).toEqual([]);
  });
  test.each([
    // What looks like them and reaches more.
    "{% for i in range(3) %}{% set i = '__class__' %}{{ messages[i] }}{% endfor %}",
    '{% macro range(n) %}__class__{% endmacro %}{% for i in range(3) %}{{ messages[i] }}{% endfor %}',
    "{% set a = ['__class__'] %}{% for k in a %}{% set a = messages %}{{ a[k] }}{% endfor %}",
    "{% for k in ['__class__'] %}{{ messages[k] }}{% endfor %}",
    "{% set k = 'x' %}{% for k in tools %}a{% endfor %}{{ tools[k] }}",
    "{% set t = {'open sesame': 'evil'} %}{{ t[messages[0].content] }}",
    "{{ {'open sesame': 'evil'}[messages[0]['content'] | trim] }}",
    "{% set t = {'2027': 'evil'} %}{{ t[strftime_now('%Y')] }}",
    '{{ strftime_now }}',
    "{% if strftime_now('%Y') is defined and strftime_now('%Y') == '2027' %}evil{% endif %}",
    "{% if m.get('role', messages[0].content) == 'x' %}evil{% endif %}",
    '{{ __x }}',
  ])('but %s is refused', (text) => {
    expect(auditTemplate(text).findings).not.toEqual([]);
  });
});

test('the audit is bounded by its steps: what takes more is refused, the same on any machine', () => {
  // Every name takes its flow from the next one, so that one pass over the tree carries it by one name only.
  const chain = Array.from({ length: 150 }, (_, index) => `{% set a${index} = a${index + 1} %}`).join('');
  const others = '{% set b = a0 ~ a1 %}'.repeat(2000);
  const text = `\n${chain}{% set a150 = messages[0].content %}${others}`;
  expect(auditTemplate(text).findings).toEqual([
    { kind: 'forbidden', problem: expect.stringMatching(/^what it does .* more than \d+ steps/), line: 2 },
  ]);
});

/** Of templates that model makers have published, those that are refused, and the first reason. */
const refusedTemplates: Readonly<Record<string, RegExp>> = {
  // A document of one part called "data" would be printed as nothing, and so would a text with that word.
  'Cohere2MoE.jinja': /"data" in item\.document/,
  // Takes tool results out of the conversation and writes a sentence in their place, by how many calls people's texts hold.
  'MiroThinker.jinja': /messages/,
};
const published = join(process.env.TIEGEL_DATA ?? '', 'templates');

describe.skipIf(!existsSync(published) || process.env.TIEGEL_DATA === undefined)(
  'of 28 published templates (TIEGEL_DATA)',
  () => {
    const files = existsSync(published)
      ? readdirSync(published).filter((name) => name.endsWith('.jinja'))
      : [];
    test.each(files)('%s', (file) => {
      const [first] = auditTemplate(readFileSync(join(published, file), 'utf8')).findings;
      const reason = Object.hasOwn(refusedTemplates, file) ? refusedTemplates[file] : undefined;
      if (reason === undefined) expect(first).toBeUndefined();
      else expect(first?.problem).toMatch(reason);
    });
  },
);

test('the words of a template are told, for whoever tries them', () => {
  expect(auditTemplate("{{ x == 'open sesame' }}").literals).toContain('open sesame');
});
