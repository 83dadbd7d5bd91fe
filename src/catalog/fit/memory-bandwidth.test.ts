import { expect, test } from 'vitest';
import { measureMemoryBandwidth } from './memory-bandwidth.ts';

test('memory is read at a speed that memory has', async () => {
  const bytesPerSecond = await measureMemoryBandwidth(1);
  expect(bytesPerSecond).toBeGreaterThan(1e7);
  expect(bytesPerSecond).toBeLessThan(1e13);
});
