// What goes between a renderer and its process.
import type { Json } from '../../../base/index.ts';
import type { TemplateAudit } from '../audit/audit-template.ts';

export type RenderRequest = { readonly text: string; readonly variables: { readonly [name: string]: Json } };

/** Asks what the text is made of; nothing is rendered. */
export type AuditRequest = { readonly audit: string };

/** `problem`: why the template gave nothing, in words that may hold anything. */
export type RenderReply = { readonly rendered: string } | { readonly problem: string };

export type AuditReply = TemplateAudit | { readonly problem: string };

/** Characters of a rendered prompt without people's texts. */
export const maxRenderingLength: number = 2 ** 20;
