// What the guide says of each kind of server, and what an engine over one declares, are the same.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { remoteCapabilities } from './remote-capabilities.ts';
import { serverKind, serverProfiles, takesRenderedPrompts } from './server-profile.ts';

const guide = readFileSync(join(import.meta.dirname, '..', '..', '..', 'docs', 'serve.md'), 'utf8');

/** The rows of the table with that heading, one for each kind that a row names. */
function rowsUnder(heading: string): readonly (readonly [string, ...string[]])[] {
  const lines = guide.slice(guide.indexOf(heading)).split('\n\n')[0]?.split('\n').slice(2) ?? [];
  return lines.flatMap((line) => {
    const [, kinds = '', ...cells] = line.split('|').map((cell) => cell.trim());
    return [...kinds.matchAll(/`([^`]+)`/g)].map(([, kind = '']) => [kind, ...cells] as const);
  });
}

const abilities = rowsUnder('| Kind | Thinking budget |');
const sampling = rowsUnder('| Kind | `top_k` |');
const capabilitiesOf = (kind: string) =>
  remoteCapabilities(serverProfiles[serverKind(kind)], { slots: 1, contextLength: 4096 }, false);

test('the guide has a row for every kind', () => {
  const kinds = Object.keys(serverProfiles).sort();
  expect(abilities.map(([kind]) => kind).sort()).toEqual(kinds);
  expect(sampling.map(([kind]) => kind).sort()).toEqual(kinds);
});

describe.each(abilities)('%s', (kind, budget, levels, prefill, schema, tools, required, rendered) => {
  const declared = capabilitiesOf(kind);

  test('ends thinking and knows the levels as the guide says', () => {
    const stops = { no: 'none', 'its own field': 'server', 'by interrupting and continuing': 'continuation' };
    expect(declared.thinkingStop).toBe(stops[budget as keyof typeof stops]);
    const all = ['minimal', 'low', 'medium', 'high', 'xhigh', 'max'];
    const [first = '', last = ''] =
      levels === 'low, medium, high' ? ['low', 'high'] : (levels?.split(' to ') ?? []);
    const expected = levels === 'no' ? [] : all.slice(all.indexOf(first), all.indexOf(last) + 1);
    expect(declared.efforts).toEqual(expected);
  });

  test('does what else the guide says, and nothing more', () => {
    const constraints = { no: [], yes: ['json-schema'], 'yes, and grammars': ['json-schema', 'grammar'] };
    expect({
      prefill: declared.prefill,
      constraints: declared.constraints,
      tools: declared.tools,
      toolChoice: declared.toolChoice,
      rendered: takesRenderedPrompts(serverKind(kind)),
    }).toEqual({
      prefill: prefill?.startsWith('yes'),
      constraints: constraints[schema as keyof typeof constraints],
      tools: tools === 'yes',
      toolChoice: required === 'yes',
      rendered: rendered === 'yes',
    });
  });
});

test.each(sampling)(
  '%s takes the sampling options that the guide names',
  (kind, topK, minP, penalty, penalties, bias, template) => {
    const { samplingOptions, templateArguments } = capabilitiesOf(kind);
    const expected = [
      ...(topK === 'no' ? [] : ['topK']),
      ...(minP === 'no' ? [] : ['minP']),
      ...(penalty === 'no' ? [] : ['repetitionPenalty']),
      ...(penalties === 'no' ? [] : ['presencePenalty', 'frequencyPenalty']),
      ...(bias === 'no' ? [] : ['logitBias']),
    ];
    expect([...(samplingOptions ?? [])].sort()).toEqual(expected.sort());
    expect(templateArguments).toBe(template === 'yes');
    expect(Object.values(serverProfiles[serverKind(kind)].samplingFields)).toEqual(
      expect.arrayContaining(
        [topK, minP, penalty].filter((cell) => cell !== 'no').map((cell) => cell?.replaceAll('`', '')),
      ),
    );
  },
);
