/** Goal: pending maintenance of two tunnels is applied in its window, one after the other, told, and never both at once. Method: looks a minute apart through all stages; EC2 in memory that takes the tunnel down for a while. */
import { expect, test } from '@jest/globals';
import { PAUSE_ID } from '../../../lib/core/pause.ts';
import { parseQuiet } from '../../../lib/core/quiet.ts';
import { known } from '../../../lib/core/reading.ts';
import type { WriteAnswer } from '../../../lib/core/routeWrite.ts';
import { emptyNetwork } from '../../../lib/simulator/emptyNetwork.ts';
import { SimMetrics } from '../../../lib/simulator/metrics.ts';
import { seededRandom } from '../../../lib/simulator/random.ts';
import { lookAtConnections } from '../../../lib/watcher/scopes/connections.ts';
import {
  aConnection,
  aGateway,
  DOWN,
  IP1,
  IP2,
  MINUTE,
  STRONG,
} from '../../builders/connections.ts';
import { ACCOUNT, NOW } from '../../builders/facts.ts';
import { calm, somePorts } from '../../builders/ports.ts';
import { noTransit } from '../../builders/transit.ts';

/** NOW is a Friday, 21:00 UTC: 22:00 in Paris, where the window begins half an hour later. */
const WINDOW = 'Fri 22:30-24:00 Europe/Paris';

interface Case {
  readonly mode?: 'act' | 'observe';
  readonly window?: string;
  /** Of the answer to a replacement. */
  readonly answer?: WriteAnswer;
  /** Minutes that a replaced tunnel is down; it goes two minutes after it was asked for. */
  readonly downForMinutes?: number;
  readonly isPaused?: boolean;
  /** The second tunnel goes down between a look and its fresh read. */
  readonly failsAtRecheck?: boolean;
}

async function live({
  mode = 'act',
  window = WINDOW,
  answer = { kind: 'written' },
  downForMinutes = 3,
  isPaused = false,
  failsAtRecheck = false,
}: Case = {}) {
  const ports = somePorts();
  const { clock } = ports;
  const replacedAt = new Map<string, number>();
  const asked: string[] = [];
  let readAt = 0;
  const downAt = (ip: string) => {
    const at = replacedAt.get(ip);
    const fromMs = (at ?? 0) + 2 * MINUTE;
    return (
      at !== undefined && clock.now() >= fromMs && clock.now() < fromMs + downForMinutes * MINUTE
    );
  };
  const changedAt = (ip: string) => {
    const at = replacedAt.get(ip);
    if (at === undefined || clock.now() < at + 2 * MINUTE) return {};
    return { changedAt: downAt(ip) ? at + 2 * MINUTE : at + (2 + downForMinutes) * MINUTE };
  };
  let worst = 2;
  const now = () => {
    const one = (ip: string) => ({
      ...(downAt(ip) ? DOWN : {}),
      ...changedAt(ip),
      options: { ...STRONG, hasLifecycleControl: true },
    });
    worst = Math.min(worst, [IP1, IP2].filter((ip) => !downAt(ip)).length);
    return aConnection('a', {
      one: one(IP1),
      two: one(IP2),
      maintenanceWindow: parseQuiet(window),
    });
  };
  const observer = {
    ...ports,
    vpn: {
      connections: async () => {
        const connection = now();
        const [first, second] = connection.tunnels;
        const isRecheck = failsAtRecheck && readAt === clock.now();
        readAt = clock.now();
        return known(
          isRecheck && first && second
            ? [{ ...connection, tunnels: [first, { ...second, ...DOWN }] }]
            : [connection],
          clock.now(),
        );
      },
      customerGateways: async () => known([aGateway('a'), aGateway('b')], clock.now()),
      withoutEcmp: async () => known([], 0),
      staticRoutes: async () => known(new Map(), clock.now()),
      maintenance: async ({ outsideIp }: { readonly outsideIp: string }) =>
        known(
          { isPending: !replacedAt.has(outsideIp), autoAppliedAfter: null, lastAppliedAt: null },
          clock.now(),
        ),
      replaceTunnel: async ({ outsideIp }: { readonly outsideIp: string }) => {
        asked.push(`${Math.floor((clock.now() - NOW) / MINUTE)} ${outsideIp}`);
        if (answer.kind === 'written') replacedAt.set(outsideIp, clock.now());
        return answer;
      },
    },
    transit: noTransit,
    network: emptyNetwork({ clock }),
    metrics: new SimMetrics(seededRandom(1), () => []).port({ clock, pass: async () => {} }),
  };
  if (isPaused) {
    const body = { at: NOW - 1, until: NOW + 24 * 60 * MINUTE, by: 'ana', why: 'change' };
    await ports.store.write({ id: PAUSE_ID, overVersion: 0, body, expiresAt: null });
  }
  for (let minute = 0; minute < 150; minute += 1) {
    const options = { accountId: ACCOUNT, mode, holdMs: MINUTE, health: [] };
    await clock.through(lookAtConnections(observer, options, calm()));
    await clock.run(clock.monotonicMs() + MINUTE);
  }
  return { asked, worst, sent: ports.notifications.sent };
}

test('both are replaced inside the window, the second when the first has been up again for 5 min, and both are told', async () => {
  const { asked, worst, sent } = await live();
  expect(asked).toEqual([`30 ${IP1}`, expect.stringMatching(new RegExp(`^4[01] ${IP2}$`))]);
  expect(worst).toBe(1);
  const told = sent.map(({ subject, text }) => `${subject}\n${text}`).join('\n');
  expect(told).toContain(`endpoint ${IP1} of berlin-a replaced`);
  expect(told).toMatch(
    /tunnel 198\.51\.100\.2: TunnelDown[^]*vpn-medic applied its pending maintenance/,
  );
  expect(told).toContain(
    'RESOLVED berlin-a tunnel 198.51.100.1 and 1 more: TunnelMaintenancePending',
  );
  expect(told).toMatch(/Restored by: vpn-medic: endpoint \S+ of berlin-a replaced/);
});

test('the second is never replaced while the first does not come back', async () => {
  const { asked, worst } = await live({ downForMinutes: 1_000 });
  expect(asked).toEqual([`30 ${IP1}`]);
  expect(worst).toBe(1);
});

test.each<[string, Case]>([
  ['outside its window', { window: 'Sat 22:30-24:00 Europe/Paris' }],
  ['in a window that is shorter than a replacement', { window: 'Fri 22:30-22:44 Europe/Paris' }],
  ['in a deployment that only observes', { mode: 'observe' }],
  ['while paused', { isPaused: true }],
  ['when the fresh read shows the other tunnel down', { failsAtRecheck: true }],
])('nothing is asked for %s', async (_what, one) => {
  expect((await live(one)).asked).toEqual([]);
});

test('what EC2 refuses is told, and tried again only as often as there are looks', async () => {
  const { asked, sent } = await live({ answer: { kind: 'refused', why: 'UnsupportedOperation' } });
  expect(asked[0]).toBe(`30 ${IP1}`);
  expect(asked.every((one) => one.endsWith(IP1))).toBe(true);
  expect(sent.map(({ text }) => text).join()).toContain('UnsupportedOperation');
});

test('after a lost answer nothing more is asked of the connection', async () => {
  const { asked } = await live({ answer: { kind: 'unclear', why: 'no answer' } });
  expect(asked).toEqual([`30 ${IP1}`]);
});
