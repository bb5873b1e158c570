/** From the observed world to verdicts and findings. Pure. */

import type { Finding } from '../core/finding.ts';
import { compare } from '../core/order.ts';
import type { Instant } from '../core/time.ts';
import type { KeyId } from '../probe/types.ts';
import { findFaults, findInAppliance } from './assess/appliance.ts';
import { certificatesOf, findCertificates } from './assess/certificates.ts';
import { findDrills } from './assess/drills.ts';
import { findHeldFailbacks } from './assess/failbacks.ts';
import { findInFleet } from './assess/fleet.ts';
import { isHomeLost, withLostHome } from './assess/homecoming.ts';
import { findKeys } from './assess/keys.ts';
import { findLeaving } from './assess/leaves.ts';
import { linkedIds, linksOf } from './assess/links.ts';
import { findMembers } from './assess/members.ts';
import { findPause } from './assess/pause.ts';
import { findRefusals } from './assess/probeRefusals.ts';
import { findInRoutes, unjudgedAway } from './assess/routes.ts';
import { findRefused } from './assess/stateRefused.ts';
import { findTunnels } from './assess/tunnels.ts';
import { findUnproven } from './assess/unproven.ts';
import { type Judgement, judge } from './assess/verdict.ts';
import { findInObservation } from './assess/visibility.ts';
import { joinOf, withFounders } from './state/admission.ts';
import { drillLeaves } from './state/drill.ts';
import { deathAfter, isAllowed } from './state/failback.ts';
import { leavesNow } from './state/leave.ts';
import { mergedKeys } from './state/stored.ts';
import type { ApplianceMemory, Memory } from './state.ts';
import type { Assessment } from './types/assessment.ts';
import type { Policy } from './types/policy.ts';
import type { Appliance } from './types/topology.ts';
import type { Ec2Signals, World } from './types/world.ts';

/** One verdict an appliance, every finding ordered by reason and subject, and the memory that the next pass needs. */
export function assess(world: World, stored: Memory, policy: Policy, now: Instant): Assessment {
  const memory = withFounders(stored, world.topology, now);
  const judgements = new Map<string, Judgement>();
  for (const appliance of world.topology.appliances) {
    const { instanceId } = appliance;
    const past = memory.appliances.get(instanceId);
    const signals = world.signals.get(instanceId) ?? noSignals(now);
    const judged = judge(appliance, signals, world.vantages, past, policy, now);
    judgements.set(instanceId, withLostHome(judged, appliance, world, memory, policy, now));
  }
  const verdicts = new Map([...judgements].map(([id, { verdict }]) => [id, verdict]));
  const leaves = leavesNow(world, [...memory.leaves, ...drillLeaves(memory.drills)], now);
  const present = withoutLeft(world);
  const silentSinces = silentSincesOf(judgements, memory, now);
  const findings: Finding[] = [
    ...findPause(world, memory, now),
    ...findRefused(world, memory, now),
    ...findInObservation(world, verdicts, memory, now),
    ...findInFleet(withoutStrangers(present, memory, policy), verdicts, now, silentSinces, leaves),
    ...present.topology.appliances.flatMap((appliance) => {
      const judgement = judgements.get(appliance.instanceId);
      return [
        ...findInAppliance(appliance, world, judgement, linksOf(appliance, memory), now),
        ...findUnproven(appliance, world, judgement, memory, policy, now),
        ...findRefusals(appliance, judgement, now),
        ...findCertificates(appliance, world, memory, now),
        ...findKeys(appliance, world, now),
      ];
    }),
    ...findTunnels(present, judgements, now),
    ...findMembers(world, memory, policy, now),
    ...findLeaving(present, verdicts, leaves, memory, policy, now),
    ...findDrills(present, memory, now),
    ...findInRoutes(world, verdicts, leaves, memory, now),
    ...findHeldFailbacks(world, verdicts, memory, policy, now),
    ...findFaults(world.topology, now),
  ];
  return {
    verdicts,
    leaves,
    findings: findings.toSorted(
      (a, b) => compare(a.reason, b.reason) || compare(a.subject.id, b.subject.id),
    ),
    unjudged: unjudgedAway(world, memory, now),
    appliances: new Map(
      world.topology.appliances.flatMap((appliance) => {
        // Forgotten already; it is in the topology only until that is read again.
        if (isPast(appliance, world) && !memory.appliances.has(appliance.instanceId)) return [];
        const kept = remember(
          appliance,
          world,
          judgements.get(appliance.instanceId),
          memory,
          silentSinces.get(appliance.instanceId) ?? null,
          policy,
          now,
        );
        return now - kept.seenAt < GONE_MS || !isPast(appliance, world)
          ? [[appliance.instanceId, kept] as const]
          : [];
      }),
    ),
  };
}

/**
 * Since when each silent appliance has been silent: for as long as a death needs, with or without a witness, until it is
 * up again. Counted for S3, never for a verdict.
 */
