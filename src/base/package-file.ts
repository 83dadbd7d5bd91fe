// What `package.json` says of this program: its version, and the exact versions of the packages that it runs on.
import { readFileSync } from 'node:fs';

export type PackageFile = {
  readonly version: string;
  readonly dependencies: Readonly<Record<string, string>>;
  /** Those for some platforms only. */
  readonly optionalDependencies: Readonly<Record<string, string>>;
};

export function readPackageFile(): PackageFile {
  return JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8')) as PackageFile;
}
