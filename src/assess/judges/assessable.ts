// What is checked before any judge rules. A reply about which no judge can say anything is unassessed for all of them:
// a server's error message that arrived as an answer, and anything in a language that the judge was not measured on.
import type { Attempt, Item, Judge, Language, Ruling } from '../terms/trial.ts';
import { type PassageLanguage, passagesOf } from './passages.ts';
import { saidAnswer } from './said.ts';

/** A judge's ruling on an attempt; every ruling of an assessment comes from here. */
export async function ruleOn(judge: Judge, item: Item, attempt: Attempt): Promise<Ruling> {
  const { languages } = judge;
  const nothing = (reason: string): Ruling => ({ answer: 'unassessed', reasoning: 'unassessed', reason });
  const answer = saidAnswer(attempt);
  const error = errorText(answer);
  if (error !== null) return nothing(error);
  if (languages === undefined) return judge.rule(item, attempt);
  if (!languages.includes(item.language)) return nothing(`the judge was not measured on ${item.language}`);
  const ruling = await judge.rule(item, attempt);
  const problem = unmeasured(languages, answer);
  return problem === null ? ruling : { ...ruling, answer: 'unassessed', reason: problem };
}

function unmeasured(languages: readonly Language[], answer: string): string | null {
  const passages = passagesOf(answer);
  const measured = (language: PassageLanguage | null): boolean =>
    language === null || (language !== 'other' && languages.includes(language));
  if (passages.length === 0 || passages.some(({ language }) => measured(language))) return null;
  return 'the answer is in a language that the judge was not measured on';
}

/** Longer texts are about errors rather than being one. */
const maxErrorLength = 600;

const messages = [
  /^(?:error[:\s]*)?(?:http(?:\/\d(?:\.\d)?)?\s*)?(?:status\s*(?:code)?\s*:?\s*)?[45]\d\d\b[\s:,.–-]*[\w\s'-]{0,60}[.!]?$/i,
  /^(?:error:?\s*)?(?:internal (?:server )?error|bad gateway|bad request|service (?:is )?(?:temporarily )?unavailable|gateway time-?out|request time-?out|too many requests|unauthori[sz]ed|forbidden|not found|payload too large|method not allowed|upstream (?:request )?(?:error|timeout)|connection (?:refused|reset(?: by peer)?|error|timed out)|no healthy upstream|stream (?:error|disconnected)[^\n]*|model (?:is )?(?:currently )?(?:overloaded|loading)[^\n]*|context deadline exceeded|out of memory|cuda (?:error|out of memory)[^\n]*)[.!]?$/i,
  /^upstream connect error\b/i,
  /^(?:error:?\s*)?(?:you (?:have )?(?:exceeded|reached)|your)[^\n]*\b(?:rate[ -]?limit|quota|credits?|api key)\b[^\n]*$/i,
  /^(?:error:?\s*)?(?:rate[ -]?limit(?:ed)?|quota|insufficient (?:quota|balance|credits?)|invalid api key|incorrect api key)\b[^\n]{0,300}$/i,
  /^(?:error:?\s*)?(?:the server (?:is|was|had)|server error|an? (?:unexpected |internal |unknown )?(?:server )?error (?:has )?occurred)\b[^\n]{0,200}$/i,
  /^(?:[A-Za-z_.]*(?:Error|Exception)):\s[^\n]{0,300}$/,
  /^Traceback \(most recent call last\):/,
];

/** Why a text is a server's message and not an answer; null if it may be an answer. */
export function errorText(answer: string): string | null {
  const text = answer.trim();
  if (text === '') return null;
  const problem = 'the answer is an error message of a server';
  if (/^(?:<!doctype html|<html\b|<\?xml)/i.test(text)) return errorPage(text) ? problem : null;
  if (/^[{[]/.test(text)) return errorBody(text) ? problem : null;
  return text.length <= maxErrorLength && messages.some((message) => message.test(text)) ? problem : null;
}

function errorPage(text: string): boolean {
  const title =
    /<title>([^<]{0,200})<\/title>/i.exec(text)?.[1] ?? /<h1[^>]*>([^<]{0,200})<\/h1>/i.exec(text)?.[1] ?? '';
  const code = /<Code>[A-Za-z]+<\/Code>/.test(text);
  return (
    code ||
    /\b[45]\d\d\b|\berror\b|gateway|unavailable|forbidden|denied|too many requests|just a moment|time-?out/i.test(
      title,
    )
  );
}

/** The error bodies of APIs: `error`, or a `detail`, `message` or `fault` beside nothing but codes. */
function errorBody(text: string): boolean {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return false;
  }
  const body = Array.isArray(value) ? value[0] : value;
  if (typeof body !== 'object' || body === null) return false;
  const keys = Object.keys(body);
  if (keys.includes('error') || keys.includes('errors') || keys.includes('fault')) return true;
  const around = [
    'code',
    'status',
    'statusCode',
    'status_code',
    'type',
    'param',
    'request_id',
    'requestId',
    'object',
    'path',
    'timestamp',
  ];
  const says = keys.some((key) => key === 'detail' || key === 'message');
  return says && keys.every((key) => ['detail', 'message', ...around].includes(key));
}
