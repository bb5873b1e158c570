/** Every single thing of an account that can fail, one case each. Pure. */
import { tunnelId } from '../../siteToSite/types/connection.ts';
import type { Fault, Spell } from '../faults.ts';
import type { Roles } from '../roles.ts';

export type CaseKind =
  | 'appliance'
  | 'zone'
  | 'connection'
  | 'tunnel'
  | 'device'
  | 'interface'
  | 'endpoint'
  | 'crl'
  | 'pair';

export interface FailureCase {
  readonly kind: CaseKind;
  readonly id: string;
  readonly name: string;
  /** What happens to it: `hangs`, `stopped`, … */
  readonly how: string;
  readonly faults: readonly Fault[];
  /** Faults that begin before and end when `faults` begin: a CRL runs out before it has expired. */
  readonly before?: { readonly faults: readonly Fault[]; readonly lastsMs: number };
}

/** `hasPairs`: each two appliances at once, too. */
export const casesOf = (roles: Roles, hasPairs: boolean): readonly FailureCase[] => [
  ...applianceCases(roles),
  ...connectionCases(roles),
  ...interfaceCases(roles),
  ...endpointCases(roles),
  ...(hasPairs ? pairCases(roles) : []),
];

function applianceCases({ appliances }: Roles): readonly FailureCase[] {
  const zones = [...new Set(appliances.map(({ zone }) => zone))].toSorted();
  return [
    ...appliances.flatMap(({ instanceId, name }): readonly FailureCase[] => {
      const one = { kind: 'appliance', id: instanceId, name: name || instanceId } as const;
      return [
        { ...one, how: 'hangs', faults: [{ kind: 'host-dead', instanceId }] },
        { ...one, how: 'stopped', faults: [{ kind: 'stopped', instanceId }] },
      ];
    }),
    ...zones.map(
      (zone): FailureCase => ({
        kind: 'zone',
        id: zone,
        name: zone,
        how: 'fails',
        faults: [{ kind: 'zone-dead', zone, hidesInterfaces: false }],
      }),
    ),
  ];
}

function pairCases({ appliances }: Roles): readonly FailureCase[] {
  return appliances.flatMap((a, index) =>
    appliances.slice(index + 1).map(
      (b): FailureCase => ({
        kind: 'pair',
        id: `${a.instanceId} ${b.instanceId}`,
        name: `${a.name || a.instanceId} and ${b.name || b.instanceId}`,
        how: 'hang',
        faults: [a, b].map(({ instanceId }) => ({ kind: 'host-dead', instanceId })),
      }),
    ),
  );
}

function connectionCases({
  vpn: { connections, customerGateways },
}: Roles): readonly FailureCase[] {
  const used = new Set(connections.map((one) => one.customerGatewayId));
  return [
    ...connections.flatMap(({ connectionId, name, tunnels }): readonly FailureCase[] => [
      {
        kind: 'connection',
        id: connectionId,
        name,
        how: 'both tunnels down',
        faults: tunnels.map(({ outsideIp }) => tunnelDown(connectionId, outsideIp)),
      },
      ...tunnels.map(
        ({ outsideIp }): FailureCase => ({
          kind: 'tunnel',
          id: tunnelId(connectionId, outsideIp),
          name: `${outsideIp} of ${name}`,
          how: 'down',
          faults: [tunnelDown(connectionId, outsideIp)],
        }),
      ),
    ]),
    ...customerGateways
      .filter(({ customerGatewayId }) => used.has(customerGatewayId))
      .map(
        ({ customerGatewayId, name, ip }): FailureCase => ({
          kind: 'device',
          id: customerGatewayId,
          name: name || ip || customerGatewayId,
          how: 'off',
          faults: [{ kind: 'customer-device-dead', customerGatewayId }],
        }),
      ),
  ];
}

const tunnelDown = (connectionId: string, outsideIp: string): Fault => ({
  kind: 'tunnel-down',
  connectionId,
  outsideIp,
  isBgp: false,
});

/** The last virtual interface takes the connections with it that are carried over Direct Connect. */
function interfaceCases({ directConnect: { interfaces }, vpn }: Roles): readonly FailureCase[] {
  const carried = vpn.connections
    .filter(({ transport }) => transport === 'private')
    .flatMap(({ connectionId, tunnels }) =>
      tunnels.map(({ outsideIp }) => tunnelDown(connectionId, outsideIp)),
    );
  return interfaces.map(({ interfaceId }) => ({
    kind: 'interface',
    id: interfaceId,
    name: interfaceId,
    how: 'BGP down',
    faults: [
      { kind: 'interface-bgp-down', interfaceId },
      ...(interfaces.length === 1 ? carried : []),
    ],
  }));
}

function endpointCases({ endpoints, endpointSetups }: Roles): readonly FailureCase[] {
  return endpoints.flatMap(({ endpointId, name }): readonly FailureCase[] => {
    const one = { id: endpointId, name: name || endpointId };
    const setup = endpointSetups.get(endpointId);
    const isWithoutCrl = setup !== undefined && setup.crlDays === null;
    return [
      {
        ...one,
        kind: 'endpoint',
        how: 'does not answer',
        faults: [{ kind: 'endpoint-unreachable', endpointId }],
      },
      ...(isWithoutCrl ? [] : [crlCase(one, endpointId)]),
    ];
  });
}

const crlCase = (one: Pick<FailureCase, 'id' | 'name'>, endpointId: string): FailureCase => ({
  ...one,
  kind: 'crl',
  how: 'is not renewed and expires',
  before: { faults: [{ kind: 'crl-old', endpointId, days: 3 }], lastsMs: 3_600_000 },
  faults: [{ kind: 'crl-old', endpointId, days: -1 }],
});

/** The faults of a case in time; they stay. */
export const spellsOf = ({ faults, before }: FailureCase, startMs: number): readonly Spell[] => [
  ...(before?.faults ?? []).map((fault) => ({
    fault,
    startMs: startMs - (before?.lastsMs ?? 0),
    endMs: startMs,
  })),
  ...faults.map((fault) => ({ fault, startMs, endMs: Number.POSITIVE_INFINITY })),
];
