/** What check found, as the data that `--json` prints and the text is made from. Pure. */

import type { Assessment } from '../../appliances/types/assessment.ts';
import type { World } from '../../appliances/types/world.ts';
import type { Finding, Severity, Subject } from '../../core/finding.ts';
import { bySeverity } from '../../core/finding.ts';
import { compare } from '../../core/order.ts';
import type { Reason } from '../../core/reasons.ts';
import { toIso } from '../../core/time.ts';
import type { Incident } from '../../incidents/types.ts';
import { isUnrecorded, withoutRefusal } from '../../replay/unrecorded.ts';
import { isLate, type LastLooks } from '../../watcher/lastLooks.ts';
import { lateTexts } from '../../watcher/lastLooksText.ts';
import type { LeaderView } from '../../watcher/leaderView.ts';
import { reportWatch } from '../output/watchText.ts';
import type { Observation, StoreObservation, Viewpoint } from '../pass.ts';
import { CANNOT_TELL, type ExitCode, NEEDS_A_PERSON, WELL } from '../terminal.ts';
import {
  type ApplianceReport,
  type RouteReport,
  reportAppliance,
  reportRoute,
} from './appliances.ts';
import { type ConnectionGroupReport, reportConnectionGroups } from './connectionGroups.ts';
import {
  type ConnectionPass,
  type ConnectionReport,
  reportConnections,
  type SiteReport,
} from './connections.ts';
import { type EndpointPass, type EndpointReport, reportEndpoints } from './endpoints.ts';
import { type Deployed, type FailoverReport, isTrouble, reportFailover } from './failover.ts';
import type { ScopeLook } from './scopeLook.ts';
import { reportSshRepair, type SshRepairReport } from './sshRepair.ts';
import { reportWayBack, type WayBackReport } from './wayBack.ts';

/** Version 1: fields may be added, never renamed or taken away. Instants are ISO 8601 text. */
export interface CheckReport {
  readonly version: 1;
  readonly accountId: string;
  readonly region: string;
  readonly at: string;
  readonly viewpoint: Viewpoint;
  /** When the leader last looked; null: no state table is named, or it cannot be read. */
  readonly watch: ReturnType<typeof reportWatch> | null;
  readonly memory: StoreObservation;
  /** `well`, `needs-a-person` or `cannot-tell`: exit 0, 2 or 1. */
  readonly result: 'well' | 'needs-a-person' | 'cannot-tell';
  /** In words: what could not be checked. */
  readonly objections: readonly string[];
  readonly groups: readonly GroupReport[];
  readonly appliances: readonly ApplianceReport[];
  readonly routes: readonly RouteReport[];
  readonly endpoints: readonly EndpointReport[];
  readonly sites: readonly SiteReport[];
  readonly connections: readonly ConnectionReport[];
  /** Groups of connections whose transit gateway routes are moved. */
  readonly connectionGroups: readonly ConnectionGroupReport[];
  /** Open ones, as the leader has stored them. */
  readonly incidents: readonly LeaderIncident[];
  /** Open ones that the leader notifies with their root cause. */
  readonly suppressed: readonly LeaderIncident[];
  /** Of this look. */
  readonly findings: readonly FindingReport[];
  readonly gaps: readonly GapReport[];
  /** The file that stands in place of the account; null: the account itself. */
  readonly capture: string | null;
}

/** What is known before the probes. No probe changes a route's state: silence takes longer than one pass. */
export interface Opening
  extends Pick<CheckReport, 'accountId' | 'region' | 'at' | 'viewpoint' | 'routes'> {
  readonly watch: LastLooks | null;
  /** Open ones, as the leader has stored them; null: no state table is named, or it cannot be read. */
  readonly incidents: readonly LeaderIncident[] | null;
  readonly capture: string | null;
  readonly appliances: readonly {
    readonly instanceId: string;
    readonly name: string;
    readonly group: string;
  }[];
}

export const reportOpening = (
  world: World,
  assessment: Assessment,
  viewpoint: Viewpoint,
  leader: LeaderView | null,
  capture: string | null,
): Opening => ({
  capture,
  watch: leader?.watch ?? null,
  incidents: leader?.incidents.map(reportIncident) ?? null,
  accountId: world.accountId,
  region: world.region,
  at: toIso(world.at),
  viewpoint,
  appliances: world.topology.appliances,
  routes: world.topology.routes.map((route) => reportRoute(route, assessment)),
});

export interface GroupReport {
  readonly name: string;
  readonly vpcIds: readonly string[];
  readonly zones: readonly string[];
  readonly applianceCount: number;
  readonly wellCount: number;
  readonly routeCount: number;
  readonly failover: FailoverReport;
  readonly wayBack: WayBackReport;
  /** Null: no appliance of it asks for a repair over SSH. */
  readonly sshRepair: SshRepairReport | null;
  /** Routes that stay where they are until `vpn-medic ack`. */
  readonly pinnedRoutes: readonly string[];
}

