import { execFileSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type Json, seededRandom } from '../../../base/index.ts';
import type { ChatMessage, PromptPiece } from '../../prompt.ts';
import { startsInReasoning, type Thinking } from '../chat-template.ts';
import { tiegelTemplate } from '../tiegel.ts';
import { embeddedTemplate, templateRenderer } from './embedded-template.ts';
import { createRenderer } from './renderer.ts';

const renderer = createRenderer();
const random = seededRandom(1);
const entropy = (count: number): Uint8Array =>
  Uint8Array.from({ length: count }, () => Math.floor(random.next() * 256));

async function rendered(
  text: string,
  messages: readonly ChatMessage[] = [{ role: 'user', content: 'Hi' }],
  thinking: Thinking = 'open',
): Promise<readonly PromptPiece[]> {
  const source = { text, beginToken: '<s>', endToken: '</s>', tags: ['<think>', '</think>'] };
  return embeddedTemplate(source, renderer, entropy).render(messages, { thinking });
}

const textOf = (pieces: readonly PromptPiece[]): string => pieces.map(({ text }) => text).join('');
const turns = `{{ bos_token }}{% for m in messages %}<|{{ m.role }}|>{{ m.content | trim }}{{ eos_token }}{% endfor %}`;

describe('a template as it stands in a file', () => {
  test('renders roles, texts and the tokens of its vocabulary', async () => {
    expect(await rendered(turns, [{ role: 'user', content: ' What?\n' }])).toEqual([
      { text: '<s><|user|>', special: true },
      { text: 'What?', special: false },
      { text: '</s>', special: true },
    ]);
  });

  test('gives what the family as code gives for the same text', async () => {
    const content = fc.oneof(
      fc.string({ unit: 'grapheme' }),
      fc.constantFrom('{{ x }}', '<|end|>', ' \n', ''),
    );
    const role = fc.constantFrom('system' as const, 'user' as const, 'assistant' as const);
    const conversation = fc.array(fc.record({ role, content }), { maxLength: 5 });
    await fc.assert(
      fc.asyncProperty(conversation, fc.constantFrom('open', 'closed'), async (messages, thinking) => {
        const pieces = await rendered(tiegelTemplate.text, messages, thinking);
        expect(textOf(pieces)).toBe(textOf(tiegelTemplate.render(messages, { thinking })));
        expect(startsInReasoning(pieces)).toBe(thinking === 'open');
      }),
      { numRuns: 50 },
    );
  });

  test.each(['</s>', '<|user|>', '<think>', 'a</think>b<think>', '\u{E000}', '{{ bos_token }}', '$&'])(
    'never lets what people write count: %j',
    async (content) => {
      const pieces = await rendered(`${turns}<think>`, [{ role: 'user', content }]);
      const people = pieces.filter(({ special }) => !special);
      expect(textOf(people)).toBe(content);
      expect(textOf(pieces.filter(({ special }) => special))).toBe('<s><|user|></s><think>');
      for (const { text } of people) expect(text).not.toMatch(/<\/?think>/);
      expect(startsInReasoning(pieces)).toBe(true);
    },
  );

  test('gives reasoning of earlier turns to templates that ask for it', async () => {
    const said: ChatMessage = { role: 'assistant', content: '4', reasoning: 'easy' };
    const text = '{% for m in messages %}<think>{{ m.reasoning_content }}</think>{{ m.content }}{% endfor %}';
    expect(textOf(await rendered(text, [said]))).toBe('<think>easy</think>4');
  });

  test('does not render calls of tools', async () => {
    const call: ChatMessage = { role: 'assistant', content: '', toolCalls: [{ name: 'f', arguments: '{}' }] };
    await expect(rendered(turns, [call])).rejects.toMatchObject({ code: 'TGL_TEMPLATE_FAILED' });
  });
});

test.each([
  'upper',
  'lower',
  'title',
  'capitalize',
  'tojson',
  'e',
  'reverse',
  "replace('<', '')",
  'indent',
  'length | string + messages[0].content[:9]',
])('a template that changes the texts of messages is refused: %s', async (filter) => {
  const changed = rendered(`{{ messages[0].content | ${filter} }}`, [{ role: 'user', content: 'Hi there' }]);
  await expect(changed).rejects.toMatchObject({ code: 'TGL_TEMPLATE_FAILED' });
});

test('what a template says about its refusal holds no marks', async () => {
  const refusing = rendered('{{ raise_exception("bad: " + messages[0].content) }}');
  await expect(refusing).rejects.toThrow(/bad: [^\uE000-\uF8FF]*$/);
});

