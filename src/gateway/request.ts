// One request from its arrival to its record, the same object on the bare path and behind Fastify. It knows who asks and
// when its client has gone, and is recorded exactly once where it was one to a model.
import type { IncomingMessage, ServerResponse } from 'node:http';
import { type Clock, type EnginePlace, TiegelError } from '../base/index.ts';
import {
  type ChoiceRecord,
  noUsage,
  type Principal,
  type RequestRecord,
  type TokenUsage,
} from '../traffic/index.ts';
import type { Grant } from './access/gate.ts';
import type { KeyedRun } from './idempotency.ts';

/** The reason of a signal that was aborted because nobody waits for the answer any more. */
export const clientGone: Error = new Error('The client has gone.');

/** Something that was measured in milliseconds from the arrival on; null before it came. */
type Moment = number | null;

export class GatewayRequest {
  readonly id: string;
  readonly raw: IncomingMessage;
  readonly response: ServerResponse;
  /** Milliseconds since the Unix epoch. */
  readonly arrived: number;
  /** Path of the route, and the name of what is spoken there. */
  route = '';
  dialect = '';
  /** The request of a client that it is a tier of. */
  tierOf: RequestRecord['tierOf'] = undefined;
  /** Its tiers are requests of their own, of which so many passed the gate. */
  isSpread = false;
  tiersLetIn = 0;
  principal: Principal | null = null;
  model: { readonly name: string; readonly admissionKey: string } | null = null;
  /** Where it may be answered. */
  places: readonly EnginePlace[] = noPlaces;
  /** Of the data policy that allowed it. */
  policyVersion: number | null = null;
  /** Since it passed the gate. */
  grant: Grant | null = null;
  /** Where it runs under an idempotency key. */
  keyedRun: KeyedRun | null = null;
  /** Milliseconds for which its client lets the events of a stream be gathered. */
  gatherMs = 0;
  hasEnded = false;
  /** Something of the answer was written, so that a failure has to be told in it. */
  hasAnswered = false;
  firstTokenMs: Moment = null;
  firstAnswerMs: Moment = null;
  waitedMs: Moment = null;
  /** How many of them, one after another, share a prompt. */
  choicesOfPrompt = 1;
  /** Headers that its answer will have, whatever it is: names and values in turns. */
  readonly #noted: string[] = [];

  readonly #clock: Clock;
  readonly #started: number;
  #controller: AbortController | undefined;
  #choices: () => readonly ChoiceRecord[] = noChoices;

  constructor(id: string, raw: IncomingMessage, response: ServerResponse, clock: Clock) {
    this.id = id;
    this.raw = raw;
    this.response = response;
    this.arrived = clock.now();
    this.#clock = clock;
    this.#started = clock.monotonic();
  }

  /** Milliseconds since it arrived. */
  elapsed(): number {
    return this.#clock.monotonic() - this.#started;
  }

  /** Aborts when its client has gone, or something else ends it. */
  get signal(): AbortSignal {
    return this.#open().signal;
  }

  /**
   * Has to be called before anything more of its reply is sent.
   *
   * @throws what says so where the time of what it holds is over
   */
  requireCurrent(): void {
    if (this.grant !== null) for (const term of this.grant.terms) term.requireCurrent();
  }

  /** Ends whatever runs under its signal. */
  abort(reason: unknown): void {
    this.#open().abort(reason);
  }