export interface LeaderIncident {
  readonly id: string;
  readonly reason: string;
  readonly severity: Severity;
  readonly subject: Subject;
  readonly summary: string;
  readonly hint: string;
  readonly since: string;
  readonly isAcked: boolean;
}

export interface FindingReport {
  readonly reason: Finding['reason'];
  readonly severity: Severity;
  readonly subject: Subject;
  readonly summary: string;
  readonly evidence: readonly string[];
  readonly hint: string;
  readonly since: string;
  readonly docs: string;
}

export interface GapReport {
  readonly what: string;
  readonly why: string;
  /** Null: the whole region is in doubt. */
  readonly zone: string | null;
}

export function reportCheck(
  observation: Observation,
  endpointPass: EndpointPass,
  connectionPass: ConnectionPass,
  others: readonly ScopeLook[],
  deployed: Deployed,
): CheckReport {
  const { world, leader } = observation;
  const { topology } = world;
  const appliances = topology.appliances
    .map((appliance) => reportAppliance(appliance, observation))
    .toSorted((a, b) => compare(a.name, b.name) || compare(a.instanceId, b.instanceId));
  const endpoints = reportEndpoints(endpointPass);
  const { sites, connections } = reportConnections(connectionPass);
  const findings = reportFindings(observation, endpointPass, connectionPass, others);
  const incidents = (leader?.incidents ?? []).map(reportIncident);
  const suppressed = (leader?.suppressed ?? []).map(reportIncident);
  const objections = [
    ...(leader === null ? [] : lateTexts(leader.watch)),
    ...objectionsOf(observation, appliances, endpoints.length + connections.length),
    ...connectionObjections(connectionPass),
    ...endpointObjections(observation, endpointPass),
    ...others.flatMap(({ gaps }) => gaps).filter((gap) => !isUnrecorded({ evidence: [gap] })),
  ];
  const groups = reportGroups(appliances, observation, deployed);
  const connectionGroups = reportConnectionGroups(connectionPass.transit, leader);
  const isBad =
    // Before a deployment it is advice.
    (leader !== null &&
      [...groups, ...connectionGroups].some(({ failover }) => isTrouble(failover))) ||
    findings.some(({ reason, severity }) => severity !== 'info' && !NO_TROUBLE.has(reason)) ||
    (leader !== null &&
      !isLate(leader.watch) &&
      incidents.some(
        (one) => one.severity !== 'info' && !one.isAcked && !NO_TROUBLE.has(one.reason),
      ));
  return {
    version: 1,
    accountId: world.accountId,
    region: world.region,
    at: toIso(world.at),
    viewpoint: observation.viewpoint,
    watch: leader === null ? null : reportWatch(leader.watch),
    memory: observation.store,
    result: isBad ? 'needs-a-person' : objections.length > 0 ? 'cannot-tell' : 'well',
    objections: objections.map(withoutRefusal),
    groups,
    appliances,
    routes: topology.routes.map((route) => reportRoute(route, observation.assessment)),
    endpoints,
    sites,
    connections,
    connectionGroups,
    incidents,
    suppressed,
    findings,
    gaps: world.gaps.map(({ what, why, zone }) => ({ what, why, zone })),
    capture: observation.capture,
  };
}

function reportGroups(
  appliances: readonly ApplianceReport[],
  observation: Observation,
  deployed: Deployed,
): readonly GroupReport[] {
  const { world, memory } = observation;
  return [...Map.groupBy(appliances, ({ group }) => group)]
    .map(([name, members]): GroupReport => {
      const routes = world.topology.routes.filter(({ group }) => group === name);
      const pinnedAts = memory.groups.get(name)?.pinnedAts ?? {};
      return {
        name,
        vpcIds: [...new Set(members.map(({ vpcId }) => vpcId))],
        zones: [...new Set(members.map(({ zone }) => zone))].toSorted(),
        applianceCount: members.length,
        wellCount: members.filter(({ health }) => health === 'well').length,
        routeCount: routes.length,
        failover: reportFailover(name, observation, deployed),
        wayBack: reportWayBack(name, observation),
        sshRepair: reportSshRepair(name, observation, deployed),
        pinnedRoutes: routes.flatMap(({ key }) => (key in pinnedAts ? [key] : [])),
      };
    })
    .toSorted((a, b) => compare(a.name, b.name));
}

/** A gap is an objection, and a pause is an operator's own decision. */
const NO_TROUBLE: ReadonlySet<string> = new Set(['SightLost', 'Paused']);

