// The process in which template texts of model files are read and run, one request after the other. It holds nothing of value: no
// environment, no files but its own sources, and in place of people's texts only marks. Its parent keeps the time.
import { Template } from '@huggingface/jinja';
import { auditTemplate } from '../audit/audit-template.ts';
import {
  type AuditReply,
  type AuditRequest,
  maxRenderingLength,
  type RenderReply,
  type RenderRequest,
} from './protocol.ts';

let parsed: { readonly text: string; readonly template: Template } | undefined;

function answer({ text, variables }: RenderRequest): RenderReply {
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