const silentSincesOf = (
  judgements: ReadonlyMap<string, Judgement>,
  memory: Memory,
  now: Instant,
): ReadonlyMap<string, Instant> => {
  const isAnyNew = [...judgements].some(
    ([id, { verdict }]) =>
      verdict.kind === 'down' &&
      verdict.cause === 'probes' &&
      memory.appliances.get(id)?.downSince == null,
  );
  return new Map(
    [...judgements].flatMap(([id, { verdict, clauseResults }]): readonly [string, Instant][] => {
      const past = memory.appliances.get(id)?.silentSince;
      if (verdict.kind === 'down') return [[id, Math.min(past ?? verdict.since, verdict.since)]];
      if (clauseResults.some(({ isLongSilent }) => isLongSilent)) return [[id, past ?? now]];
      // Spares are probed less often: at the moment of a verdict a single miss of theirs distinguishes one death from many.
      if (isAnyNew && clauseResults.some(({ isSilent }) => isSilent)) return [[id, past ?? now]];
      return verdict.kind === 'unknown' && past != null ? [[id, past]] : [];
    }),
  );
};

/** Without the appliances that have left: they are no part of the fleet any more. */
function withoutLeft(world: World): World {
  const { appliances } = world.topology;
  const present = appliances.filter((appliance) => !hasLeft(appliance, world));
  return present.length === appliances.length
    ? world
    : { ...world, topology: { ...world.topology, appliances: present } };
}

/** A member that is not admitted says nothing about a zone, a group or a mass failure. */
function withoutStrangers(world: World, memory: Memory, policy: Policy): World {
  const { topology } = world;
  const admitted = topology.appliances.filter(
    (one) => joinOf(one, { topology, memory, policy }).isAdmitted,
  );
  return admitted.length === topology.appliances.length
    ? world
    : { ...world, topology: { ...topology, appliances: admitted } };
}

/** Terminated, and no managed route leads to it. */
function hasLeft({ instanceId }: Appliance, world: World): boolean {
  const state = world.signals.get(instanceId)?.state;
  const isGone = state?.known && (state.value === 'gone' || state.value === 'terminated');
  return isGone === true && !world.topology.routes.some(({ nextHop }) => nextHop === instanceId);
}

/** A vanished appliance stays in the topology for so long after the last route has left it: time to notify. */
const GONE_MS = 600_000;

/** Gone for good, with no route left that leads to it; never while anything cannot be read. */
function isPast({ instanceId, interfaces }: Appliance, world: World): boolean {
  const state = world.signals.get(instanceId)?.state;
  const isGone = state?.known && (state.value === 'gone' || state.value === 'terminated');
  if (!isGone || world.gaps.length > 0) return false;
  const ids = new Set([instanceId, ...interfaces.map(({ interfaceId }) => interfaceId)]);
  return !world.topology.tables.some(({ ways }) => ways.some(({ targetId }) => ids.has(targetId)));
}

const seenCertificates = (
  appliance: Appliance,
  world: World,
  memory: Memory,
): Pick<ApplianceMemory, 'certificates'> => {
  const certificates = certificatesOf(appliance, world, memory);
  return Object.keys(certificates).length === 0 ? {} : { certificates };
};

const noSignals = (now: Instant): Ec2Signals => {
  const missing = { known: false, why: 'not asked yet', at: now } as const;
  return { state: missing, checks: missing, interfaces: missing, addressesAt: null, events: [] };
};

function remember(
  appliance: Appliance,
  world: World,
  judgement: Judgement | undefined,
  memory: Memory,
  silentSince: Instant | null,
  policy: Policy,
  now: Instant,
): ApplianceMemory {
  const past = memory.appliances.get(appliance.instanceId);
  const verdict = judgement?.verdict;
  const answered = new Set(past?.answered);
  const answeredKeys: Record<string, readonly KeyId[]> = {};
  for (const { vantage, histories } of world.vantages) {
    for (const clause of appliance.probes) {
      for (const { text } of clause) {
        const history = histories.get(`${appliance.instanceId} ${text}`);
        if (history?.hasAnswered) answered.add(`${vantage.id} ${text}`);
        const keyIds = history?.answeredKeys ?? [];
        if (keyIds.length > 0) answeredKeys[`${vantage.id} ${text}`] = keyIds;
      }
    }
  }
  return {
    group: appliance.group,
    zone: appliance.zone,
    vpcId: appliance.vpcId,
    name: appliance.name,
    interfaces: appliance.interfaces,
    pools: appliance.pools,
    answered: [...answered].toSorted(compare),
    ...mergedKeys(past?.answeredKeys, answeredKeys),
    ...seenCertificates(appliance, world, memory),
    // What its owner silenced explains nothing.
    ...(world.topology.ignored.has(appliance.instanceId)
      ? {}
      : linkedIds(linksOf(appliance, memory))),
    goodSince: verdict?.kind === 'up' ? verdict.since : null,
    downSince: verdict?.kind === 'down' ? verdict.since : null,
    ...deathAfter(
      verdict,
      past,
      judgement !== undefined && isHomeLost(appliance, judgement, world, memory, policy, now),
      isAllowed(memory.failbacks, appliance.instanceId, past?.doubt),
      now,
    ),
    silentSince,
    seenAt: isPast(appliance, world) ? (past?.seenAt ?? now) : now,
    // To an empty memory no appliance is new: the memory may have been lost.
    firstSeenAt:
      past === undefined ? (memory.appliances.size === 0 ? null : now) : (past.firstSeenAt ?? null),
  };
}
