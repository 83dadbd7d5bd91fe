// Where an engine stands and who runs it, in the codes of ISO 3166: what a data policy decides by. All of it is declared by
// the operator; nothing is guessed from an address.
import { isCountry } from './countries.ts';

/** A legal entity, and the country whose law it is under. */
export type EngineOperator = { readonly name: string; readonly country: string };

/** What somebody has to declare about an engine; what is absent was not declared. */
export type DeclaredPlace = {
  /** A country by ISO 3166-1, such as `DE`, or a part of one by ISO 3166-2, such as `DE-BE`. */
  readonly region?: string;
  /** Absent where it runs on hardware of whoever runs Tiegel. */
  readonly operator?: EngineOperator;
  readonly ownHardware?: true;
};

/** One engine, or one replica of it, with its place. */
export type EnginePlace = {
  /** Null where nobody declared it. */
  readonly region: string | null;
  /** Null on own hardware, and where nobody declared it. */
  readonly operator: EngineOperator | null;
  readonly ownHardware: boolean;
  /** Name or address of the server; null within this machine. */
  readonly host: string | null;
};

const maxOperatorName = 200;

/** Whether a text is a region; subdivisions are checked by their form and their country. */
export function isRegion(text: string): boolean {
  const country = /^([A-Z]{2})(?:-[A-Z0-9]{1,3})?$/.exec(text)?.[1];
  return country !== undefined && isCountry(country);
}

/** Whether `region` is `area` or a part of it. */
export function isWithinRegion(region: string, area: string): boolean {
  return region === area || region.startsWith(`${area}-`);
}

/** Whether a text can be the name of a legal entity: one line, neither empty nor endless. */
export function isOperatorName(text: string): boolean {
  return text.trim() === text && text.length > 0 && text.length <= maxOperatorName && !/\p{C}/u.test(text);
}

/** What is wrong with a declaration, in a sentence without a full stop; undefined where nothing is. */
export function placeProblem({ region, operator, ownHardware }: DeclaredPlace): string | undefined {
  if (region !== undefined && !isRegion(region))
    return `the region ${JSON.stringify(region)} is neither a country code of ISO 3166-1 nor a subdivision code of ISO 3166-2, such as DE or DE-BE`;
  if (operator === undefined) return undefined;
  if (ownHardware) return 'own hardware has no other operator';
  if (!isOperatorName(operator.name))
    return `the name of the operator is not one line of 1 to ${maxOperatorName} characters`;
  if (!isCountry(operator.country))
    return `the operator's country ${JSON.stringify(operator.country)} is not a country code of ISO 3166-1, such as DE`;
  return undefined;
}

/** A place in a few words, for people. */
export function placeText({ region, operator, ownHardware }: Omit<EnginePlace, 'host'>): string {
  const where = region ?? 'undeclared region';
  if (ownHardware) return `${where}, own hardware`;
  return operator === null
    ? `${where}, undeclared operator`
    : `${where}, ${operator.name} (${operator.country})`;
}
