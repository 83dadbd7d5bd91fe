// What a client says about calling tools, alike for all dialects: it may, it may not, it must, or it must call this one.
import { TiegelError } from '../../base/index.ts';
import type { ToolDefinition } from '../../formats/index.ts';

/** `auto` and `none` as they are; otherwise the model has to call some tool, or the one of that name. */
export type ToolChoice = 'auto' | 'none' | 'required' | { readonly name: string };

/** @throws TGL_REQUEST_INVALID where a call is wanted of a tool that was not given */
export function chosenTools(
  tools: readonly ToolDefinition[],
  choice: ToolChoice,
): { readonly tools: readonly ToolDefinition[]; readonly toolChoice?: 'required' } {
  if (choice === 'auto') return { tools };
  if (choice === 'none') return { tools: [] };
  const callable = choice === 'required' ? tools : tools.filter(({ name }) => name === choice.name);
  if (callable.length > 0) return { tools: callable, toolChoice: 'required' };
  const wanted = choice === 'required' ? 'a call of a tool' : `a call of ${JSON.stringify(choice.name)}`;
  const problem = `The field tool_choice wants ${wanted}, which tools does not hold.`;
  throw new TiegelError('TGL_REQUEST_INVALID', { problem, field: 'tool_choice' });
}
