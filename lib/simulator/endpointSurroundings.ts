/** What surrounds the simulated endpoints: all well, but for the faults of each. */
import type { SurroundingsPort } from '../clientVpn/ports.ts';
import type { EndpointFact } from '../clientVpn/types/endpoint.ts';
import { known, type Reading, unknown } from '../core/reading.ts';
import type { OneEndpointFault } from './faults/clientVpn.ts';
import type { Fault } from './faults.ts';
import type { Invocation } from './invocation.ts';

export interface SurroundingFaults {
  isUnreadable(): boolean;
  during(kind: OneEndpointFault['kind'], endpointId: string): readonly Fault[];
}

const CALL_MS = 60;
const DAY_MS = 86_400_000;

export function simulatedSurroundings(
  facts: readonly EndpointFact[],
  faults: SurroundingFaults,
  self: Pick<Invocation, 'clock' | 'pass'>,
): SurroundingsPort {
  const ask = async <T>(
    action: string,
    signal: AbortSignal,
    take: () => T,
  ): Promise<Reading<T>> => {
    const at = self.clock.now();
    await self.pass(CALL_MS, signal);
    return faults.isUnreadable() || signal.aborted
      ? unknown(`${action} throttled (RequestLimitExceeded)`, at)
      : known(take(), at);
  };
  return {
    routes: (_id, signal) => ask('ec2:DescribeClientVpnRoutes', signal, () => [ROUTE]),
    rules: (endpointId, signal) =>
      ask('ec2:DescribeClientVpnAuthorizationRules', signal, () =>
        faults.during('rules-revoked', endpointId).length > 0 ? [] : [RULE],
      ),
    ranges: (vpcIds, signal) =>
      ask('ec2:DescribeVpcs', signal, () =>
        vpcIds.map((vpcId) => ({ cidr: '10.0.0.0/16', vpcId })),
      ),
    peers: (signal) => ask('ec2:DescribeVpcPeeringConnections', signal, () => []),
    egress: (vpcIds, signal) =>
      ask(
        'ec2:DescribeRouteTables',
        signal,
        () => new Map(vpcIds.map((id) => [id, { bySubnet: new Map(), main: true }])),
      ),
    certificate: (arn, signal) =>
      ask('acm:DescribeCertificate', signal, () => {
        const holders = facts.filter(({ settings }) => settings.certificateArn === arn);
        const [old] = holders.flatMap(({ endpointId }) =>
          faults.during('certificate-old', endpointId),
        );
        const days = old?.kind === 'certificate-old' ? old.days : 200;
        return {
          arn,
          status: days < 0 ? 'EXPIRED' : 'ISSUED',
          endsAt: self.clock.now() + days * DAY_MS,
          renewal: null,
          renewalWhy: '',
        };
      }),
    directories: (signal) =>
      ask('ds:DescribeDirectories', signal, () =>
        facts.flatMap(({ endpointId, name, settings }) =>
          settings.directoryIds.map((directoryId) => {
            const [ill] = faults.during('directory-ill', endpointId);
            const stage = ill?.kind === 'directory-ill' ? ill.stage : 'Active';
            return {
              directoryId,
              name: `${name}.example.com`,
              kind: 'ADConnector',
              stage,
              stageWhy: '',
            };
          }),
        ),
      ),
  };
}

const ROUTE = {
  destination: '10.0.0.0/16',
  subnetId: '',
  state: 'active',
  stateMessage: '',
} as const;
const RULE = { destination: '10.0.0.0/16', state: 'active', stateMessage: '' } as const;
