// Who checks answers where a request has samples drawn until one is right: this program's own tasks, the form that the request asks for, and
// servers of the operator.
import type { Logger } from 'pino';
import { TiegelError } from '../base/index.ts';
import { type Checkers, formChecker } from '../gateway/index.ts';
import { createOutbound } from '../outbound/index.ts';
import { answerChecks } from '../tasks/index.ts';
import type { Environment } from './environment.ts';
import { openFormChecker } from './form-checker.ts';
import { openScorers, type Scorers } from './scorers.ts';

/** @throws TGL_ENVIRONMENT_INVALID where a server has the name of a checker of this program's own */
export function openCheckers(
  { scorers, scorerToken: token, offline }: Pick<Environment, 'scorers' | 'scorerToken' | 'offline'>,
  logger: Pick<Logger, 'warn'>,
): Scorers & AsyncDisposable {
  const taken = scorers.find(({ name }) => name === formChecker || taskCheckers.has(name));
  if (taken !== undefined)
    throw new TiegelError('TGL_ENVIRONMENT_INVALID', {
      ...{ name: 'TIEGEL_SCORERS', received: taken.name },
      expected: `names other than ${[...taskCheckers.keys(), formChecker].join(', ')}`,
    });
  const form = openFormChecker();
  const allowedOrigins = scorers.map(({ url }) => new URL(url).origin);
  const outbound = createOutbound({ offline, allowedOrigins });
  const { checkers, gauges } = openScorers({ scorers, token, outbound, logger });
  return {
    checkers: new Map([...taskCheckers, [formChecker, form.checker], ...checkers]),
    gauges,
    [Symbol.asyncDispose]: async () => {
      await form[Symbol.asyncDispose]();
      await outbound[Symbol.asyncDispose]();
    },
  };
}

const taskCheckers: Checkers = new Map(
  [...answerChecks].map(([task, checkOf]) => [
    task,
    (question) => {
      const check = checkOf(question);
      return check && ((answer) => check(answer).correct);
    },
  ]),
);
