// What is attested follows from the evidence, has the members that its published types ask for, and is signed.
import { createPublicKey, verify } from 'node:crypto';
import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { digestOf, manualClock } from '../../base/index.ts';
import { openCatalog } from '../../catalog/index.ts';
import { assess } from '../assess.ts';
import { bench } from '../fixture.ts';
import { reportWith } from '../reports/fixture.ts';
import { checkSignature, writeAttestation } from './attestation.ts';
import { attestationName, testResults, verificationSummary } from './statements.ts';

const report = reportWith('small');
const sha256 = /^[0-9a-f]{64}$/;

describe('statements', () => {
  test('a test result for every aspect: what was not decided has failed, what is only reported warns', () => {
    const statements = testResults(report);
    expect(statements.length).toBe(new Set(report.decided?.policy.criteria.map(({ aspect }) => aspect)).size);
    const seen: unknown[] = [];
    for (const { _type, subject, predicateType, predicate } of statements) {
      expect(_type).toBe('https://in-toto.io/Statement/v1');
      expect(predicateType).toBe('https://in-toto.io/attestation/test-result/v0.1');
      for (const { digest } of subject) expect(digest.sha256).toMatch(sha256);
      const { result, configuration, passedTests, warnedTests, failedTests } = predicate as Record<
        string,
        string[]
      >;
      expect(configuration?.length).toBeGreaterThan(0);
      const failed = failedTests?.length ?? 0;
      expect(result).toBe(failed > 0 ? 'FAILED' : (warnedTests?.length ?? 0) > 0 ? 'WARNED' : 'PASSED');
      seen.push(...(passedTests ?? []), ...(warnedTests ?? []), ...(failedTests ?? []));
    }
    expect(seen.sort()).toEqual(report.results.map(({ name }) => name).sort());
  });

  test('a verification summary with the members that SLSA requires, over the test results', () => {
    const { predicateType, predicate } = verificationSummary(report, ['one', 'two']);
    expect(predicateType).toBe('https://slsa.dev/verification_summary/v1');
    expect(predicate).toMatchObject({
      verifier: { id: expect.stringMatching(/^urn:/) },
      timeVerified: '2026-01-01T00:10:00.000Z',
      resourceUri: expect.stringMatching(/^urn:/),
      policy: { uri: expect.stringMatching(/^urn:/), digest: { sha256: expect.stringMatching(sha256) } },
      inputAttestations: [{ digest: { sha256: digestOf('one') } }, { digest: { sha256: digestOf('two') } }],
      verificationResult: 'FAILED',
      verifiedLevels: ['FAILED'],
    });
    expect(verificationSummary({ ...report, verdict: 'pass' }, []).predicate.verifiedLevels).not.toEqual([
      'FAILED',
    ]);
  });
});

describe('the attestation of an assessment', () => {
  test('lies beside the evidence, can be checked by anybody with the public key, and no line of it can be changed', async () => {
    using place = await bench();
    const { evidencePath } = await assess(place.options());
    const path = join(dirname(evidencePath), attestationName);
    const text = readFileSync(path, 'utf8');
    const { publicKey } = place.catalog.attestations;
    expect(checkSignature(evidencePath, [publicKey])).toEqual({ state: 'trusted', key: publicKey });
    for (const line of text.trimEnd().split('\n')) {
      const { payload, payloadType, signatures } = JSON.parse(line);
      const body = Buffer.from(payload, 'base64');
      const encoded = Buffer.concat([
        Buffer.from(`DSSEv1 ${payloadType.length} ${payloadType} ${body.length} `),
        body,
      ]);
      const x = Buffer.from(signatures[0].keyid, 'hex').toString('base64url');
      const key = createPublicKey({ key: { kty: 'OKP', crv: 'Ed25519', x }, format: 'jwk' });
      expect(verify(null, encoded, key, Buffer.from(signatures[0].sig, 'base64'))).toBe(true);
    }
    for (let at = 0; at < text.length; at += 97) {
      writeFileSync(
        path,
        text.slice(0, at) + String.fromCharCode(text.charCodeAt(at) ^ 1) + text.slice(at + 1),
      );
      expect(checkSignature(evidencePath, [publicKey]).state, String(at)).toMatch(/^(wrong|untrusted)$/);
    }
    const other = openCatalog({ home: join(place.directory, 'other'), clock: manualClock() }).attestations;
    writeAttestation(evidencePath, other);
    const key = other.publicKey;
    expect(checkSignature(evidencePath, [publicKey])).toEqual({ state: 'untrusted', key });
    expect(checkSignature(evidencePath, [publicKey, key])).toEqual({ state: 'trusted', key });
    rmSync(path);
    expect(checkSignature(evidencePath, [publicKey])).toEqual({ state: 'unsigned' });
  });
});
