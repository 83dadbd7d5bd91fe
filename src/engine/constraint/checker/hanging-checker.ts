// A checker's child for tests: passes every constraint as it is, works for a minute on those that say "hang", and ends itself
// on those that say "crash".
import { systemClock } from '../../../base/index.ts';
import { type CheckReply, checkCommand } from './messages.ts';

const send = (reply: CheckReply): void => void process.send?.(reply);

process.on('message', (message) => {
  const { check, constraint } = checkCommand.parse(message);
  const until = systemClock.monotonic() + 60_000;
  while (constraint.includes('hang') && systemClock.monotonic() < until);
  if (constraint.includes('crash')) process.exit(1);
  send({ type: 'passed', check, grammar: constraint });
});
process.on('disconnect', () => process.exit());
send({ type: 'ready' });