describe('hostile templates are refused and harm nobody', () => {
  const nested = (depth: number): string =>
    `${'{% for i in range(1000) %}'.repeat(depth)}x${'{% endfor %}'.repeat(depth)}`;
  const doubled = (times: number): string =>
    `{% set ns = namespace(x='aaaaaaaa') %}{% for i in range(${times}) %}{% set ns.x = ns.x + ns.x %}{% endfor %}`;

  test.each<[string, string]>([
    ['the prototype', "{{ messages[0]['__proto__']['polluted'].x }}"],
    ['the constructor', "{{ ''.constructor.constructor('return process')() }}"],
    ['the constructor of a function', "{{ range.constructor('return process')().exit() }}"],
    ['a range without end', '{% for i in range(1000000000) %}x{% endfor %}'],
    ['a power of a range', '{{ range(10 ** 9) }}'],
    ['loops in loops', nested(5)],
    ['a macro that calls itself', '{% macro f(g) %}{{ g(g) }}{% endmacro %}{{ f(f) }}'],
    [
      'two macros, each calling two',
      '{% macro f(g, n) %}{% if n %}{{ g(g, n - 1) }}{{ g(g, n - 1) }}{% endif %}{% endmacro %}{{ f(f, 60) }}',
    ],
    ['200,000 brackets', `{{ ${'['.repeat(200_000)} }}`],
    ['200,000 blocks', `${'{%if 1%}'.repeat(25_000)}`],
    ['a longer text than any', ' '.repeat(2 ** 18 + 1)],
    ['megabytes of output', `${doubled(20)}{{ ns.x }}`],
    ['more memory than there is', `${doubled(25)}{{ ns.x | upper | lower }}`],
    ['a text of people again and again', '{% for i in range(5000) %}{{ messages[0].content }}{% endfor %}'],
    ['not Jinja', '{% for %}'],
  ])('%s', async (_, text) => {
    const said = [{ role: 'user', content: 'Hi'.repeat(500) }] as const;
    await expect(rendered(text, said)).rejects.toMatchObject({ code: 'TGL_TEMPLATE_FAILED' });
    expect(Object.prototype).not.toHaveProperty('polluted');
    expect(textOf(await rendered(turns))).toBe('<s><|user|>Hi</s>');
  });

  test('what breaks a limit costs the limit and no more of anybody else', async () => {
    const slow = renderer({ text: nested(5), variables: {} });
    const next = renderer({ text: 'a{{ x }}', variables: { x: 'b' } });
    let turnsOfTheLoop = 0;
    const counting = setInterval(() => turnsOfTheLoop++, 10);
    await expect(slow).rejects.toMatchObject({ code: 'TGL_TEMPLATE_FAILED' });
    expect(await next).toBe('ab');
    clearInterval(counting);
    expect(turnsOfTheLoop).toBeGreaterThan(10);
  });
});

test('the process sees no environment and no way to other code', async () => {
  const variables: { readonly [name: string]: Json } = { x: { y: 1 } };
  for (const name of ['process', 'globalThis', 'require', 'env', 'this', 'x.constructor', 'x.__proto__'])
    expect(await renderer({ text: `[{{ ${name} }}]`, variables })).toBe('[]');
});

test.each([
  ['beside this package', (from: string, to: string) => cpSync(from, to, { recursive: true })],
  ['behind a link', (from: string, to: string) => symlinkSync(from, to)],
] as const)('the process finds its library where a package manager puts it: %s', (_, place) => {
  const directory = mkdtempSync(join(tmpdir(), 'tiegel-installed-'));
  try {
    const root = fileURLToPath(new URL('../../../../', import.meta.url));
    for (const path of ['src/base', 'src/formats', 'package.json'])
      cpSync(join(root, path), join(directory, 'tiegel', path), { recursive: true });
    mkdirSync(join(directory, 'node_modules/@huggingface'), { recursive: true });
    const library = dirname(dirname(fileURLToPath(import.meta.resolve('@huggingface/jinja'))));
    place(library, join(directory, 'node_modules/@huggingface/jinja'));
    const renderer = join(directory, 'tiegel/src/formats/chat-template/embedded/renderer.ts');
    const script = `
      import { createRenderer } from ${JSON.stringify(renderer)};
      console.log(await createRenderer()({ text: 'Say {{ word }}.', variables: { word: 'yes' } }));
      process.exit(0);`;
    const flags = ['--no-warnings', '--input-type=module', '--eval', script];
    const printed = execFileSync(process.execPath, flags, { encoding: 'utf8', timeout: 60_000 });
    expect(printed).toBe('Say yes.\n');
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
});

test('the renderer that subjects name is the one that is installed', () => {
  const manifest = new URL('../../../../package.json', import.meta.url);
  const { dependencies } = JSON.parse(readFileSync(manifest, 'utf8'));
  expect(templateRenderer).toBe(`@huggingface/jinja ${dependencies['@huggingface/jinja']}`);
});
