/** Findings about many appliances at once: a zone, a group, a mass failure. Pure. */
import type { Finding } from '../../core/finding.ts';
import { APPLIANCE_FINDINGS } from '../../core/findings/appliances.ts';
import { describeGateway, isGatewayId } from '../../core/lastResort.ts';
import { counted } from '../../core/text.ts';
import type { Instant } from '../../core/time.ts';
import type { Leaves } from '../state/leave.ts';
import { isQuiet } from '../state/quietHours.ts';
import type { Appliance, ManagedRoute } from '../types/topology.ts';
import type { DownVerdict, Verdicts } from '../types/verdict.ts';
import type { World } from '../types/world.ts';
import { massSilences } from './massSilence.ts';

export function findInFleet(
  world: World,
  verdicts: Verdicts,
  now: Instant,
  silentSinces: ReadonlyMap<string, Instant> = new Map(),
  leaves: Leaves = new Map(),
): readonly Finding[] {
  return [
    ...findZones(world, verdicts, now),
    ...findGroups(world, verdicts, now),
    ...findMassFailure(world, verdicts, silentSinces, leaves, now),
  ];
}

function findMassFailure(
  world: World,
  verdicts: Verdicts,
  silentSinces: ReadonlyMap<string, Instant>,
  leaves: Leaves,
  now: Instant,
): readonly Finding[] {
  return massSilences(world, verdicts, silentSinces, leaves).map(
    ({ scope: { kind, id }, silent, wellCount, zones, since }) => ({
      reason: 'MassFailureSuspect',
      subject: { kind, id, name: id, group: kind === 'group' ? id : null, zone: null },
      severity: 'critical',
      summary: `${silent.length} of ${wellCount} appliances of ${kind === 'group' ? `group ${id}` : id} that were well fell silent within a minute, in ${zones.join(' and ')}: a shared cause or a fault of the observation is more likely than so many failures. Only what EC2 itself confirms is moved.`,
      evidence: silent.map((one) => `${one.name}: ${whyDown(one, verdicts)}`),
      since: Math.min(now, since),
      hint: APPLIANCE_FINDINGS.MassFailureSuspect.hint,
    }),
  );
}

/** What EC2 reports as not running was stopped, or has its own cause, and what has quiet hours may be off: it says nothing about its zone. */
function findZones(world: World, verdicts: Verdicts, now: Instant): readonly Finding[] {
  const { appliances, ignored } = world.topology;
  const isDown = (one: Appliance) => isSilentOrGone(one, verdicts);
  const isUp = (one: Appliance) => verdicts.get(one.instanceId)?.kind === 'up';
  return zonesOf(appliances).flatMap((zone): readonly Finding[] => {
    const inside = appliances.filter(
      (one) =>
        one.zone === zone &&
        !ignored.has(one.instanceId) &&
        !isQuiet(one, now) &&
        downOf(one, verdicts)?.cause !== 'state',
    );
    const outside = appliances.filter((one) => one.zone !== zone);
    if (inside.length < 2 || !inside.every(isDown) || !outside.some(isUp)) return [];
    return [
      {
        reason: 'ZoneDown',
        subject: { kind: 'zone', id: zone, name: zone, group: null, zone },
        severity: 'critical',
        summary: `All ${inside.length} running appliances in ${zone} are down while another zone is well.`,
        evidence: inside.map((one) => `${one.name}: ${whyDown(one, verdicts)}`),
        since: earliest(inside, verdicts, now),
        hint: `Look at the AWS Health Dashboard for ${zone}.`,
      },
    ];
  });
}

/** An ignored member that lives can carry the group's routes; ignored ones alone are no outage. */
function findGroups(
  { topology: { appliances, ignored, routes } }: World,
  verdicts: Verdicts,
  now: Instant,
): readonly Finding[] {
  return [...Map.groupBy(appliances, ({ group }) => group)].flatMap(
    ([group, members]): readonly Finding[] => {
      const dead = members.filter((one) => isSilentOrGone(one, verdicts));
      if (dead.length < members.length) return [];
      if (members.every(({ instanceId }) => ignored.has(instanceId))) return [];
      return [
        {
          reason: 'GroupDown',
          subject: { kind: 'group', id: group, name: group, group, zone: null },
          severity: 'critical',
          summary: `Every appliance of group ${group} is down (${members.map(({ name }) => name).join(', ')}): ${whatIsLeft(routes.filter((one) => one.group === group))}`,
          evidence: members.map((one) => `${one.name}: ${whyDown(one, verdicts)}`),
          since: earliest(members, verdicts, now),
          hint: APPLIANCE_FINDINGS.GroupDown.hint,
        },
      ];
    },
  );
}

function whatIsLeft(routes: readonly ManagedRoute[]): string {
  const ids = new Set(routes.map(({ nextHop }) => nextHop).filter(isGatewayId));
  const count = routes.filter(({ nextHop }) => ids.has(nextHop)).length;
  return count === 0
    ? 'its far side cannot be reached, and there is nothing alive to move its routes to.'
    : `${count} of its ${counted(routes.length, 'route')} ${count === 1 ? 'is' : 'are'} carried by ${[...ids].map(describeGateway).join(' and ')}.`;
}

export const regionOf = (world: Pick<World, 'region'>): Finding['subject'] => ({
  kind: 'region',
  id: world.region,
  name: world.region,
  group: null,
  zone: null,
});

const zonesOf = (appliances: readonly Appliance[]): readonly string[] =>
  [...new Set(appliances.map(({ zone }) => zone))].toSorted();

function downOf(appliance: Appliance, verdicts: Verdicts): DownVerdict | null {
  const verdict = verdicts.get(appliance.instanceId);
  return verdict?.kind === 'down' ? verdict : null;
}

/** Down, and not merely slow. */
function isSilentOrGone(appliance: Appliance, verdicts: Verdicts): boolean {
  const verdict = downOf(appliance, verdicts);
  return verdict !== null && verdict.isLate !== true;
}

const whyDown = (appliance: Appliance, verdicts: Verdicts): string =>
  downOf(appliance, verdicts)?.why ?? 'silent, not known to be down';

const earliest = (appliances: readonly Appliance[], verdicts: Verdicts, now: Instant): Instant =>
  Math.min(now, ...appliances.flatMap((one) => downOf(one, verdicts)?.since ?? []));
