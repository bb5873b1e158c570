/** A teller over a topic and a table in memory, told tick by tick what is found. */

import { applianceReport } from '../../lib/appliances/report.ts';
import type { Outcome } from '../../lib/appliances/types/plan.ts';
import type { Finding } from '../../lib/core/finding.ts';
import type { Lead } from '../../lib/core/lease.ts';
import type { Report } from '../../lib/core/report.ts';
import { WATCHING } from '../../lib/incidents/delays.ts';
import type { Incidents, Look } from '../../lib/incidents/lifecycle/look.ts';
import { turn } from '../../lib/incidents/lifecycle.ts';
import { type NotifierOptions, openNotifier } from '../../lib/incidents/notifier.ts';
import { readPage } from '../../lib/incidents/store/page.ts';
import type { Incident } from '../../lib/incidents/types.ts';
import { ACCOUNT, NOW, REGION } from './facts.ts';
import { calm, type TestPorts } from './ports.ts';
import { aFinding, anAppliance, anAssessment, aWorld } from './world.ts';

export const DOWN = aFinding('ApplianceDown');
export const WORLD = aWorld({ appliances: [anAppliance('i-a1'), anAppliance('i-b1')] });
export const DOWN_ID = `${ACCOUNT}/${REGION}/i-a1/ApplianceDown`;

interface Notified {
  readonly outcomes?: readonly Outcome[];
  readonly world?: typeof WORLD;
  readonly over?: Partial<Report>;
}

/** A leader for as long as the test runs. */
export const LEADER: Lead = {
  state: () => ({ kind: 'leader', token: 1 }),
  confirm: async () => true,
  isAfterCrash: () => false,
};

/** One invocation's notifier, told what is found now; answers `opened ApplianceDown`. */
export function aNotifier(ports: TestPorts, over: Partial<NotifierOptions> = {}) {
  const options = { scope: 'appliances', mode: 'act', mayResolve: true, lead: LEADER, ...over };
  const notifier = openNotifier(ports, options);
  const tell = async (findings: readonly Finding[], notified: Notified = {}) => {
    const { outcomes = [], world = WORLD } = notified;
    const assessment = anAssessment(world, {}, findings);
    const report = applianceReport(world, assessment, { actions: [], held: [] }, outcomes);
    const notifications = await notifier.tell({ ...report, ...notified.over }, calm());
    return notifications.map(
      ({ state, incidentId }) => `${state} ${incidentId.split('/').at(-1) ?? ''}`,
    );
  };
  return Object.assign(tell, { flush: () => notifier.flush(calm()) });
}

export const later = (ports: TestPorts, ms: number) =>
  ports.clock.run(ports.clock.monotonicMs() + ms);

/** Told once a second for so long; everything that it said. */
export async function tellFor(
  ports: TestPorts,
  seconds: number,
  tell: ReturnType<typeof aNotifier>,
  findings: readonly Finding[],
): Promise<readonly string[]> {
  const said: string[] = [];
  for (let second = 0; second < seconds; second += 1) {
    await later(ports, 1_000);
    said.push(...(await tell(findings)));
  }
  return said;
}

/** Everything in the book, open or closed. */
export const inStore = (ports: TestPorts, scope = 'appliances'): readonly Incident[] =>
  [...ports.store.rows.keys()]
    .filter((id) => id.startsWith(`incidents#${REGION}#${scope}#`))
    .flatMap((id) => readPage(ports.store.body(id)).incidents);

export const openInStore = (ports: TestPorts): readonly string[] =>
  inStore(ports).flatMap(({ resolvedAt, reason }) => (resolvedAt === null ? [reason] : []));

export const aLook = (findings: readonly Finding[], over: Partial<Look> = {}): Look => ({
  accountId: ACCOUNT,
  region: REGION,
  findings,
  actions: [],
  windows: [],
  quiets: new Map(),
  newSubjectIds: new Set(),
  gone: new Set(),
  delays: WATCHING,
  mayResolve: true,
  ...over,
});

/** The incident that a finding opens at `NOW`. */
export function anIncident(finding: Finding, over: Partial<Incident> = {}): Incident {
  const [incident] = turn(new Map(), aLook([finding]), NOW).values();
  if (incident === undefined) throw new Error('an info finding opens nothing');
  return { ...incident, ...over };
}

/** As if everybody had been told of everything. */
export const allNotified = (incidents: Incidents, atMs = 0): Incidents =>
  new Map(
    [...incidents].map(([id, one]) => [
      id,
      {
        ...one,
        dueAt: NOW,
        notifiedAt: NOW + atMs,
        repeatedAt: NOW + atMs,
        notifiedSeverity: one.severity,
        notifiedReason: one.reason,
      },
    ]),
  );