const reportIncident = (incident: Incident): LeaderIncident => {
  const { id, reason, severity, subject, summary, hint, since, ackedAt, silence } = incident;
  const isAcked = ackedAt !== null || silence !== null;
  return { id, reason, severity, subject, summary, hint, since: toIso(since), isAcked };
};

export const CHECK_EXITS: Readonly<Record<CheckReport['result'], ExitCode>> = {
  well: WELL,
  'needs-a-person': NEEDS_A_PERSON,
  'cannot-tell': CANNOT_TELL,
};

/** Why the result cannot be `well`. */
function objectionsOf(
  { world, store, viewpoint }: Observation,
  appliances: readonly ApplianceReport[],
  otherCount: number,
): readonly string[] {
  const unsure = appliances.filter(({ health }) => health === 'unsure');
  return [
    ...world.gaps.map(({ what, why }) => `${what} cannot be read: ${why}`),
    ...(world.gaps.length === 0 && appliances.length === 0 && otherCount === 0
      ? [`no instance in ${world.region} is tagged vpn-medic:group, so there is nothing to check`]
      : []),
    ...(unsure.length === 0
      ? []
      : [
          `${listNames(unsure)} cannot be judged ${viewpoint === 'none' ? 'without probes: EC2 alone proves nothing' : 'by these probes'}${viewpoint === 'machine' ? ': the deployed probes may reach more than this machine, so try --vantages' : ''}`,
        ]),
    ...(store.kind === 'unreadable' ? [`the watcher's state cannot be read: ${store.why}`] : []),
  ];
}

/** Probes that were switched off are no objection. */
const endpointObjections = (
  { viewpoint }: Observation,
  { world }: EndpointPass,
): readonly string[] =>
  world.gaps
    .filter(({ what }) => viewpoint !== 'none' || !what.startsWith('probe of '))
    .map(({ what, why }) => `${what} cannot be read: ${why}`);

const connectionObjections = ({ world }: ConnectionPass): readonly string[] => [
  ...(world.connections.known ? [] : [`connections cannot be read: ${world.connections.why}`]),
  ...(world.customerGateways.known
    ? []
    : [`customer gateways cannot be read: ${world.customerGateways.why}`]),
  ...(world.connections.known && world.series?.known === false
    ? [`metrics of tunnels cannot be read: ${world.series.why}`]
    : []),
];

const NAMES_SHOWN = 6;

function listNames(appliances: readonly ApplianceReport[]): string {
  const names = appliances.slice(0, NAMES_SHOWN).map(({ name }) => name);
  const rest = appliances.length - names.length;
  return `${names.join(', ')}${rest > 0 ? ` and ${rest} more` : ''}`;
}

/** By severity, then reason, then subject. */
export function reportFindings(
  { assessment, world, viewpoint }: Observation,
  endpoints: Pick<EndpointPass, 'findings' | 'world'>,
  connections: Pick<ConnectionPass, 'findings' | 'ignored'>,
  others: readonly ScopeLook[] = [],
): readonly FindingReport[] {
  const ignored = new Map([
    ...world.topology.ignored,
    ...connections.ignored,
    ...others.flatMap(({ ignored: some }) => [...some]),
    ...(endpoints.world.endpoints ?? []).flatMap(({ fact }) => {
      const why = fact.tags['vpn-medic:ignore'];
      return why === undefined ? [] : [[fact.endpointId, why] as const];
    }),
  ]);
  const ofEndpoints = endpoints.findings.filter(({ reason }) => reason !== 'SightLost');
  const ofOthers = others.flatMap(({ findings }) => findings);
  return [...assessment.findings, ...connections.findings, ...ofEndpoints, ...ofOthers]
    .filter(({ reason }) => viewpoint === 'functions' || !ABOUT_PROBES.has(reason))
    .filter((finding) => !isUnrecorded(finding))
    .map((finding) => asIgnored(finding, ignored.get(finding.subject.id)))
    .toSorted(bySeverity)
    .map(({ reason, severity, subject, summary, evidence, hint, since }) => ({
      reason,
      severity,
      subject,
      summary,
      evidence,
      hint,
      since: toIso(since),
      docs: docsOf(reason),
    }));
}

/** Tagged `vpn-medic:ignore`: listed as information only. */
const asIgnored = (finding: Finding, why: string | undefined): Finding =>
  why === undefined
    ? finding
    : {
        ...finding,
        severity: 'info',
        summary: `${finding.summary} (Ignored: ${why || 'no reason given'}.)`,
      };

/** The page that notifications link to. */
export const docsOf = (reason: Reason): string => `docs/runbook.md#${reason.toLowerCase()}`;

/** These depend on where probes leave from: the deployed watcher reports its own. */
const ABOUT_PROBES: ReadonlySet<Reason> = new Set([
  'ProbeNeverAnswered',
  'ProbeImpossible',
  'ProbeCannotProve',
]);
