// A call that the model has to make: the answer is held to the JSON of a call, as vLLM does it, and becomes the call. The
// arguments keep to the tool's schema; whether they make sense is the model's affair.
import type { Constraint } from '../../engine/index.ts';
import type { ToolCall, ToolDefinition } from '../../formats/index.ts';
import type { StreamPart } from '../../reasoning/index.ts';
import type { PartEditor } from './edit-parts.ts';

/** The calls of these tools, as a constraint of the answer. */
export function callConstraint(tools: readonly ToolDefinition[]): Constraint {
  const calls = tools.map(({ name, parameters = { type: 'object' } }) => ({
    type: 'object',
    properties: { name: { const: name }, arguments: parameters },
    required: ['name', 'arguments'],
    additionalProperties: false,
  }));
  return {
    type: 'json-schema',
    schema: calls.length === 1 ? (calls[0] as object as never) : { anyOf: calls },
  };
}

/** Makes the answer a call when it is complete; one that was cut off stays the text it is. */
export function callFromAnswer(): PartEditor {
  let held = '';
  return (parts) =>
    parts.flatMap((part): readonly StreamPart[] => {
      if (part.type === 'answer-start') return [];
      if (part.type === 'answer-delta') {
        held += part.text;
        return [];
      }
      if (part.type !== 'answer-end') return [part];
      const call = callIn(held);
      if (call !== undefined) return [{ type: 'tool-call', index: 0, ...call }];
      return [{ type: 'answer-start' }, { type: 'answer-delta', text: held }, part];
    });
}

function callIn(text: string): ToolCall | undefined {
  try {
    const call = JSON.parse(text) as { readonly name: unknown; readonly arguments: unknown };
    if (typeof call.name !== 'string' || typeof call.arguments !== 'object') return undefined;
    return { name: call.name, arguments: JSON.stringify(call.arguments) };
  } catch {
    return undefined;
  }
}
