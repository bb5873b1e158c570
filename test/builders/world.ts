/** Worlds, verdicts and memories with valid defaults: all is well unless a test says otherwise. */

import { type Leave, leavesNow, type StoredLeave } from '../../lib/appliances/state/leave.ts';
import type { PendingWrite } from '../../lib/appliances/state/pending.ts';
import type { ApplianceMemory, GroupMemory, Memory } from '../../lib/appliances/state.ts';
import { noMemory } from '../../lib/appliances/state.ts';
import type { Assessment } from '../../lib/appliances/types/assessment.ts';
import type { ScheduledEvent } from '../../lib/appliances/types/inventory.ts';
import type { LearntRoute } from '../../lib/appliances/types/learnt.ts';
import type { Move } from '../../lib/appliances/types/plan.ts';
import { DEFAULT_POLICY, type Policy } from '../../lib/appliances/types/policy.ts';
import type {
  Appliance,
  ApplianceInterface,
  ManagedRoute,
  TableObservation,
  Topology,
} from '../../lib/appliances/types/topology.ts';
import type { DownVerdict, UpVerdict, Verdict } from '../../lib/appliances/types/verdict.ts';
import type { Ec2Signals, VantageObservation, World } from '../../lib/appliances/types/world.ts';
import type { Finding } from '../../lib/core/finding.ts';
import { known } from '../../lib/core/reading.ts';
import type { Reason } from '../../lib/core/reasons.ts';
import { ACCOUNT, anInterface, eniOf, NOW, REGION, VPC, zoneOf } from './facts.ts';

/** Of every appliance unless a test says otherwise. */
export const PROFILE = 'arn:aws:iam::123456789012:instance-profile/vpn';

export const policyOf = (over: Partial<Policy> = {}): Policy => ({ ...DEFAULT_POLICY, ...over });

/** Attached as device 0, with the check off and an IPv4 address. */
export const anArm = (
  interfaceId: string,
  over: Partial<ApplianceInterface> = {},
): ApplianceInterface => ({
  interfaceId,
  vpcId: VPC,
  deviceIndex: 0,
  role: null,
  isChosen: false,
  hasSourceDestCheck: false,
  families: ['ipv4', 'ipv6'],
  isAttached: true,
  movedTo: null,
  hasCarried: false,
  ...over,
});

/** `i-a1` in zone a, group hq, one `ike:500` probe. */
export const anAppliance = (instanceId: string, over: Partial<Appliance> = {}): Appliance => ({
  instanceId,
  name: `vpn-${instanceId.slice(2)}`,
  group: 'hq',
  vpcId: VPC,
  zone: zoneOf(instanceId.charAt(2)),
  privateIp: '10.0.0.10',
  publicIp: '192.0.2.10',
  ipv6: null,
  ownAddresses: [over.privateIp ?? '10.0.0.10', over.publicIp ?? '192.0.2.10'],
  interfaces: [anArm(eniOf(instanceId), { vpcId: over.vpcId ?? VPC })],
  interfacesUnreadWhy: null,
  probes: [[{ text: 'ike:500', kind: 'ike', address: null, port: 500 }]],
  pools: [],
  identity: { instanceProfile: PROFILE, autoScalingGroup: null },
  ...over,
});

export const aTable = (
  tableId: string,
  over: Partial<TableObservation> = {},
): TableObservation => ({
  tableId,
  name: tableId,
  vpcId: VPC,
  groups: ['hq'],
  preferredZone: zoneOf('a'),
  subnetIds: ['subnet-a'],
  ways: [],
  ...over,
});

/** `rtb-1 10.0.0.0/8`, carried by `nextHop` and at home there. */
export const aRoute = (
  key: string,
  nextHop: string,
  over: Partial<ManagedRoute> = {},
): ManagedRoute => {
  const [tableId = '', destination = ''] = key.split(' ');
  return {
    key,
    tableId,
    tableName: tableId,
    vpcId: VPC,
    destination,
    group: 'hq',
    targetId: eniOf(nextHop),
    nextHop,
    isBlackhole: false,
    preferred: { kind: 'appliance', instanceId: nextHop, why: 'learnt' },
    ...over,
  };
};

export const failbackAt = (instanceId: string, why: 'learnt' | 'tag' | 'zone' = 'learnt') =>
  ({ kind: 'appliance', instanceId, why }) as const;

export const goodSignals = (instanceId: string, over: Partial<Ec2Signals> = {}): Ec2Signals => ({
  state: known('running', NOW),
  checks: known({ system: 'ok', instance: 'ok', attachedEbs: 'ok' }, NOW),
  interfaces: known([anInterface(instanceId)], NOW),
  addressesAt: NOW,
  events: [],
  ...over,
});

export interface WorldParts {
  readonly appliances?: readonly Appliance[];
  readonly routes?: readonly ManagedRoute[];
  /** None given: one for each table that a route names. */
  readonly tables?: readonly TableObservation[];
  /** By instance id, over what is well. */
  readonly signals?: Readonly<Record<string, Partial<Ec2Signals>>>;
  readonly vantages?: readonly VantageObservation[];
  readonly topology?: Partial<Topology>;
  readonly over?: Partial<World>;
}

