/** The simulated CloudWatch: series are functions of time, and every trouble it can make is one that a caller can see. */
import { expect, test } from '@jest/globals';
import { NO_METRIC_FAILURES, SimMetrics, type SimSeries } from '../../lib/simulator/metrics.ts';
import { seededRandom } from '../../lib/simulator/random.ts';
import { calm, somePorts } from '../builders/ports.ts';

const HOUR = 3_600_000;
const NAME = { namespace: 'AWS/VPN', metricName: 'TunnelDataIn' };
const one: SimSeries = {
  ...NAME,
  dimensions: { VpnId: 'vpn-0a' },
  sample: (at) => (at / HOUR) % 24,
};

function opened(all: readonly SimSeries[] = [one]) {
  const { clock } = somePorts();
  const metrics = new SimMetrics(seededRandom(1), () => all);
  const port = metrics.port({ clock, pass: async () => {} });
  const now = Math.floor(clock.now() / HOUR) * HOUR;
  const ask = () =>
    port.points(
      [{ ...NAME, dimensions: { VpnId: 'vpn-0a' }, statistic: 'Sum' }],
      { from: now - 3 * HOUR, to: now, periodMs: HOUR },
      calm(),
    );
  return { metrics, port, ask, now };
}

test('shows the points of the window, and two weeks cost nothing', async () => {
  const { ask, now } = opened();
  expect(await ask()).toMatchObject([
    {
      known: true,
      value: { points: [3, 2, 1].map((back) => ({ at: now - back * HOUR, value: 24 - back - 3 })) },
    },
  ]);
});

test('a series that is not there has no points, and is not listed', async () => {
  const { ask, port } = opened([]);
  expect(await ask()).toMatchObject([{ known: true, value: { points: [] } }]);
  expect(await port.series(NAME, calm())).toMatchObject({ known: true, value: [] });
});

test('lists series by name', async () => {
  const { port } = opened();
  expect(await port.series(NAME, calm())).toMatchObject({
    value: [{ ...NAME, dimensions: { VpnId: 'vpn-0a' } }],
  });
  expect(await port.series({ ...NAME, metricName: 'Other' }, calm())).toMatchObject({ value: [] });
});

test('absurd points never reach the caller, but are counted', async () => {
  const { metrics, ask } = opened();
  metrics.trouble = { ...NO_METRIC_FAILURES, absurdChance: 1 };
  expect(await ask()).toMatchObject([{ value: { droppedCount: 3 } }]);
});

test.each([
  { throttledChance: 1 },
  { refusedWhy: 'cloudwatch:GetMetricData denied (AccessDenied)' },
  { partialChance: 1 },
])('with %j the answer is unknown', async (trouble) => {
  const { metrics, ask } = opened();
  metrics.trouble = { ...NO_METRIC_FAILURES, ...trouble };
  expect(await ask()).toMatchObject([{ known: false }]);
});
