// Regular expressions with intersection and complement, by derivatives (Brzozowski, Derivatives of Regular Expressions,
// 1964; Owens, Reppy and Turon, Regular-expression derivatives re-examined, 2009). Equal expressions are the same object.
import { type CharacterSet, includes, refuseConstraint } from '../gbnf/grammar.ts';

export type Expression = {
  readonly id: number;
  /** It matches the empty text. */
  readonly nullable: boolean;
  readonly form: Form;
};

type Form =
  | { readonly type: 'nothing' | 'empty' }
  | { readonly type: 'characters'; readonly set: CharacterSet }
  | { readonly type: 'sequence'; readonly first: Expression; readonly rest: Expression }
  | { readonly type: 'either' | 'both'; readonly parts: readonly Expression[] }
  | { readonly type: 'not'; readonly part: Expression }
  | { readonly type: 'repeat'; readonly part: Expression; readonly least: number; readonly most: number };

export type Expressions = {
  /** Matches no text. */
  readonly nothing: Expression;
  readonly empty: Expression;
  readonly characters: (set: CharacterSet) => Expression;
  readonly sequence: (first: Expression, rest: Expression) => Expression;
  readonly either: (parts: readonly Expression[]) => Expression;
  readonly both: (parts: readonly Expression[]) => Expression;
  readonly not: (part: Expression) => Expression;
  readonly repeat: (part: Expression, least: number, most: number) => Expression;
  /** What may follow a character. */
  readonly derivative: (expression: Expression, character: number) => Expression;
  /** All sets that were made. */
  readonly sets: () => readonly CharacterSet[];
};

/** What the patterns of one constraint may cost together. */
export type PatternBudget = { readonly spend: (steps: number) => void };

const mostSteps = 25_000;

export function createPatternBudget(): PatternBudget {
  let steps = 0;
  return {
    spend: (more) => {
      steps += more;
      if (steps > mostSteps) refuseConstraint('its patterns are too complex');
    },
  };
}

/** All its functions throw TGL_CONSTRAINT_INVALID when the budget is spent. */
export function createExpressions(budget: PatternBudget): Expressions {
  const known = new Map<string, Expression>();
  const sets: CharacterSet[] = [];
  const derived = new Map<string, Expression>();

  const make = (key: string, nullable: boolean, form: Form): Expression => {
    const same = known.get(key);
    if (same !== undefined) return same;
    budget.spend(1);
    const expression = { id: known.size, nullable, form };
    known.set(key, expression);
    return expression;
  };
  const nothing = make('nothing', false, { type: 'nothing' });
  const empty = make('empty', true, { type: 'empty' });

  const characters = (set: CharacterSet): Expression => {
    if (set.length === 0) return nothing;
    const key = `[${set.join()}]`;
    if (!known.has(key)) sets.push(set);
    return make(key, false, { type: 'characters', set });
  };

  const sequence = (first: Expression, rest: Expression): Expression => {
    if (first === nothing || rest === nothing) return nothing;
    if (first === empty) return rest;
    if (rest === empty) return first;
    if (first.form.type === 'sequence') return sequence(first.form.first, sequence(first.form.rest, rest));
    const nullable = first.nullable && rest.nullable;
    return make(`${first.id}.${rest.id}`, nullable, { type: 'sequence', first, rest });
  };

  /** Everything, anchors included: the complement of nothing. */
  const everything = make(`!${nothing.id}`, true, { type: 'not', part: nothing });

  const combine = (type: 'either' | 'both', given: readonly Expression[]): Expression => {
    const [neutral, absorbing] = type === 'either' ? [nothing, everything] : [everything, nothing];
    const flat = given.flatMap((part) => (part.form.type === type ? part.form.parts : [part]));
    budget.spend(flat.length);
    const parts = [...new Set(flat)].filter((part) => part !== neutral).toSorted((a, b) => a.id - b.id);
    if (parts.includes(absorbing)) return absorbing;
    if (parts.length <= 1) return parts[0] ?? neutral;
    const nullable =
      type === 'either' ? parts.some((part) => part.nullable) : parts.every((part) => part.nullable);
    const key = parts.map(({ id }) => id).join(type === 'either' ? '|' : '&');
    return make(key, nullable, { type, parts });
  };

  const not = (part: Expression): Expression =>
    part.form.type === 'not' ? part.form.part : make(`!${part.id}`, !part.nullable, { type: 'not', part });

  const repeat = (part: Expression, least: number, most: number): Expression => {
    if (most === 0 || part === empty) return empty;
    if (part === nothing) return least === 0 ? empty : nothing;
    if (least === 1 && most === 1) return part;
    const nullable = least === 0 || part.nullable;
    return make(`${part.id}{${least},${most}}`, nullable, { type: 'repeat', part, least, most });
  };

  const derive = ({ form }: Expression, character: number): Expression => {
    switch (form.type) {
      case 'nothing':
      case 'empty':
        return nothing;
      case 'characters':
        return includes(form.set, character) ? empty : nothing;
      case 'sequence': {
        const inFirst = sequence(derivative(form.first, character), form.rest);
        return form.first.nullable ? combine('either', [inFirst, derivative(form.rest, character)]) : inFirst;
      }
      case 'either':
      case 'both':
        return combine(
          form.type,
          form.parts.map((part) => derivative(part, character)),
        );
      case 'not':
        return not(derivative(form.part, character));
      case 'repeat': {
        const { part, least, most } = form;
        return sequence(derivative(part, character), repeat(part, Math.max(0, least - 1), most - 1));
      }
    }
  };

  const derivative = (expression: Expression, character: number): Expression => {
    const key = `${expression.id}:${character}`;
    const same = derived.get(key);
    if (same !== undefined) return same;
    budget.spend(1);
    const result = derive(expression, character);
    derived.set(key, result);
    return result;
  };

  return {
    ...{ nothing, empty, characters, sequence, not, repeat, derivative },
    either: (parts) => combine('either', parts),
    both: (parts) => combine('both', parts),
    sets: () => sets,
  };
}
