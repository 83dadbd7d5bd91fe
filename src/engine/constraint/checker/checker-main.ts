// The child process of a constraint checker. Reads constraints: from JSON Schema to a flat grammar, that by the native
// parser, and texts along it. Nothing waits for it but its parent, who kills it. It ends with its parent.
import { reasonOf, TiegelError } from '../../../base/index.ts';
import type { Constraint } from '../../engine.ts';
import { openBestLibrary } from '../../llama/ffi/library.ts';
import { createTextMatcher } from '../../llama/ffi/text-matcher.ts';
import { flatGrammar } from '../compile-constraint.ts';
import { grammarText } from '../gbnf/grammar-text.ts';
import { TooManyStacks } from '../gbnf/grammar-walk.ts';
import { probeGrammar } from '../gbnf/probe-grammar.ts';
import { type CheckReply, checkCommand } from './messages.ts';

// Nothing is computed on a device here.
const native = createTextMatcher(openBestLibrary('cpu'));

function send(reply: CheckReply): void {
  process.send?.(reply);
}

/** @throws what stands against it */
function readConstraint(json: string): string {
  const flat = flatGrammar(JSON.parse(json) as Constraint);
  const texts = probeGrammar(flat);
  const grammar = grammarText(flat);
  using read = native.read(grammar);
  for (const text of texts) read.accepts(text);
  return grammar;
}

function problemOf(error: unknown): string {
  if (error instanceof TooManyStacks) return error.message;
  if (TiegelError.isInstance(error)) return String(error.details.problem);
  return reasonOf(error);
}

process.on('message', (message) => {
  const { check, constraint } = checkCommand.parse(message);
  try {
    send({ type: 'passed', check, grammar: readConstraint(constraint) });
  } catch (error) {
    send({ type: 'refused', check, problem: problemOf(error) });
  }
});

// A hard end: an orderly exit would first wait for the native threads.
process.on('disconnect', () => process.kill(process.pid, 'SIGKILL'));

send({ type: 'ready' });
