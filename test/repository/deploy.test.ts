// What stands in deploy/ cannot be run by the tests, which have neither containers nor a cluster. They read it instead: its form,
// that what refers to something finds it, and that it starts the program as the program is.
import { expect, test } from 'vitest';
import { parseAllDocuments } from 'yaml';
import { commands } from '../../src/cli/commands.ts';
import { filesBelow } from './source-files.ts';

/** A part of a document, asked by path. */
type Part = { readonly [name: string]: unknown };

const files = filesBelow('deploy', ['.yaml']);
const sources = filesBelow('src', ['.ts'])
  .map(({ text }) => text)
  .join('\n');

function documentsIn(text: string): readonly Part[] {
  return parseAllDocuments(text, { merge: true, strict: true, uniqueKeys: true }).map((document) => {
    expect(document.errors).toEqual([]);
    expect(document.warnings).toEqual([]);
    return document.toJS() as Part;
  });
}

function at(part: unknown, path: string): unknown {
  return path.split('.').reduce<unknown>((value, name) => (value as Part | undefined)?.[name], part);
}

function listAt(part: unknown, path: string): readonly Part[] {
  return (at(part, path) ?? []) as readonly Part[];
}

const manifests = files
  .filter(({ path }) => path.startsWith('deploy/kubernetes/'))
  .map(({ path, text }) => ({ path, documents: documentsIn(text) }));

const podsOf = (documents: readonly Part[]) =>
  documents.filter((document) => at(document, 'spec.template.spec.containers') !== undefined);

const containersOf = (workload: Part) => [
  ...listAt(workload, 'spec.template.spec.initContainers'),
  ...listAt(workload, 'spec.template.spec.containers'),
];

test('there are manifests of one gateway and of two, and a compose file', () => {
  expect(files.map(({ path }) => path)).toEqual([
    'deploy/compose.yaml',
    'deploy/kubernetes/postgres.yaml',
    'deploy/kubernetes/ray-serve.yaml',
    'deploy/kubernetes/tiegel.yaml',
    'deploy/kubernetes/two-gateways.yaml',
    'deploy/kubernetes/vllm.yaml',
  ]);
});

test.each(manifests)('$path: each document has a kind and a name of its own', ({ documents }) => {
  const names = documents.map((document) => {
    expect(document).toMatchObject({ apiVersion: expect.stringMatching(/^[\w./-]*v\d\w*$/) });
    return [document.kind, at(document, 'metadata.name')].join('/');
  });
  expect(names.every((name) => /^[A-Z]\w+\/[a-z][a-z0-9-]*$/.test(name))).toBe(true);
  expect(new Set(names).size).toBe(names.length);
});

test.each(manifests)('$path: selectors, ports, volumes and claims find what they name', ({ documents }) => {
  for (const workload of podsOf(documents)) {
    const labels = at(workload, 'spec.template.metadata.labels');
    expect(labels).toMatchObject(at(workload, 'spec.selector.matchLabels') as object);
    const volumes = [
      ...listAt(workload, 'spec.template.spec.volumes').map(({ name }) => name),
      ...listAt(workload, 'spec.volumeClaimTemplates').map((claim) => at(claim, 'metadata.name')),
    ];
    for (const container of containersOf(workload))
      for (const { name } of listAt(container, 'volumeMounts')) expect(volumes).toContain(name);
    for (const volume of listAt(workload, 'spec.template.spec.volumes')) {
      const claim = at(volume, 'persistentVolumeClaim.claimName');
      if (claim === undefined) continue;
      expect(
        documents
          .filter(({ kind }) => kind === 'PersistentVolumeClaim')
          .map((one) => at(one, 'metadata.name')),
      ).toContain(claim);
    }
  }
  for (const service of documents.filter(({ kind }) => kind === 'Service')) {
    const [workload] = podsOf(documents).filter((one) => {
      const labels = at(one, 'spec.template.metadata.labels') as Part;
      return Object.entries(at(service, 'spec.selector') as Part).every(
        ([name, value]) => labels[name] === value,
      );
    });
    const open = containersOf(workload as Part).flatMap((one) =>
      listAt(one, 'ports').map(({ containerPort }) => containerPort),
    );
    for (const { port } of listAt(service, 'spec.ports')) expect(open).toContain(port);
  }
});

