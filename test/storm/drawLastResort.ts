/** In some storms groups have a gateway of last resort, and lose all their appliances at once. */

import { aConnection, aGateway, hex } from '../../lib/simulator/defaults/siteToSite.ts';
import type { Fault, Spell } from '../../lib/simulator/faults.ts';
import { VPC_ID } from '../../lib/simulator/layout/words.ts';
import type { Random } from '../../lib/simulator/random.ts';
import type { VpnNetwork } from '../../lib/simulator/siteToSite.ts';
import type { SimGateway, Snapshot } from '../../lib/simulator/snapshot.ts';

export interface WithLastResort {
  readonly snapshot: Snapshot;
  readonly vpn?: VpnNetwork;
}

/** A virtual private gateway with a static connection, or a transit gateway; each leads to some destinations only. */
export function withLastResort(random: Random, snapshot: Snapshot): WithLastResort {
  if (!random.chance(0.15)) return { snapshot };
  const groups = groupsOf(snapshot);
  const cidr = random.pick(['10.16.0.0/12', '10.0.0.0/8', '10.20.0.0/16']);
  const isTransit = random.chance(0.5);
  const gatewayId = `${isTransit ? 'tgw' : 'vgw'}-${hex(1)}`;
  const connection = {
    ...aConnection(1, 'backup', null, snapshot.takenAt),
    gateway: { kind: isTransit ? 'transit' : 'virtual-private', id: gatewayId } as const,
    isStatic: true,
    staticRouteCount: 1,
    staticCidrs: isTransit ? [] : [cidr],
  };
  const { connectionId } = connection;
  const gateway: SimGateway = {
    gatewayId,
    vpcId: VPC_ID,
    routes: isTransit ? [{ destination: cidr, connectionId }] : [],
  };
  const value = random.chance(0.7) ? groups.join(' ') : random.pick(groups);
  const resourceType = isTransit ? 'transit-gateway' : 'vpn-gateway';
  const tag = { resourceId: gatewayId, resourceType, key: 'vpn-medic:group', value };
  return {
    snapshot: { ...snapshot, tags: [...snapshot.tags, tag], gateways: [gateway] },
    vpn: { connections: [connection], customerGateways: [aGateway(1)] },
  };
}

/** What the last resort is for: everything stops; and then what is behind the gateway fails, or is not known. */
export function drawLastResort(
  random: Random,
  { snapshot, vpn }: WithLastResort,
  faultsFromMs: number,
  endMs: number,
): readonly Spell[] {
  const connection = vpn?.connections[0];
  if (connection === undefined) return [];
  const group = random.pick(groupsOf(snapshot));
  const members = snapshot.tags.flatMap(({ resourceId, resourceType, key, value }) =>
    resourceType === 'instance' && key === 'vpn-medic:group' && value === group ? [resourceId] : [],
  );
  const startMs = random.whole(faultsFromMs, endMs - 25_000);
  const stops = members.map((instanceId): Spell => {
    const fromMs = startMs + 1_000 * random.whole(0, 5);
    return {
      fault: { kind: 'stopped', instanceId },
      startMs: fromMs,
      endMs: random.whole(fromMs + 8_000, endMs),
    };
  });
  const { connectionId, customerGatewayId } = connection;
  const kinds: readonly Fault[] = [
    { kind: 'customer-device-dead', customerGatewayId: customerGatewayId ?? '' },
    { kind: 'telemetry-missing', connectionId },
    { kind: 'vpn-unreadable', why: 'not accepted (AuthFailure)' },
  ];
  const behind = Array.from({ length: random.whole(0, 3) }, (): Spell => {
    const fromMs = random.whole(faultsFromMs, endMs - 8_000);
    return { fault: random.pick(kinds), startMs: fromMs, endMs: random.whole(fromMs, endMs) };
  });
  return random.chance(0.8) ? [...stops, ...behind] : behind;
}

const groupsOf = ({ tags }: Snapshot): readonly string[] => [
  ...new Set(
    tags.flatMap(({ resourceType, key, value }) =>
      resourceType === 'instance' && key === 'vpn-medic:group' ? [value] : [],
    ),
  ),
];
