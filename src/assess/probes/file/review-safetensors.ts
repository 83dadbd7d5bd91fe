// Review of a safetensors file: bounded header (counts, types, holes, overlaps: its reader), finite numbers, no text among
// its metadata that reads like a chat template. Such files are not served; they are converted first.
import {
  findNotFiniteTensors,
  openSafetensors,
  readsLikeTemplate,
  type Safetensors,
} from '../../../formats/index.ts';
import type { ReportProgress } from '../../terms/probe.ts';
import type { FileFinding } from './finding.ts';

/** @throws TGL_SAFETENSORS_INVALID */
export async function reviewSafetensors(
  path: string,
  report: ReportProgress,
): Promise<{ readonly tensors: number; readonly findings: readonly FileFinding[] }> {
  using file = openSafetensors(path);
  const reason = 'it is a safetensors file, which is served once `tiegel convert` has made GGUF of it';
  const findings: FileFinding[] = [...problemsIn(file), { verdict: 'inconclusive', reason }];
  let done = 0;
  for (const tensor of file.tensors.values()) {
    for (const found of findNotFiniteTensors(file, tensor)) {
      if (found !== undefined) {
        findings.push({
          verdict: 'fail',
          reason: `tensor ${JSON.stringify(tensor.name)} holds ${found.value} at ${found.element}`,
        });
        return { tensors: file.tensors.size, findings };
      }
      // Lets timers and the progress line run while gigabytes are scanned.
      await new Promise(setImmediate);
    }
    report(++done, file.tensors.size);
  }
  return { tensors: file.tensors.size, findings };
}

function problemsIn({ metadata }: Safetensors): readonly FileFinding[] {
  return [...metadata]
    .filter(([, text]) => readsLikeTemplate(text))
    .map(([key]) => ({
      verdict: 'fail',
      reason: `the file holds a chat template under ${JSON.stringify(key)}`,
    }));
}
