// Outputs that would carry data away, run or freeze the page, streamed character by character: none of them asks another origin for
// anything, opens a dialog, is reported by the policy of the page, becomes an element or keeps the page from answering.
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { hostileOutputs } from '../../console/src/markdown/hostile-outputs.ts';
import { pretendAdmitted, servedBy } from '../../src/gateway/testing.ts';
import { hasBrowser, type ServedConsole, serveConsole } from './served-console.ts';

/** Pages that take turns: a page at a time would wait for what is drawn twenty times a second. */
const pages = 5;
/** KaTeX makes elements of MathML, and pictures of lines, out of formulas. */
const elements =
  '.turn :is(img, script, iframe, form, style, input, object, embed, video, audio, svg:not(.i, .formula svg), math:not(.formula math), [onclick], [href^="javascript" i])';

describe.skipIf(!hasBrowser)('what a model writes (skipped: there is no Chromium)', () => {
  let served: ServedConsole;
  beforeAll(async () => {
    const sampling = { temperature: 0, topP: 1, maxTokens: 10_000 };
    served = await serveConsole(
      {
        reply: (request) => {
          const [, place] = /Output number (\d+)\./.exec(JSON.stringify(request)) ?? [];
          const output = hostileOutputs[Number(place)] as string;
          return [...output, '</think>', ...output];
        },
        ...{ contextLength: 1_000_000, slots: pages },
      },
      { served: (engine) => servedBy(engine, pretendAdmitted(undefined, { sampling })) },
    );
  });
  afterAll(() => served[Symbol.asyncDispose]());

  test('stays text', async () => {
    const shares = Array.from({ length: pages }, (_, share) =>
      hostileOutputs.map((_output, place) => place).filter((place) => place % pages === share),
    );
    const found = await Promise.all(shares.map(see));
    expect(found.flatMap(({ shown }) => shown)).toHaveLength(hostileOutputs.length);
    expect(found.flatMap(({ faults }) => faults)).toEqual([]);
  }, 400_000);

  async function see(places: readonly number[]) {
    const { page, context, faults } = await served.open();
    await page.goto(await served.signInUrl());
    await page.locator('.nav a[href="/console/playground"]').click();
    const shown: number[] = [];
    const more: string[] = [];
    for (const place of places) {
      await page.locator('textarea').fill(`Output number ${place}.`);
      await page.keyboard.press('Enter');
      await page.locator('.turn').getByText('Done').waitFor();
      if ((await page.locator(elements).count()) > 0) more.push(`an element of output ${place}`);
      shown.push(place);
      await page.getByRole('button', { name: 'New' }).click();
      await page.locator('.turn').waitFor({ state: 'detached' });
    }
    await context.close();
    return { shown, faults: [...faults, ...more] };
  }
});
