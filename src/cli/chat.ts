// `tiegel chat`: one reply, or a conversation when no prompt is given. Thinking is dimmed, the answer is not.

import { createInterface } from 'node:readline/promises';
import { exitCodeOf, outdatedSince } from '../assess/index.ts';
import { type AdmittedRemote, type AdmittedVariant, openCatalog } from '../catalog/index.ts';
import type { Engine } from '../engine/index.ts';
import type { ChatMessage } from '../formats/index.ts';
import { prepareModel, remoteTemplate, startAdmitted } from '../host/index.ts';
import {
  type ContentFilter,
  type ConverseRequest,
  collect,
  converse,
  readContentFilter,
  servedTurn,
} from '../reasoning/index.ts';
import type { CommandContext, ExitCode } from './command.ts';
import { number, wholeNumber } from './numbers.ts';
import { printAssessment } from './print-assessment.ts';
import type { Terminal } from './terminal.ts';

type ChatFlags = {
  readonly model?: string;
  readonly thinking: boolean;
  readonly temperature?: string;
  readonly seed?: string;
  readonly filter?: readonly string[];
  readonly draft?: string;
};

/** Messages that are kept in a conversation; the taught models have a short memory. */
const longestHistory = 4;

export async function runChat(
  context: CommandContext,
  prompt: string | undefined,
  flags: ChatFlags,
): Promise<ExitCode> {
  const { environment, terminal, clock, signal } = context;
  const temperature = number('--temperature', flags.temperature, 0, 2);
  const seed = wholeNumber('--seed', flags.seed, 0, 2 ** 32 - 1);
  const catalog = openCatalog({ home: environment.home, clock, outdated: outdatedSince });
  const filters = (flags.filter ?? []).map(readContentFilter);
  const { name, battery, readiness } = await prepareModel(context, catalog, flags.model, {
    filters,
    draft: flags.draft,
  });
  if (!readiness.ready) {
    printAssessment(terminal, name, battery, readiness.assessment);
    terminal.note(`${name} was not admitted, so you cannot chat with it.`);
    return exitCodeOf(readiness.assessment.verdict);
  }
  const { admitted } = readiness;
  await using engine = await startAdmitted(context, admitted);
  const settings = { engine, filters, temperature, seed, thinking: flags.thinking };
  const turn = chatTurns(admitted, settings);
  if (prompt === undefined) await talk(terminal, engine, turn, signal);
  else await reply(terminal, engine, turn([{ role: 'user', content: prompt }]), signal);
  return 0;
}

type ChatTurn = (messages: readonly ChatMessage[]) => ConverseRequest;

/** What is asked of a model for each state of a conversation. */
export function chatTurns(
  admitted: AdmittedVariant | AdmittedRemote,
  settings: {
    readonly engine?: Pick<Engine, 'rewording'>;
    readonly filters: readonly ContentFilter[];
    readonly temperature?: number | undefined;
    readonly seed?: number | undefined;
    readonly thinking: boolean;
  },
): ChatTurn {
  const { engine, filters, temperature, seed, thinking } = settings;
  const template = 'template' in admitted ? admitted.template : remoteTemplate(admitted.remote);
  const tuple = { serving: admitted.serving, template, filters, engine };
  return (messages) =>
    servedTurn(tuple, { messages, thinking: { enabled: thinking }, sampling: { temperature, seed } });
}

/** Reads prompts line by line until the input ends. */
async function talk(terminal: Terminal, engine: Engine, turn: ChatTurn, signal: AbortSignal): Promise<void> {
  const input = createInterface({ input: process.stdin, output: process.stderr, prompt: '> ' });
  signal.addEventListener('abort', () => input.close(), { once: true });
  let messages: ChatMessage[] = [];
  if (process.stdin.isTTY) input.prompt();
  for await (const line of input) {
    if (line.trim() !== '') {
      messages = [...messages.slice(-longestHistory), { role: 'user', content: line.trim() }];
      const answer = await reply(terminal, engine, turn(messages), signal);
      messages.push({ role: 'assistant', content: answer });
    }
    if (process.stdin.isTTY) input.prompt();
  }
}

/** Streams one reply to the terminal and returns the answer. */
async function reply(
  terminal: Terminal,
  engine: Engine,
  request: ConverseRequest,
  signal: AbortSignal,
): Promise<string> {
  const turn = converse(engine, request, signal);
  if (terminal.json) {
    const conversation = await collect(turn);
    terminal.result(conversation);
    return conversation.answer;
  }
  let answer = '';
  for await (const parts of turn.parts) {
    for (const part of parts) {
      if (part.type === 'reasoning-delta') terminal.write(terminal.dim(part.text));
      if (part.type === 'reasoning-end') terminal.write('\n\n');
      if (part.type === 'answer-delta') {
        terminal.write(part.text);
        answer += part.text;
      }
      if (part.type === 'end') {
        terminal.write('\n');
        if (part.thinking.outcome === 'unclosed')
          terminal.note('The model did not finish thinking within its token limit.');
      }
    }
  }
  return answer;
}
