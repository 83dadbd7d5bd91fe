// GET /, /health, /healthz and /readyz: whether the server lives, and whether it takes requests.
import type { GatewayContext } from '../context.ts';
import type { Handle } from './route.ts';

/** What Ollama's clients look for before anything else. */
export const showWord: Handle = (_, __, reply) => reply.type('text/plain').send('Tiegel is running');

export const showHealth: Handle = (_, __, reply) => reply.type('application/json').send('{"status":"ok"}');

export const showReadiness: Handle = (context, _, reply) => {
  const problem = problemOf(context);
  return reply.code(problem === undefined ? 200 : 503).send({ status: problem ?? 'ready' });
};

/** Why no request to a model is answered. */
function problemOf({ models, settlement }: GatewayContext): string | undefined {
  if (models.list().length === 0) return 'no model is admitted';
  return settlement.isWorking() ? undefined : 'what requests use cannot be recorded';
}