test('every secret that is asked for is made by the commands above a manifest', () => {
  const made = files.flatMap(({ text }) => {
    const commands = text.replaceAll(/\\\n# +/g, ' ').matchAll(/secret generic (\S+)(.*)/g);
    return [...commands].flatMap(([, name, literals = '']) =>
      [...literals.matchAll(/--from-literal=(\w+)=/g)].map(([, key]) => `${name}/${key}`),
    );
  });
  const asked = manifests.flatMap(({ documents }) =>
    podsOf(documents).flatMap((workload) =>
      containersOf(workload).flatMap((container) =>
        listAt(container, 'env').flatMap((variable) => {
          const reference = at(variable, 'valueFrom.secretKeyRef') as Part | undefined;
          return reference === undefined ? [] : [`${reference.name}/${reference.key}`];
        }),
      ),
    ),
  );
  expect(asked.length).toBeGreaterThan(5);
  expect(asked.filter((secret) => !made.includes(secret))).toEqual([]);
});

type Service = Part & { readonly command?: readonly string[]; readonly environment?: Part };

const compose = documentsIn(files.find(({ path }) => path === 'deploy/compose.yaml')?.text ?? '')[0] as Part;
const services = compose.services as Readonly<Record<string, Service>>;

test('the compose file has two gateways, which find what they depend on, and volumes that are declared', () => {
  expect(Object.keys(services)).toEqual(['gateway-1', 'gateway-2', 'postgres', 'vllm']);
  const declared = Object.keys(compose.volumes as Part);
  const published = new Set<string>();
  for (const service of Object.values(services)) {
    for (const name of Object.keys((service.depends_on as Part) ?? {})) {
      expect(services[name]).toBeDefined();
      expect(services[name]).toHaveProperty('healthcheck');
    }
    for (const volume of (service.volumes ?? []) as readonly string[])
      expect(declared).toContain(volume.split(':')[0]);
    for (const port of (service.ports ?? []) as readonly string[]) {
      expect(port).toMatch(/^127\.0\.0\.1:\d+:\d+$/);
      expect(published.has(port)).toBe(false);
      published.add(port);
    }
  }
  expect(services['gateway-1']?.environment).toEqual(services['gateway-2']?.environment);
  expect(published.size).toBe(2);
});

/** The command lines of the program that are started anywhere. */
const commandLines: readonly (readonly string[])[] = [
  ...manifests.flatMap(({ documents }) =>
    podsOf(documents).flatMap((workload) =>
      containersOf(workload)
        .filter(({ image }) => String(image).includes('/tiegel:'))
        .map(({ args }) => args as readonly string[]),
    ),
  ),
  ...(services['gateway-1']?.command ?? []).flatMap((script) =>
    [...script.replaceAll('\\\n', ' ').matchAll(/src\/cli\/main\.ts (.*)/g)].map(([, line = '']) =>
      line.trim().split(/\s+/),
    ),
  ),
];

test.each(commandLines.map((line) => [line.join(' '), line] as const))(
  'the program knows `tiegel %s`',
  (_, [first, ...rest]) => {
    const command = commands.find(({ name }) => name === first);
    const nested = command?.commands?.find(({ name }) => name === rest[0]);
    const known = [...(command?.options ?? []), ...(nested?.options ?? [])].map(
      ({ flags }) => /^--[\w-]+/.exec(flags)?.[0],
    );
    const given = rest.flatMap((word) => /^--[\w-]+/.exec(word)?.[0] ?? []);
    expect(command?.commands === undefined || nested !== undefined).toBe(true);
    expect(given.filter((flag) => !known.includes(flag))).toEqual([]);
  },
);

test('there are command lines, and every variable that is set is one that the program reads', () => {
  expect(commandLines.length).toBeGreaterThanOrEqual(6);
  const names = files.flatMap(({ text }) => [...text.matchAll(/\bTIEGEL_\w+/g)].map(([name]) => name));
  expect([...new Set(names)].filter((name) => !sources.includes(name))).toEqual([]);
  expect(names).toEqual(expect.arrayContaining(['TIEGEL_DATABASE', 'TIEGEL_PEPPER', 'TIEGEL_REGION']));
});
