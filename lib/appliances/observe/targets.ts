/** Where each probe of each appliance is sent from each vantage, and which can prove nothing there. Pure. */
import { covers, isHostLocal, prefixLength } from '../../core/cidr.ts';
import type { Probe, ProbeTarget, Vantage } from '../../probe/types.ts';
import { type Appliance, isInVpc, type Topology } from '../types/topology.ts';
import { type FarSide, targetKey, type Unreachable } from '../types/world.ts';

export interface Aim {
  readonly target: ProbeTarget;
  readonly instanceId: string;
  /** A managed route leads to it now: it is probed twice an interval. */
  readonly isNextHop: boolean;
  /** Never probed more often; 0: no pace of its own. */
  readonly everyMs: number;
}

export interface Aims {
  /** By target key. */
  readonly aims: ReadonlyMap<string, Aim>;
  readonly unreachables: ReadonlyMap<string, Unreachable>;
  /** By target key: those that go through the appliance's tunnel. */
  readonly farSides: ReadonlyMap<string, FarSide>;
}

/** Every probe of a vantage is either aimed or unreachable. */
export function aimFrom(vantage: Vantage, topology: Topology): Aims {
  const aims = new Map<string, Aim>();
  const unreachables = new Map<string, Unreachable>();
  const farSides = new Map<string, FarSide>();
  const nextHops = new Set(topology.routes.map(({ nextHop }) => nextHop));
  for (const appliance of topology.appliances) {
    for (const probe of appliance.probes.flat()) {
      const key = targetKey(appliance.instanceId, probe.text);
      const way = addressFrom(vantage, appliance, probe, topology);
      if ('address' in way) {
        const { kind, port, path, word, keyName } = probe;
        const target = {
          key,
          kind,
          address: way.address,
          port,
          ...(path !== undefined && { path }),
          ...(word !== undefined && { word }),
          ...(keyName !== undefined && { keyName }),
        };
        const { instanceId } = appliance;
        const isNextHop = nextHops.has(instanceId);
        aims.set(key, { target, instanceId, isNextHop, everyMs: probe.everyMs ?? 0 });
        if (way.isThroughTunnel) farSides.set(key, farSideOf(appliance, probe));
      } else unreachables.set(key, way);
    }
  }
  return { aims, unreachables, farSides };
}

interface Way {
  readonly address: string;
  readonly isThroughTunnel: boolean;
}

const farSideOf = ({ group }: Appliance, { kind, address, port, path, word }: Probe): FarSide =>
  `${group} ${kind}:${address ?? ''}:${port}${path ?? ''}${word === undefined ? '' : `#${word}`}`;

function addressFrom(
  vantage: Vantage,
  appliance: Appliance,
  { address }: Probe,
  topology: Topology,
): Way | Unreachable {
  if (address !== null) {
    if (!isBehindTunnel(address, appliance, topology)) return { address, isThroughTunnel: false };
    const through = leadsThrough(vantage, address, topology);
    if (through === appliance.instanceId) return { address, isThroughTunnel: true };
    return {
      reason: 'behind-tunnel',
      why: `${address} is behind the tunnel, and ${vantage.id} reaches it ${through === null ? 'by no appliance' : `by ${through}`}`,
    };
  }
  const own = vantage.isInVpc ? (appliance.privateIp ?? appliance.ipv6) : appliance.publicIp;
  if (own !== null) return { address: own, isThroughTunnel: false };
  return {
    reason: appliance.interfacesUnreadWhy === null ? 'unreachable' : 'unread',
    why: `${appliance.name} has no ${vantage.isInVpc ? '' : 'public '}address that ${vantage.id} can reach`,
  };
}

/** Inside a destination of the group's managed routes, and not in the VPC itself or on this host. */
export function isBehindTunnel(
  address: string,
  appliance: Appliance,
  topology: Pick<Topology, 'localCidrs' | 'prefixLists' | 'routes'>,
): boolean {
  if (isHostLocal(address) || appliance.ownAddresses.includes(address)) return false;
  const isLocal = [...topology.localCidrs].some(
    ([vpcId, cidrs]) => isInVpc(appliance, vpcId) && cidrs.some((cidr) => covers(cidr, address)),
  );
  if (isLocal) return false;
  return topology.routes.some(
    ({ group, vpcId, destination }) =>
      group === appliance.group &&
      isInVpc(appliance, vpcId) &&
      (topology.prefixLists.get(destination) ?? [destination]).some((cidr) =>
        covers(cidr, address),
      ),
  );
}

/** The appliance that the vantage's own subnets are routed through now, by longest prefix; null when none, or not all the same. */
function leadsThrough(vantage: Vantage, address: string, topology: Topology): string | null {
  const through = new Set(
    vantage.subnetIds.map((subnetId) => {
      const table = topology.tables.find(({ subnetIds }) => subnetIds.includes(subnetId));
      const [way] = (table?.ways ?? [])
        .filter(({ cidr }) => covers(cidr, address))
        .toSorted((a, b) => prefixLength(b.cidr) - prefixLength(a.cidr));
      const nextHop = topology.appliances.find(
        ({ instanceId, interfaces }) =>
          way !== undefined &&
          (instanceId === way.targetId ||
            interfaces.some(({ interfaceId }) => interfaceId === way.targetId)),
      );
      return nextHop?.instanceId ?? null;
    }),
  );
  const [only = null] = through;
  return through.size === 1 ? only : null;
}
