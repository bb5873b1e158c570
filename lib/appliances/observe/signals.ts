/** What EC2 says of one appliance now; what is too old, or was not said, is unknown. Pure. */
import { known, unknown } from '../../core/reading.ts';
import { describeMs, type Instant } from '../../core/time.ts';
import type { StatusFact, ZoneInventory } from '../types/inventory.ts';
import type { Appliance } from '../types/topology.ts';
import type { Ec2Signals } from '../types/world.ts';
import type { NewestZone } from './inventory/zones.ts';

/** A reading older than this says nothing about now. */
const FRESH_MS = 45_000;

export function signalsOf(
  appliance: Appliance,
  zone: NewestZone | undefined,
  now: Instant,
): Ec2Signals {
  const missing = unknown(`${appliance.zone} not read yet`, now);
  if (zone === undefined)
    return {
      state: missing,
      checks: missing,
      interfaces: missing,
      addressesAt: null,
      events: [],
    };
  const { statuses, interfaces } = zone;
  const status = statuses.known
    ? statuses.value.find(({ instanceId }) => instanceId === appliance.instanceId)
    : undefined;
  const state = stateOf(appliance, zone, status, now);
  return {
    state,
    checks:
      state.known && status !== undefined
        ? known(status, statuses.at)
        : unknown(state.known ? 'EC2 has no checks of it' : state.why, statuses.at),
    interfaces: linksOf(appliance, zone, now),
    addressesAt: interfaces.known ? interfaces.at : null,
    events: status?.events ?? [],
    ...launchOf(appliance, zone),
  };
}

function launchOf(
  { instanceId }: Appliance,
  { instances }: NewestZone,
): Pick<Ec2Signals, 'launchedAt'> {
  const fact = instances.known
    ? instances.value.find((one) => one.instanceId === instanceId)
    : undefined;
  return fact?.launchedAt == null ? {} : { launchedAt: fact.launchedAt };
}

/** Absence in one answer is not gone: both answers must lack it, and it must have been asked for. */
function stateOf(
  { instanceId, zone: zoneName }: Appliance,
  { statuses, instances, askedIds }: NewestZone,
  status: StatusFact | undefined,
  now: Instant,
): Ec2Signals['state'] {
  if (!statuses.known) return statuses;
  if (now - statuses.at > FRESH_MS) {
    return unknown(
      `statuses of ${zoneName} were last read ${describeMs(now - statuses.at)} ago`,
      now,
    );
  }
  if (status !== undefined) {
    return status.state === 'unknown'
      ? unknown('EC2 names a state that is not known here', statuses.at)
      : known(status.state, statuses.at);
  }
  const fact = instances.known
    ? instances.value.find((one) => one.instanceId === instanceId)
    : undefined;
  return instances.known && askedIds.has(instanceId) && fact === undefined
    ? known('gone', instances.at)
    : unknown('EC2 did not mention it', statuses.at);
}

/** An interface is gone when DescribeInstances lists it no more either. */
function linksOf(
  { instanceId, interfaces: own, interfacesUnreadWhy }: Appliance,
  { interfaces, instances }: ZoneInventory,
  now: Instant,
): Ec2Signals['interfaces'] {
  if (!interfaces.known) return interfaces;
  if (interfacesUnreadWhy !== null) return unknown(interfacesUnreadWhy, now);
  const links = interfaces.value.filter((one) => one.instanceId === instanceId);
  const ids = new Set(links.map(({ interfaceId }) => interfaceId));
  const listed = instances.known
    ? instances.value.find((one) => one.instanceId === instanceId)?.interfaceIds
    : undefined;
  const still = own.find(
    ({ interfaceId }) => !ids.has(interfaceId) && listed?.includes(interfaceId),
  );
  return still === undefined
    ? known(links, interfaces.at)
    : unknown(
        `DescribeNetworkInterfaces lacks ${still.interfaceId}, DescribeInstances lists it`,
        now,
      );
}
