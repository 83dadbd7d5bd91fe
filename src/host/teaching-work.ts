// How far a training is, as terminals and jobs tell it.
import type { TeachProgress } from '../teach/index.ts';
import type { WorkProgress } from './context.ts';

export function teachingWork(progress: Exclude<TeachProgress, { readonly doing: 'watched' }>): WorkProgress {
  if (progress.doing === 'export') return { doing: 'Writing the model' };
  if (progress.doing === 'evaluation') {
    const { of, done, total } = progress;
    return { doing: `Evaluating ${of}`, count: { done, total, unit: 'parts' } };
  }
  const { stage, metrics, share, secondsLeft } = progress.progress;
  const { policy } = metrics;
  const figures = policy
    ? `${(100 * policy.accuracy).toFixed(1)} % right · entropy ${policy.entropy.toFixed(3)}`
    : `loss ${metrics.loss.toFixed(4)} · ${metrics.tokensPerSecond.toLocaleString('en')} tokens/s`;
  return {
    doing: stage,
    count: { done: 100 * share, total: 100, unit: 'percent', secondsLeft },
    detail: `step ${metrics.step} · ${figures}`,
  };
}
