import { describe, expect, test } from 'vitest';
import { knownDefaults } from './interface.ts';
import { openBestLibrary, requireKnown, UnknownRelease } from './library.ts';
import { llamaCppVersion } from './library-files.ts';

describe('requireKnown', () => {
  test('passes for the release that the layouts are for, however its build is called', () => {
    requireKnown(llamaCppVersion, knownDefaults);
    requireKnown(`${llamaCppVersion}-dev`, knownDefaults);
  });

  test('refuses another release and names both', () => {
    for (const version of ['0.5.1', '0.50.0', '0.4.0', '']) {
      const refusal = expect.objectContaining({ expected: '0.5.0', received: version });
      expect(() => requireKnown(version, knownDefaults)).toThrow(refusal);
    }
  });

  test.each(['model', 'context'] as const)(
    'refuses libraries in which a field of the %s has moved',
    (kind) => {
      for (const field of Object.keys(knownDefaults[kind])) {
        const moved = { ...knownDefaults, [kind]: { ...knownDefaults[kind], [field]: 12_345 } };
        expect(() => requireKnown(llamaCppVersion, moved)).toThrow(UnknownRelease);
        expect(() => requireKnown(llamaCppVersion, moved)).toThrow(
          `12345 and not ${knownDefaults[kind][field]} as ${field}`,
        );
      }
    },
  );
});

describe('the libraries that are installed', () => {
  const library = openBestLibrary('cpu');

  test('are those, and every function that is called is there', () => {
    expect(library.call.llama_version()).toMatch(/^0\.5\.0(-|$)/);
    expect(library).toMatchObject({ device: 'cpu', gpus: [], binding: '3.3.4' });
  });

  test('memory that two threads share is found at one address, and is not changed by looking for it', () => {
    const memory = new Uint8Array(new SharedArrayBuffer(16), 4, 8);
    memory[3] = 7;
    const address = library.addressOf(memory);
    expect(library.addressOf(memory)).toBe(address);
    expect([...memory]).toEqual([0, 0, 0, 7, 0, 0, 0, 0]);
  });
});
