// The thread that reads and verifies evidence.
import { workerData } from 'node:worker_threads';
import { answerQuestions } from '../thread/answer-questions.ts';
import { questionAnswerer, type ReaderSetup } from './answer-question.ts';

answerQuestions(questionAnswerer(workerData as ReaderSetup));
