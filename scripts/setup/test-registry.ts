// A package registry on loopback, for tests: what it holds is made here, and it counts what is taken.
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { gzipSync } from 'node:zlib';

export type TestPackage = {
  readonly name: string;
  readonly dependencies?: Readonly<Record<string, string>>;
};

export type TestRegistry = AsyncDisposable & {
  readonly address: string;
  /** Digest of the archive of a package, as a lockfile has it. */
  readonly integrity: (name: string) => string;
  /** Names of the packages whose archives were taken, in order. */
  readonly taken: readonly string[];
  /** From now on archives are begun and never ended; the call waits for the first. */
  readonly stall: () => Promise<void>;
  readonly resume: () => void;
};

/** @param packages all of version 1.0.0 */
export async function startTestRegistry(packages: readonly TestPackage[]): Promise<TestRegistry> {
  const archives = new Map(packages.map((one) => [one.name, archiveOf(one)]));
  const taken: string[] = [];
  let stalled: (() => void) | undefined;
  const give = (name: string, reply: ServerResponse): void => {
    taken.push(name);
    const archive = archives.get(name) as Buffer;
    reply.writeHead(200, { 'content-length': archive.length });
    if (stalled === undefined) return void reply.end(archive);
    reply.write(archive.subarray(0, 10));
    stalled();
  };
  const server = createServer((request, reply) => {
    const [name = '', archive] = decodeURIComponent(request.url ?? '')
      .slice(1)
      .split('/-/');
    const found = packages.find((one) => one.name === name);
    if (found === undefined) return void reply.writeHead(404).end('{}');
    if (archive !== undefined) return give(name, reply);
    const dist = {
      tarball: `${address}/${name}/-/${name}-1.0.0.tgz`,
      integrity: integrityOf(archives.get(name) as Buffer),
    };
    const version = { ...manifestOf(found), dist };
    reply.end(JSON.stringify({ name, 'dist-tags': { latest: '1.0.0' }, versions: { '1.0.0': version } }));
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return {
    address,
    integrity: (name) => integrityOf(archives.get(name) as Buffer),
    taken,
    stall: () =>
      new Promise((resolve) => {
        stalled = resolve;
      }),
    resume: () => {
      stalled = undefined;
    },
    [Symbol.asyncDispose]: async () => {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}

function manifestOf({ name, dependencies = {} }: TestPackage) {
  return { name, version: '1.0.0', dependencies };
}

function integrityOf(archive: Buffer): string {
  return `sha512-${createHash('sha512').update(archive).digest('base64')}`;
}

/** A gzipped tar (ustar) with the package's manifest and nothing else. */
function archiveOf(one: TestPackage): Buffer {
  const content = Buffer.from(JSON.stringify(manifestOf(one)));
  const header = Buffer.alloc(512);
  const put = (text: string, at: number): void => void header.write(text, at, 'latin1');
  put('package/package.json', 0);
  put('0000644\0', 100);
  put(`${content.length.toString(8).padStart(11, '0')}\0`, 124);
  put('        ', 148);
  put('0', 156);
  put('ustar\x0000', 257);
  const sum = header.reduce((total, byte) => total + byte, 0);
  put(`${sum.toString(8).padStart(6, '0')}\0 `, 148);
  const padding = Buffer.alloc((512 - (content.length % 512)) % 512);
  return gzipSync(Buffer.concat([header, content, padding, Buffer.alloc(1024)]));
}
