/** The dashboard's two first tiles in a real browser: the state in words with its buttons, and the map; kept as pictures. */
import { afterAll, beforeAll, expect, jest, test } from '@jest/globals';
import type { Browser } from 'playwright-core';
import { DEFAULT_POLICY } from '../../../lib/appliances/types/policy.ts';
import { known } from '../../../lib/core/reading.ts';
import { drawPanel } from '../../../lib/map/panel.ts';
import type { MapScene } from '../../../lib/map/scene.ts';
import { drawState } from '../../../lib/map/statePanel.ts';
import { survey } from '../../../lib/map/survey.ts';
import type { SimAccount } from '../../../lib/simulator/account.ts';
import { Deployment } from '../../../lib/simulator/deployment.ts';
import { type LeaderView, readLeaderView } from '../../../lib/watcher/leaderView.ts';
import { simAccount } from '../../cli/open.ts';
import { didNotRun } from '../didNotRun.ts';
import { keepScreen, openChromium, watchedPage } from './chromium.ts';

// A hang guard for all waits of one test together; each has its own in chromium.ts.
jest.setTimeout(400_000);

const ACK_ARN = 'arn:aws:lambda:eu-west-1:123456789012:function:vpn-medic-prod-ackIncident';
const CASES = [1_600, 800, 360].flatMap((width) =>
  (['light', 'dark'] as const).map((theme) => ({ width, theme })),
);
/** What CloudWatch does with its own elements: an action is not shown, and a link of class `btn` is a button. */
const CLOUDWATCH =
  'body { margin: 12px } cwdb-action { display: none } .btn { display: inline-block; padding: 2px 10px; border: 1px solid; border-radius: 4px }';

let browser: Browser | null = null;
let view: LeaderView | null = null;
let scene: MapScene;

beforeAll(async () => {
  const opened = await openChromium();
  if (typeof opened === 'string') didNotRun('the tiles in a browser', opened);
  else browser = opened;
  const sim = await withDeath();
  const signal = new AbortController().signal;
  const { ports } = sim.start('map');
  const endpoints = {
    endpoints: async () => known([], ports.clock.now()),
    associations: async () => new Map(),
  };
  view = await inTime(
    sim,
    readLeaderView(ports.store, ports.region, ports.region, ports.clock.now, signal),
  );
  scene = await inTime(
    sim,
    survey({ ...ports, endpoints }, '123456789012', DEFAULT_POLICY, signal),
  );
}, 600_000);

afterAll(() => browser?.close());

/** hq-a's VPN service hangs for two minutes, and a table is not tagged: one incident ends, two are open. */
async function withDeath(): Promise<SimAccount> {
  const sim = simAccount();
  const { instanceId } = sim.network.instances.all().find(({ name }) => name === 'hq-a') ?? {};
  sim.faults.add({ kind: 'process-dead', instanceId: instanceId ?? '' }, 60_000, 1e9);
  new Deployment(sim, { seed: 1, policy: DEFAULT_POLICY, everyMs: 60_000, lifeMs: 90_000 }).start();
  await sim.clock.run(180_000);
  return sim;
}

async function inTime<T>(sim: SimAccount, job: Promise<T>): Promise<T> {
  let isOver = false;
  const looking = job.finally(() => {
    isOver = true;
  });
  await sim.clock.run(sim.clock.monotonicMs() + 60_000, () => isOver);
  return looking;
}

async function shown(html: string, width: number, theme: 'light' | 'dark', name: string) {
  if (browser === null) return null;
  const { page, complaints } = await watchedPage(browser, { width, height: 900 }, theme);
  const background = theme === 'dark' ? '#0f1419' : '#ffffff';
  await page.setContent(
    `<!doctype html><meta charset="utf-8"><style>${CLOUDWATCH} body { background: ${background} }</style>${html}`,
  );
  await keepScreen(page, `${name}-${theme}-${width}`);
  const seen = await page.evaluate(() => ({
    overflowPx: document.documentElement.scrollWidth - document.documentElement.clientWidth,
    buttons: [...document.querySelectorAll('.btn')].map((button) => {
      const { left, right, height } = button.getBoundingClientRect();
      return left >= 0 && right <= innerWidth && height > 0;
    }),
    fields: document.querySelectorAll('input').length,
  }));
  await page.close();
  return { ...seen, complaints };
}

test.each(CASES)(
  'the first tile has a button for each incident that is not acknowledged, and nothing runs over, at %j',
  async ({ width, theme }) => {
    const html = drawState(view, 'eu-west-1', theme, ACK_ARN).toString();
    expect(html).toContain('3 incidents open, 3 not acknowledged');
    const seen = await shown(html, width, theme, 'tile-state');
    if (seen === null) return;
    const { buttons, overflowPx, fields, complaints } = seen;
    expect(buttons).toEqual([true, true, true]);
    expect([overflowPx, fields, complaints]).toEqual([0, 2, []]);
  },
);

test.each(CASES)('the map is as wide as its tile, at %j', async ({ width, theme }) => {
  const html = drawPanel(scene, { widthPx: width - 24, theme, show: 'map' }).toString();
  const seen = await shown(html, width, theme, 'tile-map');
  if (seen === null) return;
  expect([seen.overflowPx, seen.complaints]).toEqual([0, []]);
});
