// A dialect of Kysely whose every call into the database passes one function: it may turn what is thrown into a typed error, or
// fail where a test wants it to.
import type {
  CompiledQuery,
  DatabaseConnection,
  Dialect,
  Driver,
  QueryResult,
  TransactionSettings,
} from 'kysely';

export type DatabaseCall =
  | { readonly type: 'connect' | 'begin' | 'commit' | 'rollback' }
  | { readonly type: 'query'; readonly sql: string };

export type Around = <Value>(call: DatabaseCall, run: () => Promise<Value>) => Promise<Value>;

export function aroundDialect(dialect: Dialect, around: Around): Dialect {
  return {
    createAdapter: () => dialect.createAdapter(),
    createQueryCompiler: () => dialect.createQueryCompiler(),
    createIntrospector: (database) => dialect.createIntrospector(database),
    createDriver: () => {
      // The one connection of SQLite is always there, and Kysely relies on that.
      const { supportsMultipleConnections: connects } = dialect.createAdapter();
      const connecting: Around = (call, run) =>
        call.type === 'connect' && !connects ? run() : around(call, run);
      return aroundDriver(dialect.createDriver(), connecting);
    },
  };
}

function aroundDriver(driver: Driver, around: Around): Driver {
  const inner = new WeakMap<DatabaseConnection, DatabaseConnection>();
  const innerOf = (connection: DatabaseConnection): DatabaseConnection => inner.get(connection) ?? connection;
  return {
    init: (options) => around({ type: 'connect' }, () => driver.init(options)),
    acquireConnection: async (options) => {
      const connection = await around({ type: 'connect' }, () => driver.acquireConnection(options));
      const outer = aroundConnection(connection, around);
      inner.set(outer, connection);
      return outer;
    },
    beginTransaction: (connection: DatabaseConnection, settings: TransactionSettings) =>
      around({ type: 'begin' }, () => driver.beginTransaction(innerOf(connection), settings)),
    commitTransaction: (connection) =>
      around({ type: 'commit' }, () => driver.commitTransaction(innerOf(connection))),
    rollbackTransaction: (connection) =>
      around({ type: 'rollback' }, () => driver.rollbackTransaction(innerOf(connection))),
    releaseConnection: (connection, options) => driver.releaseConnection(innerOf(connection), options),
    destroy: (options) => driver.destroy(options),
  };
}

function aroundConnection(connection: DatabaseConnection, around: Around): DatabaseConnection {
  return {
    executeQuery: <Row>(query: CompiledQuery): Promise<QueryResult<Row>> =>
      around({ type: 'query', sql: query.sql }, () => connection.executeQuery<Row>(query)),
    streamQuery: (query, chunkSize) => connection.streamQuery(query, chunkSize),
  };
}
