// Identifiers of organisations and what belongs to them. Each kind is a type of its own: a query without its organisation, or
// with the identifier of something else, is a type error.

declare const kind: unique symbol;

export type Identifier<Kind extends IdentifierKind> = string & { readonly [kind]: Kind };

export type IdentifierKind = 'organisation' | 'account' | 'principal' | 'key' | 'session';

export type OrganisationId = Identifier<'organisation'>;
export type AccountId = Identifier<'account'>;
export type PrincipalId = Identifier<'principal'>;
export type KeyId = Identifier<'key'>;
export type SessionId = Identifier<'session'>;
