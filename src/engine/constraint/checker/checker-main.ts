// The child process of a grammar checker: reads grammars with the native parser, where nothing waits for it but its
// parent, who kills it. It ends with its parent.
import { getLlama } from 'node-llama-cpp';
import { TiegelError } from '../../../base/index.ts';
import { openNativeGrammar } from '../../llama/native-binding.ts';
import { TooManyStacks } from '../gbnf/grammar-walk.ts';
import { parseGrammar } from '../gbnf/parse-grammar.ts';
import { probeGrammar } from '../gbnf/probe-grammar.ts';
import { type CheckReply, checkCommand } from './messages.ts';

const llama = await getLlama({
  gpu: false,
  build: 'never',
  skipDownload: true,
  progressLogs: false,
  logger: () => {},
});

function send(reply: CheckReply): void {
  process.send?.(reply);
}

function problemOf(grammar: string): string | null {
  try {
    const texts = probeGrammar(parseGrammar(grammar));
    const native = openNativeGrammar(llama, grammar);
    for (const text of texts) native.accepts(text);
    return null;
  } catch (error) {
    if (error instanceof TooManyStacks) return error.message;
    if (TiegelError.isInstance(error)) return String(error.details.problem);
    return error instanceof Error ? error.message : String(error);
  }
}

process.on('message', (message) => {
  const { check, grammar } = checkCommand.parse(message);
  send({ type: 'checked', check, problem: problemOf(grammar) });
});

// A hard end: an orderly exit would first wait for the native threads.
process.on('disconnect', () => process.kill(process.pid, 'SIGKILL'));

send({ type: 'ready' });
