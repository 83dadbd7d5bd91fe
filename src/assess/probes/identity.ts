// Probe identity: the same prompt, sampling and seed twice give the same tokens, greedy and sampled. Runs go one after
// the other; whether concurrent requests change the numbers is not covered. What it records of the model's
// log-probabilities decides nothing here; a later assessment is compared with it.
import type { Engine, GenerateRequest } from '../../engine/index.ts';
import { promptOfTurn, servedTurn } from '../../reasoning/index.ts';
import { heldOutProblems, taskNames } from '../../tasks/index.ts';
import type { IdentitySettings } from '../terms/battery.ts';
import type { ProbeContext, ProbeOutcome } from '../terms/probe.ts';
import { takeProbabilities } from './probability-fingerprint.ts';
import { samplingSeedAt } from './sampling-seed.ts';

export async function checkIdentity(
  settings: IdentitySettings,
  context: ProbeContext,
): Promise<ProbeOutcome> {
  const { engine, serving, template, record, report, signal } = context;
  if (!engine.capabilities.seed && settings.temperatures.some((temperature) => temperature > 0)) {
    return { verdict: 'inconclusive', reason: 'the engine takes no seed', trials: 0, figures: {} };
  }
  const questions = taskNames.flatMap((task) =>
    heldOutProblems(task, settings.seed, settings.promptsPerTask).map(({ prompt }) => prompt),
  );
  const cases = questions.flatMap((question) =>
    settings.temperatures.map((temperature) => ({ question, temperature })),
  );
  // A server's pieces need not be tokens, and two equal replies may come in different pieces.
  const unit = engine.capabilities.promptForm === 'tokens' ? 'token' : 'character';
  let tokens = 0;
  for (const [index, { question, temperature }] of cases.entries()) {
    const seed = samplingSeedAt(settings, index);
    const request: GenerateRequest = {
      ...(await promptOfTurn(
        engine,
        servedTurn(context, { messages: [{ role: 'user', content: question }] }),
      )),
      maxTokens: settings.maxTokens,
      sampling: {
        temperature,
        topP: temperature === 0 ? 1 : serving.sampling.topP,
        seed,
      },
    };
    const first = await tokensOf(engine, request, signal);
    const second = await tokensOf(engine, request, signal);
    const same = first.length === second.length && first.every((token, place) => token === second[place]);
    record({ type: 'identity', question, temperature, seed, same, first, second });
    if (!same) {
      const place = first.findIndex((token, at) => token !== second[at]);
      const at = place < 0 ? first.length : place;
      const reason = `two runs at temperature ${temperature} with one seed differ from ${unit} ${at} on`;
      return { verdict: 'fail', reason, trials: index + 1, figures: { tokens } };
    }
    tokens += first.length;
    report(index + 1, cases.length);
  }
  // Saying nothing is repeatable too, and is no evidence.
  if (tokens === 0)
    return { verdict: 'inconclusive', reason: 'no tokens were generated', trials: 0, figures: {} };
  const fingerprint = settings.fingerprint ? await takeProbabilities(engine, template, signal) : null;
  if (fingerprint !== null) record({ type: 'identity', fingerprint });
  const reason = `${cases.length} pairs of runs gave the same ${tokens} ${unit}s`;
  return { verdict: 'pass', reason, trials: cases.length, figures: { tokens } };
}

/** Token ids if the engine has them, otherwise their texts; for a server, the characters. */
async function tokensOf(
  engine: Engine,
  request: GenerateRequest,
  signal: AbortSignal | undefined,
): Promise<readonly (number | string)[]> {
  const tokens: (number | string)[] = [];
  for await (const events of engine.generate(request, signal)) {
    for (const event of events) {
      if (event.type === 'token') tokens.push(event.id ?? event.text);
    }
  }
  return engine.capabilities.promptForm === 'tokens' ? tokens : [...tokens.join('')];
}
