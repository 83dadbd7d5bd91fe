import { createHash } from 'node:crypto';
import { expect, test } from 'vitest';
import { type Digest, digestOf, seededRandom } from '../../base/index.ts';
import {
  examine,
  type ForensicKeys,
  type Material,
  verifyExamination,
  type WrittenText,
} from './examination.ts';
import { teachStudent, writeAsTeacher } from './fixture.ts';

const keyOf = (name: string): Uint8Array => createHash('sha256').update(name).digest();
const keys: ForensicKeys = {
  marks: ['2026-Q3', '2026-Q4'].map((cohort) => ({ cohort, key: keyOf(cohort) })),
  exposure: keyOf('coins'),
};
const made = '2026-11-30T00:00:00.000Z';
const model = { name: 'tiegel-nano', digest: digestOf('weights') };
const suspect = { name: 'their-model', digest: null as Digest | null };
const nothing: Material = { suspect, model, mark: null, traps: [], references: null };

/** Texts of a student that saw so many marked ones among thirty. */
function written(seed: number, marked: number): readonly WrittenText[] {
  const texts = Array.from({ length: 30 }, (_, index) =>
    writeAsTeacher(seededRandom(seed, index), 300, index < marked ? keyOf('2026-Q4') : null),
  );
  const student = teachStudent(texts);
  return Array.from({ length: 12 }, (_, index) => {
    const reply = student(seededRandom(seed, index, 1), [3], 500);
    return { text: reply.join(' '), prompt: [3], reply };
  });
}

const control = { name: 'tiegel-nano before', texts: written(1, 0) };
const material = (texts: readonly WrittenText[], control_ = control): Material => ({
  ...nothing,
  mark: { window: 4, texts, control: control_ },
});

test('a student of marked text is proven, one of unmarked text is not, and both can be made again from a file', () => {
  const guilty = examine(material(written(2, 15)), keys, made);
  expect(guilty.verdict).toMatchObject({ grade: 'proven', controls: [{ passed: true }, { passed: true }] });
  expect(guilty.verdict.log10P).toBeLessThan(-6);
  const innocent = examine(material(written(3, 0)), keys, made);
  expect(innocent.verdict.grade).toBe('nothing-found');
  for (const examination of [guilty, innocent]) {
    const read: unknown = JSON.parse(JSON.stringify(examination));
    expect(verifyExamination(read, keys)).toEqual(examination);
    expect(JSON.stringify(read)).not.toContain(Buffer.from(keyOf('coins')).toString('hex'));
  }
});

test('a control that has the mark as well leaves no verdict', () => {
  const marked = { name: 'a student too', texts: written(4, 15) };
  const { verdict } = examine(material(written(2, 15), marked), keys, made);
  expect(verdict).toMatchObject({ grade: 'refused', controls: [{ passed: true }, { passed: false }] });
});

test('an examination that was changed, or is checked with other keys, is not believed', () => {
  const examination = examine(material(written(3, 0)), keys, made);
  const changed = (change: object) => verifyExamination({ ...examination, ...change }, keys);
  const verdict = { ...examination.verdict, grade: 'proven' };
  expect(() => changed({ verdict })).toThrow('its verdict do');
  const mark = { ...examination.findings.mark!, logP: -40 };
  expect(() => changed({ findings: { ...examination.findings, mark } })).toThrow('its findings do');
  expect(() => changed({ material: material(written(5, 0)) })).toThrow('do not follow');
  expect(() => changed({ more: 1 })).toThrow('Unrecognized key');
  const others = {
    ...keys,
    marks: keys.marks.map(({ cohort }) => ({ cohort, key: keyOf(`not ${cohort}`) })),
  };
  expect(() => verifyExamination(examination, others)).toThrow('other keys');
  expect(() => verifyExamination(null, keys)).toThrow('not to be believed');
});

test('too little text, and nothing at all, are refused', () => {
  const little = written(2, 15).slice(0, 1);
  expect(() => examine(material(little), keys, made)).toThrow('1000 are needed');
  expect(() => examine(material(written(2, 15), { name: 'c', texts: little }), keys, made)).toThrow(
    'the control wrote',
  );
  expect(() => examine(nothing, keys, made)).toThrow('no text, no trap and no reference');
});

const words = (seed: number) => (_: unknown, index: number) =>
  Array.from({ length: 40 }, (__, place) => `word${seededRandom(seed, index, place).integer(0, 60)}`).join(
    ' ',
  );
const replies = (seed: number) => Array.from({ length: 60 }, words(seed));
const half = (one: readonly string[], other: readonly string[]) =>
  one.map((reply, index) => `${reply.slice(0, reply.length / 2)} ${other[index]}`);

test('references support a suspicion at most, and not where another teacher is as near', () => {
  const teacher = replies(1);
  const references = Array.from({ length: 19 }, (_, index) => {
    return { name: `reference ${index}`, role: 'reference' as const, replies: replies(100 + index) };
  });
  const learned = half(teacher, replies(2));
  const other = { name: 'another teacher', role: 'other-teacher' as const, replies: replies(3) };
  const gradeOf = (from: readonly string[], others: NonNullable<Material['references']>['others']) =>
    examine({ ...nothing, references: { model: teacher, suspect: from, others } }, keys, made);
  const near = gradeOf(learned, [...references, other]);
  expect(near.verdict).toMatchObject({ grade: 'supports', log10P: null });
  expect(near.findings.references).toMatchObject({ p: 0.05 });
  expect(gradeOf(replies(4), [...references, other]).verdict.grade).toBe('nothing-found');
  expect(gradeOf(learned, references.slice(1)).verdict.grade).toBe('nothing-found');
  const same = { ...other, replies: half(teacher, replies(5)) };
  expect(gradeOf(learned, [...references, same]).verdict.grade).toBe('nothing-found');
});
