type Locked = Readonly<Record<string, unknown>>;

export function installProject(
  directory: string,
  dependencies: Readonly<Record<string, string>>,
  optionalDependencies: Readonly<Record<string, string>>,
  packages: Readonly<Record<string, Locked>>,
):
  | {
      readonly code: keyof typeof import('../../src/base/errors/setup.json');
      readonly details: { readonly path: string; readonly reason: string };
    }
  | undefined;
