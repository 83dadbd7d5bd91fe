// The thread that judges whether answers have the form of a schema.

import type { FormQuestion } from './form-checker.ts';
import { hasForm } from './has-form.ts';
import { answerQuestions } from './thread/answer-questions.ts';

answerQuestions(({ schema, answer }: FormQuestion) => hasForm(schema, answer));
