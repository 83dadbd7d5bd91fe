// Probe file-review: is this a sound file of a known kind, before any native code reads it. Bounded GGUF header, the
// architecture's tensors and shapes, vocabulary, a chat template that is vetted or that the operator allowed, no NaN or
// infinity among the weights. It does not see what finite weights do, and scans F32, F16, BF16 and Q8_0 only: other types
// stay inconclusive.
import { type Digest, TiegelError } from '../../base/index.ts';
import { type Gguf, openGguf, readDecoder, tensorStretches } from '../../formats/index.ts';
import type { ProbeOutcome, ReportProgress } from '../probe.ts';
import { admissibleTemplate, templateKey } from '../template.ts';

/** @param allowedTemplate what the operator takes the responsibility for; the record then says so. */
export async function reviewFile(
  weightsPath: string,
  report: ReportProgress,
  allowedTemplate?: Digest,
): Promise<ProbeOutcome> {
  try {
    using gguf = openGguf(weightsPath);
    const { vocabularySize, layers } = readDecoder(gguf);
    const family = admissibleTemplate(gguf, allowedTemplate).name;
    const figures = { tensors: gguf.tensors.length, vocabularySize, layers, template: family };
    const problem = hiddenTemplate(gguf) ?? (await findNotFinite(gguf, report));
    if (problem !== undefined)
      return { verdict: 'fail', reason: problem, trials: gguf.tensors.length, figures };
    const reason = `${gguf.tensors.length} tensors as the architecture has them, all finite; template ${family}`;
    return { verdict: 'pass', reason, trials: gguf.tensors.length, figures };
  } catch (cause) {
    if (!TiegelError.isInstance(cause)) throw cause;
    // What is not supported could not be judged; everything else was judged and found wrong.
    const verdict = cause.code === 'TGL_GGUF_UNSUPPORTED' ? 'inconclusive' : 'fail';
    return { verdict, reason: cause.message, trials: 1, figures: {} };
  }
}

/** A file may carry further templates, which a runtime could pick by name. */
function hiddenTemplate(gguf: Gguf): string | undefined {
  const hidden = [...gguf.metadata.keys()].find(
    (key) => key.includes('chat_template') && key !== templateKey,
  );
  return hidden === undefined ? undefined : `the file holds a further chat template under ${hidden}`;
}

async function findNotFinite(gguf: Gguf, report: ReportProgress): Promise<string | undefined> {
  for (const [index, tensor] of gguf.tensors.entries()) {
    let position = 0;
    for (const stretch of tensorStretches(gguf, tensor)) {
      const wrong = stretch.findIndex((value) => !Number.isFinite(value));
      if (wrong >= 0) return `tensor ${tensor.name} holds ${stretch[wrong]} at ${position + wrong}`;
      position += stretch.length;
      // Lets timers and the progress line live while gigabytes are scanned.
      await new Promise(setImmediate);
    }
    report(index + 1, gguf.tensors.length);
  }
  return undefined;
}
