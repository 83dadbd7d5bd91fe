// Review of the chat templates of a file. A vetted one passes; one that the operator allowed is examined, and is
// refused all the same if it does what no template needs; anything else fails, as do further templates under other
// keys and texts elsewhere that read like templates, since another runtime could find and use them.
import { type Digest, digestOf, TiegelError } from '../../../base/index.ts';
import {
  createTemplateProcess,
  examineTemplate,
  furtherTemplates,
  type Gguf,
  type TemplateExamination,
  type TemplateFinding,
  type TemplateProcess,
  templateFor,
  templateSourceIn,
} from '../../../formats/index.ts';
import type { FileFinding } from './finding.ts';
import { admissibleTemplate, templateKey } from './template.ts';

export type TemplateReview = {
  /** The template by its family, or by its digest. */
  readonly name: string | null;
  readonly likest: TemplateExamination['likest'];
  readonly findings: readonly FileFinding[];
};

export async function reviewTemplates(
  gguf: Gguf,
  allowed: Digest | undefined,
  process: TemplateProcess = createTemplateProcess(),
): Promise<TemplateReview> {
  const findings: FileFinding[] = furtherTemplates(gguf).flatMap(({ key, text }) => {
    const known = text !== null && (isVetted(text) || digestOf(text) === allowed);
    const what = text === null ? 'something that is no text' : 'a further chat template';
    return known ? [] : [{ verdict: 'fail', reason: `the file holds ${what} under ${key}` }];
  });
  const { name, problem } = admissible(gguf, allowed);
  if (problem !== null) findings.push({ verdict: 'fail', reason: problem });
  const source = gguf.metadata.get(templateKey)?.type === 'string' ? templateSourceIn(gguf) : null;
  if (source === null || isVetted(source.text)) return { name, likest: null, findings };
  const examined = await examineTemplate(source, process);
  for (const finding of examined.findings) {
    const verdict = finding.kind === 'forbidden' ? 'fail' : 'note';
    findings.push({ verdict, reason: `the chat template${placeOf(finding)}: ${finding.problem}` });
  }
  return { name, likest: examined.likest, findings };
}

function admissible(
  gguf: Gguf,
  allowed: Digest | undefined,
): { readonly name: string | null; readonly problem: string | null } {
  try {
    return { name: admissibleTemplate(gguf, allowed).name, problem: null };
  } catch (cause) {
    if (!TiegelError.isInstance(cause)) throw cause;
    return { name: null, problem: cause.message };
  }
}

function isVetted(text: string): boolean {
  try {
    templateFor(text);
    return true;
  } catch (cause) {
    if (!TiegelError.isInstance(cause)) throw cause;
    return false;
  }
}

function placeOf({ line }: TemplateFinding): string {
  return line === null ? '' : ` near line ${line}`;
}
