import { describe, expect, test } from 'vitest';
import { systemClock, systemEntropy } from '../base/index.ts';
import type { GatewayKeys } from './access/access.ts';
import { createGateway, type Gateway } from './gateway.ts';
import { sendRaw } from './testing.ts';

function gatewayWith(givenByOperator: boolean): Gateway {
  const keys: GatewayKeys = { givenByOperator, authenticate: () => undefined };
  const logger = { info: () => {}, error: () => {} };
  const models = { list: () => [], resolve: () => undefined };
  return createGateway({ models, keys, clock: systemClock, entropy: systemEntropy, logger });
}

describe('an address beyond this machine', () => {
  test.each([
    ['without anything', false, false],
    ['with a generated key, though allowed', false, true],
    ["with the operator's key, but not allowed", true, false],
  ])('is refused %s', async (_, givenByOperator, allowRemote) => {
    for (const host of ['0.0.0.0', '::', '192.168.1.7', 'example.org', '127.0.0.1.example.org']) {
      await using gateway = gatewayWith(givenByOperator);
      await expect(gateway.listen({ host, port: 0, allowRemote })).rejects.toMatchObject({
        code: 'TGL_ADDRESS_FORBIDDEN',
      });
    }
  });

  test('is taken with both, and then answers to addresses and given names only', async () => {
    await using gateway = gatewayWith(true);
    const url = await gateway.listen({
      host: '0.0.0.0',
      port: 0,
      allowRemote: true,
      hostNames: ['Models.example'],
    });
    const statusFor = async (host: string): Promise<string> => {
      const bytes = `GET /healthz HTTP/1.1\r\nHost: ${host}\r\nConnection: close\r\n\r\n`;
      return (await sendRaw(Number(new URL(url).port), bytes)).slice(9, 12);
    };
    expect(await statusFor('10.1.2.3:8484')).toBe('200');
    expect(await statusFor('models.EXAMPLE')).toBe('200');
    expect(await statusFor('evil.example')).toBe('403');
  });
});

test('an address in use is a typed error', async () => {
  await using first = gatewayWith(false);
  await using second = gatewayWith(false);
  const port = Number(new URL(await first.listen({ host: 'localhost', port: 0 })).port);
  await expect(second.listen({ host: '127.0.0.1', port })).rejects.toMatchObject({
    code: 'TGL_ADDRESS_IN_USE',
    details: { reason: 'EADDRINUSE' },
  });
});
