/** Notifications at scale: 10,000 findings at once, and the cost of one notification. `node bench/notify.ts` */

import type { Finding } from '../lib/core/finding.ts';
import type { Report, ReportedAction } from '../lib/core/report.ts';
import { notificationOf } from '../lib/incidents/notification.ts';
import type { NotificationPlan } from '../lib/incidents/notificationPlan.ts';
import { openNotifier } from '../lib/incidents/notifier.ts';
import { UNSIGNED } from '../lib/incidents/types.ts';
import { ACCOUNT, NOW, REGION, zoneOf } from '../test/builders/facts.ts';
import { anIncident, LEADER } from '../test/builders/notifier.ts';
import { calm, somePorts } from '../test/builders/ports.ts';
import { aFinding } from '../test/builders/world.ts';

const COUNT = 10_000;
const CPU_MS_MAX = 2_000;
const NOTIFICATION_MS_MAX = 1;
const RUNS = 2_000;
const ITEM_BYTES_MAX = 400_000;
const EMAILS_A_SECOND_MAX = 10;

const zone = zoneOf('a');
const about = (
  reason: Finding['reason'],
  kind: Finding['subject']['kind'],
  id: string,
  within: readonly string[],
) =>
  aFinding(reason, {
    subject: { kind, id, name: `name of ${id}`, group: null, zone, within },
    evidence: ['EC2 state: running', 'ike:500 from here: ok 3 ms, no answer, no answer, no answer'],
  });

/** A zone with 2,000 appliances and 8,000 of their routes; and 10,000 wrong tags without a common cause. */
const zoneDies: readonly Finding[] = [
  about('ZoneDown', 'zone', zone, [REGION]),
  ...Array.from({ length: 2_000 }, (_, index) =>
    about('ApplianceDown', 'appliance', `i-${index}`, [zone, REGION]),
  ),
  ...Array.from({ length: COUNT - 2_001 }, (_, index) =>
    about('RouteStranded', 'route', `rtb-${index} 10.0.0.0/8`, [
      `i-${index % 2_000}`,
      zone,
      REGION,
    ]),
  ),
];
const allWrong = Array.from({ length: COUNT }, (_, index) => ({
  ...about('TagInvalid', 'appliance', `i-${index}`, [REGION]),
  severity: 'warning' as const,
}));
const eachDead = Array.from({ length: COUNT }, (_, index) =>
  about('ApplianceDown', 'appliance', `i-${index}`, [REGION]),
);

let isWithin = true;
const row = (what: string, figure: string, bound: string, isKept: boolean) => {
  isWithin &&= isKept;
  console.log(`${isKept ? ' ' : '!'} ${what.padEnd(62)} ${figure.padStart(12)}  (${bound})`);
};

const reportOf = (findings: readonly Finding[]): Report => ({
  accountId: ACCOUNT,
  region: REGION,
  findings,
  ignored: new Map(),
  actions: [],
  held: [],
  gone: new Set(),
});

async function notifyAll(what: string, findings: readonly Finding[]): Promise<void> {
  const ports = somePorts();
  const notifier = openNotifier(ports, {
    scope: 'appliances',
    mode: 'act',
    mayResolve: true,
    lead: LEADER,
  });
  const cpuOf = async (seconds: number, some: readonly Finding[]) => {
    let cpuMs = 0;
    for (let second = 0; second < seconds; second += 1) {
      await ports.clock.run(ports.clock.monotonicMs() + 1_000);
      const before = process.cpuUsage();
      const notified = notifier.tell(reportOf(some), calm());
      await ports.clock.run(ports.clock.monotonicMs() + 5_000);
      await notified;
      const { user, system } = process.cpuUsage(before);
      cpuMs = Math.max(cpuMs, (user + system) / 1_000);
    }
    return cpuMs;
  };
  const opening = await cpuOf(1, findings);
  const window = await cpuOf(7, findings);
  const count = ports.notifications.sent.length;
  const bytes = Math.max(
    ...[...ports.store.rows.values()].map(({ body }) => Buffer.byteLength(body)),
  );
  row(
    `${what}: CPU of the first pass`,
    `${opening.toFixed(0)} ms`,
    `${CPU_MS_MAX} ms`,
    opening <= CPU_MS_MAX,
  );
  row(
    `${what}: CPU of the worst later pass`,
    `${window.toFixed(0)} ms`,
    `${CPU_MS_MAX} ms`,
    window <= CPU_MS_MAX,
  );
  row(
    `${what}: notifications`,
    String(count),
    `${EMAILS_A_SECOND_MAX} e-mails a second`,
    count >= 1 && count <= EMAILS_A_SECOND_MAX,
  );
  row(
    `${what}: largest incident item`,
    `${(bytes / 1_000).toFixed(0)} KB`,
    '400 KB',
    bytes <= ITEM_BYTES_MAX,
  );
}

const action: ReportedAction = {
  at: NOW,
  kind: 'failover',
  thing: 'route',
  gist: 'moved to vpn-b',
  summary: '10.0.0.0/8 in private-a: vpn-a -> vpn-b',
  concerns: ['i-a1'],
  serves: ['i-b1'],
  outcome: 'done',
  why: null,
  details: { from: 'i-a1', to: 'i-b1' },
};

function render(
  what: string,
  notificationPlan: NotificationPlan,
  actions: readonly ReportedAction[],
): void {
  const context = {
    ...reportOf([]),
    mode: 'act',
    actions,
    signature: UNSIGNED,
    isOnRecord: true,
    mayRepeat: false,
  };
  const before = process.cpuUsage();
  for (let run = 0; run < RUNS; run += 1) notificationOf(notificationPlan, context, NOW + 5_000);
  const { user, system } = process.cpuUsage(before);
  const eachMs = (user + system) / 1_000 / RUNS;
  row(
    `${what}: four forms, CPU`,
    `${eachMs.toFixed(2)} ms`,
    `${NOTIFICATION_MS_MAX} ms`,
    eachMs <= NOTIFICATION_MS_MAX,
  );
}

const lead = anIncident(aFinding('ApplianceDown'));
render('one appliance, two moves', { kind: 'opened', lead, members: [], covered: [] }, [
  action,
  action,
]);
render(
  'one zone, 100 things with it, 500 moves',
  {
    kind: 'opened',
    lead,
    members: [],
    covered: zoneDies.slice(1, 101).map((one) => anIncident(one)),
  },
  Array.from({ length: 500 }, (_, index) => ({ ...action, summary: `${action.summary} ${index}` })),
);
await notifyAll('a zone fails with 10,000 things in it', zoneDies);
await notifyAll('10,000 wrong tags', allWrong);
await notifyAll('10,000 appliances down, no common cause', eachDead);
process.exitCode = isWithin ? 0 : 1;
