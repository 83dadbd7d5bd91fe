// GET /, /health, /healthz and /readyz: whether the server lives, and whether it takes requests.
import type { Handle } from './route.ts';

/** What Ollama's clients look for before anything else. */
export const showWord: Handle = (_, __, reply) => reply.type('text/plain').send('Tiegel is running');

export const showHealth: Handle = (_, __, reply) => reply.type('application/json').send('{"status":"ok"}');

export const showReadiness: Handle = ({ models }, _, reply) => {
  const ready = models.list().length > 0;
  const status = ready ? 'ready' : 'no model is admitted';
  return reply.code(ready ? 200 : 503).send({ status });
};
