// A template that no family is vetted for, examined in a process of its own: read, and unless that forbids it rendered on
// fixed conversations, compared with the vetted families, and rendered with words that could open a hidden branch. Not
// covered: words that neither stand in the template nor in the table, such as those it knows the letters of one by one.
import { TiegelError } from '../../../base/index.ts';
import type { ChatMessage } from '../../prompt.ts';
import { vettedTemplates } from '../chat-template.ts';
import { maxTextLength, type TemplateSource } from '../embedded/embedded-template.ts';
import { createTemplateProcess, type TemplateProcess } from '../embedded/renderer.ts';
import { conversations, question, triggers } from './conversations.ts';
import type { TemplateFinding } from './finding.ts';

export type TemplateExamination = {
  readonly findings: readonly TemplateFinding[];
  /** The vetted family whose prompts are most like its own, and on how many conversations they are the same. */
  readonly likest: { readonly family: string; readonly same: number; readonly of: number } | null;
};

/** Words of the template itself that are tried, and differences that are told. */
const most = { literals: 60, differences: 5 } as const;

export async function examineTemplate(
  source: TemplateSource,
  process: TemplateProcess = createTemplateProcess(),
): Promise<TemplateExamination> {
  const stop = (problem: string): TemplateExamination => ({
    findings: [{ kind: 'forbidden', problem, line: null }],
    likest: null,
  });
  if (source.text.length > maxTextLength) return stop(`it is longer than ${maxTextLength} characters`);
  try {
    const { findings, literals } = await process.audit(source.text);
    if (findings.some(({ kind }) => kind === 'forbidden')) return { findings, likest: null };
    await rendered(source, question, process);
    const words = [...new Set(literals.map((word) => word.trim()))].filter((word) => word !== '');
    const differing = await differences(source, [...words.slice(0, most.literals), ...triggers], process);
    return { findings: [...findings, ...differing], likest: await likestFamily(source, process) };
  } catch (cause) {
    if (!TiegelError.isInstance(cause)) throw cause;
    return stop(String(cause.details.problem));
  }
}

/** @throws TGL_TEMPLATE_FAILED */
function rendered(
  { text, beginToken, endToken }: TemplateSource,
  messages: readonly ChatMessage[],
  { render }: TemplateProcess,
): Promise<string> {
  const said = messages.map(({ role, content }) => ({ role, content }));
  const tokens = { bos_token: beginToken, eos_token: endToken };
  const variables = { messages: said, add_generation_prompt: true, enable_thinking: true, ...tokens };
  return render({ text, variables });
}

/** Null where the template refuses a conversation, as some do without a question or with a system prompt. */
async function renderedOrNull(...asked: Parameters<typeof rendered>): Promise<string | null> {
  try {
    return await rendered(...asked);
  } catch (cause) {
    if (!TiegelError.isInstance(cause)) throw cause;
    return null;
  }
}

async function likestFamily(
  source: TemplateSource,
  process: TemplateProcess,
): Promise<TemplateExamination['likest']> {
  const own: (string | null)[] = [];
  for (const messages of conversations) own.push(await renderedOrNull(source, messages, process));
  const compared = vettedTemplates().map(({ name, render }) => ({
    family: name,
    same: conversations.filter((messages, index) => {
      const pieces = render(messages, { thinking: 'open' });
      return pieces.map(({ text }) => text).join('') === own[index];
    }).length,
    of: conversations.length,
  }));
  return compared.reduce((best, one) => (one.same > best.same ? one : best));
}

/** Words stand in for a word without meaning; the prompt then has to differ by that word and nothing else. */
async function differences(
  source: TemplateSource,
  words: readonly string[],
  process: TemplateProcess,
): Promise<readonly TemplateFinding[]> {
  const [inSystem, first, last] = ['Qsysj', 'Qfirj', 'Qlasj'] as const;
  const conversation = (without: boolean, change: (text: string) => string): readonly ChatMessage[] => {
    const turns: readonly ChatMessage[] = [
      { role: 'system', content: change(inSystem) },
      { role: 'user', content: change(first) },
      { role: 'assistant', content: 'Yes.' },
      { role: 'user', content: change(last) },
    ];
    return without ? turns.slice(1) : turns;
  };
  const same = (text: string): string => text;
  const whole = await renderedOrNull(source, conversation(false, same), process);
  const base = whole ?? (await rendered(source, conversation(true, same), process));
  const found: TemplateFinding[] = [];
  for (const word of words) {
    for (const place of whole === null ? [first, last] : [inSystem, first, last]) {
      const changed = conversation(whole === null, (text) => (text === place ? word : text));
      const prompt = await renderedOrNull(source, changed, process);
      if (prompt === base.replaceAll(place, () => word)) continue;
      const shown = JSON.stringify(word.slice(0, 40));
      found.push({
        kind: 'content',
        problem: `${shown} in a message changes the prompt around it`,
        line: null,
      });
      break;
    }
    if (found.length === most.differences) break;
  }
  return found;
}