  /** Its client is watched no longer. */
  close(): void {
    this.raw.socket.removeListener('close', this.#hangUp);
  }

  /** Adds a header to its answer. One that is set on the response by itself would cost several times as much. */
  noteHeader(name: string, value: string): void {
    this.#noted.push(name, value);
  }

  /** Takes over the headers of another one's answer, in the place of those of the same names. */
  takeHeadersOf(other: GatewayRequest): void {
    const names = new Set(other.#noted.filter((_, index) => index % 2 === 0));
    const kept = this.#noted.filter((_, index) => !names.has(this.#noted[index - (index % 2)] as string));
    this.#noted.splice(0, this.#noted.length, ...kept, ...other.#noted);
  }

  /** The headers of its answer, names and values in turns: what was noted, its identifier, and more of them. */
  headersWith(requestIdHeader: string, ...more: readonly string[]): string[] {
    return [...this.#noted, requestIdHeader, this.id, ...more];
  }

  /** What its replies came to so far. */
  choices(): readonly ChoiceRecord[] {
    return this.#choices();
  }

  /** Asks there from now on what its replies came to. */
  askForChoices(choices: () => readonly ChoiceRecord[]): void {
    this.#choices = choices;
  }

  /** Of all choices together, so far. */
  usage(): TokenUsage {
    return usageOf(this.choices(), this.choicesOfPrompt);
  }

  record(outcome: RequestRecord['outcome']): RequestRecord {
    const choices = this.choices();
    return {
      requestId: this.id,
      ...(this.tierOf !== undefined && { tierOf: this.tierOf }),
      ...(this.isSpread && { isSpread: true }),
      principal: this.principal,
      model: this.model?.name ?? null,
      admissionKey: this.model?.admissionKey ?? null,
      places: this.places,
      policyVersion: this.policyVersion,
      route: this.route,
      dialect: this.dialect,
      outcome,
      usage: usageOf(choices, this.choicesOfPrompt),
      choices,
      arrived: this.arrived,
      firstTokenMs: this.firstTokenMs,
      firstAnswerMs: this.firstAnswerMs,
      durationMs: this.elapsed(),
      waitedMs: this.waitedMs,
    };
  }

  readonly #hangUp = (): void => this.#controller?.abort(clientGone);

  #open(): AbortController {
    if (this.#controller !== undefined) return this.#controller;
    this.#controller = new AbortController();
    // The socket, not the response: a pipelined request waits without a socket of its own.
    const { socket } = this.raw;
    if (socket.destroyed) this.#hangUp();
    else socket.once('close', this.#hangUp);
    return this.#controller;
  }
}

type Carrier = IncomingMessage & { [carried]?: GatewayRequest };

const carried = Symbol('GatewayRequest');

/** Handlers that are given the raw request find this one by it. */
export function carryRequest(request: GatewayRequest): void {
  (request.raw as Carrier)[carried] = request;
}

/** @throws TypeError for a request that was never carried */
export function requestOf(raw: IncomingMessage): GatewayRequest {
  const request = (raw as Carrier)[carried];
  if (request === undefined) throw new TypeError('requestOf: the request did not come by the server');
  return request;
}

const noPlaces: readonly EnginePlace[] = [];
const none: readonly ChoiceRecord[] = [];
const noChoices = (): readonly ChoiceRecord[] => none;

/** A prompt counts once for all choices that share it, with what the first one found of it in the cache. */
function usageOf(choices: readonly ChoiceRecord[], choicesOfPrompt: number): TokenUsage {
  if (choices.length <= 1) return choices[0]?.usage ?? noUsage;
  let [promptTokens, cachedPromptTokens, completionTokens, reasoningTokens] = [0, 0, 0, 0];
  let counted = -1;
  for (const [choice, { usage }] of choices.entries()) {
    const prompt = Math.floor(choice / choicesOfPrompt);
    if (usage.promptTokens > 0 && prompt !== counted) {
      counted = prompt;
      promptTokens += usage.promptTokens;
      cachedPromptTokens += usage.cachedPromptTokens;
    }
    completionTokens += usage.completionTokens;
    reasoningTokens += usage.reasoningTokens;
  }
  return { promptTokens, cachedPromptTokens, completionTokens, reasoningTokens };
}

/** What came of a request that ended with an error. */
export function outcomeOf(error: unknown, request: GatewayRequest): RequestRecord['outcome'] {
  if (error === clientGone) return { type: 'client-gone' };
  const known = TiegelError.isInstance(error) ? error : undefined;
  const code = known?.code ?? 'TGL_INTERNAL';
  const gaveNothing =
    request.firstTokenMs === null && request.choices().every(({ usage }) => usage.completionTokens === 0);
  const passed = request.grant !== null || request.tiersLetIn > 0;
  const refused = !passed || (gaveNothing && known !== undefined && known.status < 500);
  return { type: refused ? 'refused' : 'failed', code };
}
