// The thread that simulates fleets.
import { curveOf, planRequests, scaleVolume } from '../../meter/index.ts';
import { hostedMoneyAt } from '../../prices/index.ts';
import { answerQuestions } from '../thread/answer-questions.ts';
import type { FleetQuestion } from './plan-question.ts';
import { growthRandom, maxReplicas, shownBeyond } from './plan-question.ts';

answerQuestions(({ trace, speeds, promptTokensPerSecond, growth, hosted, ...options }: FleetQuestion) =>
  planRequests(
    growth === 1 ? trace : scaleVolume(trace, growth, growthRandom()),
    curveOf(speeds, promptTokensPerSecond),
    {
      ...{ ...options, most: maxReplicas, beyond: shownBeyond },
      moneyOf: hosted === null ? undefined : hostedMoneyAt(hosted.name, hosted.at)?.moneyOf,
    },
  ),
);
