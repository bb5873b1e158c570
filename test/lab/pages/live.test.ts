/** The live page in a real browser: what a newcomer clicks on dies, and the map shows how it is healed. */
import { afterAll, beforeAll, expect, jest, test } from '@jest/globals';
import type { Browser } from 'playwright-core';
import { openLive } from '../../../lib/cli/rehearse/serve/account.ts';
import { type LiveServer, openLiveServer } from '../../../lib/cli/rehearse/serve/server.ts';
import { systemClock } from '../../../lib/core/time.ts';
import { defaultAccount } from '../../../lib/simulator/defaults/account.ts';
import { DEFAULT_ENDPOINTS } from '../../../lib/simulator/defaults/clientVpn.ts';
import { defaultVpn } from '../../../lib/simulator/defaults/siteToSite.ts';
import { rolesOf } from '../../../lib/simulator/roles.ts';
import { didNotRun } from '../didNotRun.ts';
import { keepScreen, openChromium, watchedPage } from './chromium.ts';

const SIZES = [
  { width: 1_600, height: 1_000 },
  { width: 800, height: 900 },
  { width: 360, height: 740 },
];
const START_AT = Date.UTC(2026, 10, 20, 21);
const ROLES = rolesOf(defaultAccount(START_AT), defaultVpn(START_AT), DEFAULT_ENDPOINTS);
// A hang guard for all waits of one test together; each has its own in chromium.ts.
jest.setTimeout(400_000);

let browser: Browser | null = null;
const servers: LiveServer[] = [];

beforeAll(async () => {
  const opened = await openChromium();
  if (typeof opened === 'string') didNotRun('the pages in a browser', opened);
  else browser = opened;
}, 600_000);

afterAll(async () => {
  for (const server of servers) server.close();
  await browser?.close();
});

async function serve(): Promise<string> {
  const server = await openLiveServer(openLive(ROLES, '1'), systemClock, 0);
  servers.push(server);
  return server.url;
}

const vpnA = ROLES.appliances.find(({ zone }) => zone.endsWith('a'));
const subject = `appliance:${vpnA?.instanceId ?? ''}`;

test.each(SIZES)('a click fails an appliance and its routes move, at %j', async (size) => {
  if (browser === null) return;
  const { page, complaints } = await watchedPage(browser, size);
  await page.goto(await serve());
  const appliance = page.locator(`[data-toggles="${subject}"]`);
  await appliance.waitFor();
  await page.click('[data-speed="10"]');
  expect(await appliance.getAttribute('class')).not.toContain('down');
  await appliance.click();
  await page.locator(`.down[data-toggles="${subject}"]`).waitFor();
  await page.locator('#timeline li[data-kind="moved"]').first().waitFor();
  await page
    .getByText(/failed over from/)
    .first()
    .waitFor({ state: 'attached' });
  // The legend's "thick frame", also of what is down; each frame draws the map anew.
  await page.waitForFunction((selector) => {
    const frame = document.querySelector(selector);
    return frame !== null && getComputedStyle(frame).strokeWidth === '4px';
  }, `.failed.down[data-toggles="${subject}"] > rect`);
  await keepScreen(page, `live-${size.width}`);
  expect(complaints).toEqual([]);
  await page.close();
});

test.each(SIZES)(
  'nothing is wider than the page, and no text runs out of its box, at %j',
  async (size) => {
    if (browser === null) return;
    const { page } = await watchedPage(browser, size, 'dark');
    await page.goto(await serve());
    await page.locator(`[data-toggles="${subject}"]`).waitFor();
    await keepScreen(page, `live-dark-${size.width}`);
    const { overflowPx, spills } = await page.evaluate(() => ({
      overflowPx: document.documentElement.scrollWidth - document.documentElement.clientWidth,
      spills: [...document.querySelectorAll('#map svg g')].flatMap((group) => {
        const box = group.querySelector('rect')?.getBoundingClientRect();
        return [...group.querySelectorAll(':scope > text')].flatMap((text) =>
          box !== undefined && text.getBoundingClientRect().right > box.right + 1
            ? [text.textContent]
            : [],
        );
      }),
    }));
    expect(overflowPx).toBeLessThanOrEqual(0);
    expect(spills).toEqual([]);
    await page.close();
  },
);

test.each(SIZES)('what happens is above the fold, and a legend is there, at %j', async (size) => {
  if (browser === null) return;
  const { page } = await watchedPage(browser, size);
  await page.goto(await serve());
  await page.locator(`[data-toggles="${subject}"]`).waitFor();
  const box = await page.locator('#timeline').boundingBox();
  expect(box?.y ?? size.height).toBeLessThan(size.height / 2);
  expect(await page.locator('#legend').textContent()).toContain('neither is known');
  await page.close();
});

test('two quick kills do not freeze the page: it goes on, over the one stream that it opened', async () => {
  if (browser === null) return;
  // Low enough that the lists of incidents make it scroll.
  const { page, complaints } = await watchedPage(browser, { width: 1_000, height: 500 });
  const streams: string[] = [];
  page.on('request', (request) => {
    if (request.url().includes('/events')) streams.push(request.url());
  });
  await page.goto(await serve());
  await page.locator(`[data-toggles="${subject}"]`).waitFor();
  await page.click('[data-speed="10"]');
  const two = ROLES.appliances.slice(0, 2).map(({ instanceId }) => `appliance:${instanceId}`);
  for (const one of two) await page.locator(`[data-toggles="${one}"]`).click({ delay: 0 });
  for (const one of two) await page.locator(`.down[data-toggles="${one}"]`).waitFor();
  const before = await page.locator('#time').textContent();
  await page.waitForFunction((was) => document.querySelector('#time')?.textContent !== was, before);
  expect(streams).toHaveLength(1);
  expect(complaints).toEqual([]);
  await page.close();
});

test.each(['endpoint', 'tunnel', 'zone'])('a click fails the first %s of the map', async (kind) => {
  if (browser === null) return;
  const { page, complaints } = await watchedPage(browser, { width: 900, height: 900 });
  await page.goto(await serve());
  const one = page.locator(`[data-toggles^="${kind}:"]`).first();
  await one.waitFor();
  await one.click({ position: { x: 4, y: 4 } });
  await page.locator(`.failed[data-toggles^="${kind}:"]`).waitFor();
  await page.locator('#timeline li[data-kind="fault"]').waitFor();
  expect(complaints).toEqual([]);
  await page.close();
});

test('the keyboard fails and restores too, and the focus stays', async () => {
  if (browser === null) return;
  const { page } = await watchedPage(browser, { width: 900, height: 900 });
  await page.goto(await serve());
  const appliance = page.locator(`[data-toggles="${subject}"]`);
  await appliance.waitFor();
  await page.click('[data-speed="10"]');
  await appliance.focus();
  await page.keyboard.press('Enter');
  await page.locator(`[data-toggles="${subject}"][aria-pressed="true"]`).waitFor();
  await page.locator(`.down[data-toggles="${subject}"]`).waitFor();
  const focused = () => page.evaluate(() => document.activeElement?.getAttribute('data-toggles'));
  expect(await focused()).toBe(subject);
  await page.keyboard.press('Space');
  await page.locator(`[data-toggles="${subject}"][aria-pressed="false"]`).waitFor();
  await page.close();
});
