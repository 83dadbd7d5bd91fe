// store: organisations, accounts, keys, limits, the ledger and the audit log, over SQLite and PostgreSQL.
export { openStore, type Store, type StoreOptions } from './open-store.ts';
export { newIdentifier, parseIdentifier, unknownIdentifier } from './terms/identifiers.ts';
