// Somebody who has no mouse: the next thing of a name is reached by Tab alone.
import type { Page } from 'playwright-core';

/** Presses Tab until what has that label, or that text, is focused. */
export async function tabTo(page: Page, name: RegExp): Promise<void> {
  for (let presses = 0; presses < 80; presses++) {
    await page.keyboard.press('Tab');
    const focused = (await page.evaluate(
      `(() => {
        const element = document.activeElement;
        const labels = [...(element?.labels ?? [])].map((label) => label.innerText);
        return [element?.getAttribute('aria-label'), ...labels, element?.innerText].join(' ').trim();
      })()`,
    )) as string;
    if (name.test(focused)) return;
  }
  throw new Error(`${name} is not reached by Tab`);
}
