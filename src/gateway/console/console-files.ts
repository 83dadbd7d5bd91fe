// What the gateway needs of the host to show the console: the files of its build, by names that the build has given them.

export type ContentEncoding = 'br' | 'gzip' | 'identity';

export type ConsoleFile = {
  /** As in the header. */
  readonly type: string;
  /** Of the content, in hexadecimal digits. */
  readonly digest: string;
  /** The name holds a digest of the content, which is never another under that name. */
  readonly namedByContent: boolean;
  /** Text becomes shorter by it; pictures and fonts are so already. */
  readonly compressible: boolean;
  readonly encoded: (encoding: ContentEncoding) => Promise<Uint8Array>;
};

export type ConsoleFiles = {
  /** Undefined for a name that the build has not given: names are compared, and never become paths. */
  readonly read: (name: string) => Promise<ConsoleFile | undefined>;
};
