// Which tests elsewhere belong to a folder, because what it does shows only behind what fills its ports. Tests that go over
// every field or every route at length are left out: each mutant would run them, and the folder's own tests go over them too.
export const furtherTests: ReadonlyMap<string, readonly string[]> = new Map([
  [
    'gateway',
    [
      'src/host/administration-once.test.ts',
      'src/host/administration/administration.test.ts',
      'src/host/idempotency.test.ts',
      'src/host/metering/read-usage.test.ts',
      'test/integration/oidc.test.ts',
      'test/integration/people.test.ts',
      'test/integration/policies-over-http.test.ts',
      'test/integration/sessions.test.ts',
    ],
  ],
]);
