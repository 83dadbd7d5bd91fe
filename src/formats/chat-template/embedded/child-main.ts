// The process in which template texts of model files are read and run, one request after the other. It holds nothing of value: no
// environment, no files but its own sources, and in place of people's texts only marks. Rendering is bounded by steps, so that
// a busy machine refuses nothing that an idle one renders; its parent keeps the time for what no step bounds.
import { Interpreter, Template } from '@huggingface/jinja';
import { auditTemplate } from '../audit/audit-template.ts';
import {
  type AuditReply,
  type AuditRequest,
  maxRenderingLength,
  type RenderReply,
  type RenderRequest,
} from './protocol.ts';

/** Parts that one rendering may evaluate; the longest published template takes some thousands for a conversation. */
const maxSteps = 500_000;
let steps = 0;

const { evaluate } = Interpreter.prototype;

function evaluateCounted(
  this: Interpreter,
  ...asked: Parameters<typeof evaluate>
): ReturnType<typeof evaluate> {
  steps += 1;
  if (steps > maxSteps) throw new Error(`it takes more than ${maxSteps} steps`);
  return evaluate.apply(this, asked);
}

// The library has no place for a limit, and this process runs nothing else.
Interpreter.prototype.evaluate = evaluateCounted;

let parsed: { readonly text: string; readonly template: Template } | undefined;

function answer({ text, variables }: RenderRequest): RenderReply {
  steps = 0;
  try {
    if (parsed?.text !== text) parsed = { text, template: new Template(text) };
    const rendered = parsed.template.render({ ...variables });
    if (typeof rendered !== 'string') return { problem: 'it renders no text' };
    if (rendered.length <= maxRenderingLength) return { rendered };
    return { problem: `it renders ${rendered.length} characters; ${maxRenderingLength} are allowed` };
  } catch (error) {
    return { problem: problemOf(error) };
  }
}

function audit(text: string): AuditReply {
  try {
    return auditTemplate(text);
  } catch (error) {
    return { problem: problemOf(error) };
  }
}

function problemOf(error: unknown): string {
  return error instanceof Error ? error.message.slice(0, 2_000) : 'it failed';
}

process.on('message', (request: RenderRequest | AuditRequest) =>
  process.send?.('audit' in request ? audit(request.audit) : answer(request)),
);
process.on('disconnect', () => process.exit());
process.send?.('ready');
