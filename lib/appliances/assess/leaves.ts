/** Findings about what is about to end, or is drained: whether its routes can leave it first. Pure. */

import { countedRoutes } from '../../core/elasticAddress.ts';
import type { Finding } from '../../core/finding.ts';
import { APPLIANCE_FINDINGS } from '../../core/findings/appliances.ts';
import { shellQuoted } from '../../core/text.ts';
import { type Instant, toIso } from '../../core/time.ts';
import { admissionOf } from '../state/admission.ts';
import { describeLeave, isAnnounced, isCertain, type Leave, type Leaves } from '../state/leave.ts';
import type { Memory } from '../state.ts';
import type { Policy } from '../types/policy.ts';
import { type Appliance, isInVpc, type ManagedRoute } from '../types/topology.ts';
import type { Verdicts } from '../types/verdict.ts';
import type { World } from '../types/world.ts';
import { subjectOf } from './appliance.ts';

/** One finding for each appliance that leaves: critical while routes that end with it have no other appliance to go to. */
export function findLeaving(
  world: World,
  verdicts: Verdicts,
  leaves: Leaves,
  memory: Memory,
  policy: Policy,
  now: Instant,
): readonly Finding[] {
  if (leaves.size === 0) return [];
  const { topology } = world;
  const isTaker = (one: Appliance): boolean =>
    !leaves.has(one.instanceId) && verdicts.get(one.instanceId)?.kind === 'up';
  const takers = topology.appliances.filter(isTaker);
  const mayTake = (one: Appliance, { tableId }: ManagedRoute): boolean => {
    const table = topology.tables.find((each) => each.tableId === tableId);
    return admissionOf(one, table, { memory, policy }).isAdmitted;
  };
  return topology.appliances.flatMap((appliance): readonly Finding[] => {
    const leave = leaves.get(appliance.instanceId);
    if (leave === undefined || leave.cause === 'drill') return [];
    const carried = topology.routes.filter(({ nextHop }) => nextHop === appliance.instanceId);
    if (carried.length === 0 && hasEnded(appliance, leave, world, verdicts)) return [];
    const stuck = carried.filter(
      (route) =>
        !canMove(
          route,
          takers.filter((one) => mayTake(one, route)),
        ),
    );
    return [leaving(appliance, leave, carried, stuck, now)];
  });
}

/** It came as announced, or cannot be seen. A drain lasts over stops and starts, and a reboot ends nothing. */
function hasEnded(
  { instanceId }: Appliance,
  leave: Leave,
  { signals }: World,
  verdicts: Verdicts,
): boolean {
  const state = signals.get(instanceId)?.state;
  const isRunning = state?.known === true && state.value === 'running';
  return isAnnounced(leave) && !isRunning && verdicts.get(instanceId)?.kind !== 'up';
}

/** Whether any other appliance may take it; whether that one is proven yet is for the plan to say. */
const canMove = (
  { preferred, group, vpcId }: ManagedRoute,
  takers: readonly Appliance[],
): boolean =>
  preferred.kind === 'appliance' &&
  takers.some((one) => one.group === group && isInVpc(one, vpcId));

const routesIn = (routes: readonly ManagedRoute[]): string =>
  countedRoutes(routes.map(({ key }) => key));

function leaving(
  appliance: Appliance,
  leave: Leave,
  carried: readonly ManagedRoute[],
  stuck: readonly ManagedRoute[],
  now: Instant,
): Finding {
  const { name, instanceId, zone } = appliance;
  const moving = carried.filter((route) => !stuck.includes(route));
  const parts = [
    `${name} (${instanceId}, ${zone}) ${describeLeave(leave)}.`,
    carried.length === 0 ? 'No route leads to it.' : null,
    moving.length === 0 ? null : `${routesIn(moving)} of it others can carry.`,
    stuck.length === 0
      ? null
      : `${routesIn(stuck)} of it no other can carry now: that traffic stops when it ends.`,
  ];
  return {
    reason: 'ApplianceLeaving',
    subject: subjectOf(appliance),
    severity:
      stuck.length > 0 && isCertain(leave) && leave.cause !== 'drain' ? 'critical' : 'warning',
    summary: parts.filter((part) => part !== null).join(' '),
    evidence: [
      `since ${toIso(leave.at)}, by ${leave.by}: ${leave.why}`,
      ...stuck.slice(0, EVIDENCE_MAX).map(({ key }) => key),
    ],
    since: Math.min(leave.at, now),
    hint:
      leave.cause === 'drain'
        ? `It ends by itself. To end it now: vpn-medic drain ${shellQuoted(instanceId)} --cancel`
        : APPLIANCE_FINDINGS.ApplianceLeaving.hint,
  };
}

const EVIDENCE_MAX = 20;
