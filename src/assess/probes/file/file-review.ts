// Probe file-review: is this a sound file of a known kind, before any native code reads it. Bounded headers, the
// architecture's tensors and shapes, vocabulary, chat templates wherever they are, no NaN or infinity among the weights,
// no known vulnerability of the runtime that is to load it. It does not see what finite weights do, nor what a template
// says to the model in plain words.
import { type Digest, TiegelError } from '../../../base/index.ts';
import {
  findNotFinite,
  type Gguf,
  type ModelFileKind,
  modelFileKind,
  openGguf,
  readDecoder,
  type TemplateProcess,
} from '../../../formats/index.ts';
import type { ProbeOutcome, ReportProgress } from '../../terms/probe.ts';
import { type AdvisoryCheck, advisoriesAgainst } from './advisories.ts';
import type { FileFinding } from './finding.ts';
import { reviewSafetensors } from './review-safetensors.ts';
import { reviewTemplates } from './review-templates.ts';

export type FileReviewOptions = {
  /** What the operator takes responsibility for; the record then says so. */
  readonly allowedTemplate?: Digest | undefined;
  /** What is to load the file, and when, in milliseconds since 1970; without it no advisories are looked up. */
  readonly runtime?: { readonly build: string; readonly now: number };
  /** What else is loaded: adapters and a draft model, which the catalog has compared with the weights. @default none */
  readonly furtherPaths?: readonly string[];
  /** Reads and renders templates. @default a process of its own */
  readonly templates?: TemplateProcess;
};

const maxFindings = 20;

export async function reviewFile(
  weightsPath: string,
  report: ReportProgress,
  options: FileReviewOptions = {},
): Promise<ProbeOutcome> {
  const findings: FileFinding[] = [];
  const advisories = options.runtime && advisoriesAgainst(options.runtime.build, options.runtime.now);
  if (advisories !== undefined) findings.push(...findingsOf(advisories));
  const look = async <Found>(part: () => Found | Promise<Found>): Promise<Found | undefined> => {
    try {
      return await part();
    } catch (cause) {
      if (!TiegelError.isInstance(cause)) throw cause;
      // What is not supported could not be judged; anything else was judged and found wrong.
      const verdict = cause.code === 'TGL_GGUF_UNSUPPORTED' ? 'inconclusive' : 'fail';
      findings.push({ verdict, reason: cause.message });
      return undefined;
    }
  };

  using opened = new DisposableStack();
  const kind: ModelFileKind | null | undefined = await look(() => modelFileKind(weightsPath));
  if (kind === 'safetensors') {
    const reviewed = await look(() => reviewSafetensors(weightsPath, report));
    findings.push(...(reviewed?.findings ?? []));
    return conclude(findings, reviewed?.tensors ?? 1, {});
  }
  const gguf = kind === undefined ? undefined : await look(() => opened.use(openGguf(weightsPath)));
  if (gguf === undefined) return conclude(findings, 1, {});
  const decoder = await look(() => readDecoder(gguf));
  const templates = await look(() => reviewTemplates(gguf, options.allowedTemplate, options.templates));
  findings.push(...(templates?.findings ?? []));
  const further = (options.furtherPaths ?? []).map((path) => look(() => opened.use(openGguf(path))));
  const files = [gguf, ...(await Promise.all(further)).filter((file) => file !== undefined)];
  for (const file of files) {
    const wrong = await look(() => firstNotFinite(file, report));
    if (wrong !== undefined) findings.push({ verdict: 'fail', reason: wrong });
  }

  const { vocabularySize, layers } = decoder ?? { vocabularySize: null, layers: null };
  const { name: template, likest } = templates ?? { name: null, likest: null };
  const figures = {
    ...{ tensors: gguf.tensors.length, vocabularySize, layers, template },
    ...(likest !== null && { likestFamily: `${likest.family}: ${likest.same} of ${likest.of}` }),
    ...(advisories !== undefined && { advisoryList: advisories.date }),
    ...(further.length > 0 && { furtherFiles: further.length }),
  };
  const tensors = files.reduce((sum, file) => sum + file.tensors.length, 0);
  return conclude(findings, tensors, figures);
}

/** One failed finding is enough; notes are reported either way. */
function conclude(
  findings: readonly FileFinding[],
  trials: number,
  figures: ProbeOutcome['figures'],
): ProbeOutcome {
  const of = (verdict: FileFinding['verdict']): readonly string[] =>
    findings.filter((finding) => finding.verdict === verdict).map(({ reason }) => reason);
  const [failed, inconclusive, notes] = [of('fail'), of('inconclusive'), of('note')];
  const worst = failed.length > 0 ? failed : inconclusive;
  const verdict = failed.length > 0 ? 'fail' : inconclusive.length > 0 ? 'inconclusive' : 'pass';
  const sound = `${trials} tensors as the architecture has them, all finite; template ${figures.template}`;
  const reasons = verdict === 'pass' ? [sound, ...notes] : worst;
  const told = findings.slice(0, maxFindings).map((finding) => ({ ...finding }));
  return {
    verdict,
    reason: reasons.slice(0, 5).join('; '),
    trials,
    figures: { ...figures, ...(told.length > 0 && { findings: told }) },
  };
}

function findingsOf({ date, ageDays, old, matches }: AdvisoryCheck): readonly FileFinding[] {
  const known = matches.map(({ id, component, summary, reach, state }): FileFinding => {
    const verdict = reach === 'request' ? 'note' : state === 'affected' ? 'fail' : 'inconclusive';
    const whether = state === 'affected' ? 'is affected by' : 'cannot be told from builds with';
    return { verdict, reason: `the runtime's ${component} ${whether} ${id}: ${summary}` };
  });
  const age = `the list of advisories is of ${date}, ${ageDays} days old`;
  return old ? [...known, { verdict: 'note', reason: age }] : known;
}

async function firstNotFinite(gguf: Gguf, report: ReportProgress): Promise<string | undefined> {
  for (const [index, tensor] of gguf.tensors.entries()) {
    for (const found of findNotFinite(gguf, tensor)) {
      if (found !== undefined) return `tensor ${tensor.name} holds ${found.value} at ${found.element}`;
      // Lets timers and the progress line run while gigabytes are scanned.
      await new Promise(setImmediate);
    }
    report(index + 1, gguf.tensors.length);
  }
  return undefined;
}