/** Everything is readable, EC2 says all is well, and this watcher holds the lease. */
export function aWorld(parts: WorldParts): World {
  const appliances = parts.appliances ?? [];
  const routes = parts.routes ?? [];
  const tableIds = [...new Set(routes.map(({ tableId }) => tableId))];
  return {
    at: NOW,
    accountId: ACCOUNT,
    region: REGION,
    topology: {
      accountId: ACCOUNT,
      region: REGION,
      appliances,
      routes,
      tables: parts.tables ?? tableIds.map((tableId) => aTable(tableId)),
      faults: [],
      ignored: new Map(),
      localCidrs: new Map(),
      prefixLists: new Map(),
      ...parts.topology,
    },
    signals: new Map(
      appliances.map(({ instanceId }) => [
        instanceId,
        goodSignals(instanceId, parts.signals?.[instanceId]),
      ]),
    ),
    vantages: parts.vantages ?? [],
    gaps: [],
    lease: { kind: 'leader', token: 1 },
    ...parts.over,
  };
}

export const up = (over: Partial<UpVerdict> = {}): UpVerdict => ({
  kind: 'up',
  isHealthy: true,
  isProven: true,
  lacks: null,
  since: NOW - 60_000,
  isByEc2Alone: false,
  ...over,
});

export const down = (over: Partial<DownVerdict> = {}): DownVerdict => ({
  kind: 'down',
  cause: 'probes',
  isEc2Confirmed: false,
  since: NOW - 2_000,
  why: 'ike:500 does not answer',
  ...over,
});

/** A notice that counts at `NOW`. */
export const aLeave = (instanceId: string, over: Partial<StoredLeave> = {}): StoredLeave => ({
  instanceId,
  cause: 'spot',
  at: NOW - 1_000,
  endsAt: NOW + 119_000,
  until: NOW + 600_000,
  by: 'EC2',
  why: 'terminate',
  hook: null,
  ...over,
});

export const aScheduledEvent = (notBefore: number): ScheduledEvent => ({
  code: 'instance-retirement',
  description: 'The instance is running on degraded hardware',
  notBefore,
});

export const confirmedDown = (over: Partial<DownVerdict> = {}): DownVerdict =>
  down({ cause: 'state', isEc2Confirmed: true, why: 'EC2 says stopped', ...over });

export const unsure = (why = 'ike:500 cannot be judged'): Verdict => ({ kind: 'unknown', why });

/** All appliances of the world are up, healthy and proven but for those named. */
export const anAssessment = (
  world: World,
  verdicts: Readonly<Record<string, Verdict>> = {},
  findings: readonly Finding[] = [],
  leaves: readonly Leave[] = [],
): Assessment => ({
  leaves: leavesNow(world, leaves, NOW),
  verdicts: new Map(
    world.topology.appliances.map(({ instanceId }) => [instanceId, verdicts[instanceId] ?? up()]),
  ),
  findings,
  appliances: new Map(),
});

export const aFinding = (reason: Reason, over: Partial<Finding> = {}): Finding => ({
  reason,
  subject: { kind: 'appliance', id: 'i-a1', name: 'vpn-a1', group: 'hq', zone: zoneOf('a') },
  severity: 'critical',
  summary: `${reason} of vpn-a1.`,
  evidence: [],
  since: NOW,
  hint: 'Look at it.',
  ...over,
});

export const aMassOf = (kind: 'group' | 'vpc', id: string): Finding =>
  aFinding('MassFailureSuspect', { subject: { kind, id, name: id, group: null, zone: null } });

export const applianceMemory = (over: Partial<ApplianceMemory> = {}): ApplianceMemory => ({
  group: 'hq',
  zone: zoneOf('a'),
  vpcId: VPC,
  name: 'vpn-a1',
  interfaces: [anArm('eni-a1')],
  pools: [],
  answered: ['here ike:500'],
  goodSince: NOW - 60_000,
  downSince: null,
  seenAt: NOW,
  ...over,
});

/** Its owner put it at this member, and vpn-medic has not moved it. */
export const aLearntRoute = (instanceId: string, over: Partial<LearntRoute> = {}): LearntRoute => ({
  instanceId,
  zone: zoneOf(instanceId.charAt(2)),
  launchedAt: null,
  movedTo: [],
  movedAt: null,
  changed: null,
  ...over,
});

export const groupMemory = (over: Partial<GroupMemory> = {}): GroupMemory => ({
  lastFailoverAt: NOW,
  flapCount: 1,
  failovers: {},
  pinnedAts: {},
  ...over,
});

export const failoversAt = (...ats: readonly number[]): readonly number[] => ats;

export const aPending = (over: Partial<PendingWrite> = {}): PendingWrite => ({
  kind: 'failover',
  group: 'hq',
  toTargetId: 'eni-b1',
  fromTargetId: 'eni-a1',
  firstAt: over.writtenAt ?? NOW,
  writtenAt: NOW,
  tryCount: 1,
  answer: 'accepted',
  why: '',
  ...over,
});

export const memoryOf = (over: Partial<Memory> = {}): Memory => ({
  ...noMemory(NOW, DEFAULT_POLICY.writeBurst),
  ...over,
});

export const aMove = (over: Partial<Move> = {}): Move => ({
  kind: 'failover',
  routeKey: 'rtb-1 10.0.0.0/8',
  tableId: 'rtb-1',
  tableName: 'rtb-1',
  destination: '10.0.0.0/8',
  group: 'hq',
  vpcId: VPC,
  from: 'i-a1',
  fromTargetId: 'eni-a1',
  to: 'i-b1',
  toTargetId: 'eni-b1',
  because: 'vpn-a1 is down: ike:500 does not answer',
  isEc2Confirmed: false,
  ...over,
});
