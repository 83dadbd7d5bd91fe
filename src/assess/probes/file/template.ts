// The chat template with which a variant is assessed.
import { type Digest, digestOf } from '../../../base/index.ts';
import {
  type ChatTemplate,
  embeddedTemplate,
  type Gguf,
  requireString,
  templateFor,
  templateSourceIn,
} from '../../../formats/index.ts';

export const templateKey = 'tokenizer.chat_template';

/**
 * The vetted family of the template in the file; without one, the text itself if it is what the operator allowed.
 *
 * @throws TGL_TEMPLATE_UNKNOWN, TGL_GGUF_INVALID without a template
 */
export function admissibleTemplate(gguf: Gguf, allowed: Digest | undefined): ChatTemplate {
  const text = requireString(gguf, templateKey);
  try {
    return templateFor(text);
  } catch (cause) {
    const source = digestOf(text) === allowed ? templateSourceIn(gguf) : null;
    if (source === null) throw cause;
    return embeddedTemplate(source);
  }
}
