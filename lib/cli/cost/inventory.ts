/** Counts the monitored resources: of the account or a capture of it, or of the simulated one. */

import type { EndpointFact } from '../../clientVpn/types/endpoint.ts';
import { isGatewayId } from '../../core/lastResort.ts';
import type { Reading } from '../../core/reading.ts';
import type { Inventory } from '../../cost/usage.ts';
import { metricRegions, rowsOf } from '../../metrics/table.ts';
import { watchersOf } from '../../metrics/watched.ts';
import { isUnrecorded } from '../../replay/unrecorded.ts';
import { defaultAccount } from '../../simulator/defaults/account.ts';
import { DEFAULT_ENDPOINTS } from '../../simulator/defaults/clientVpn.ts';
import type { Snapshot } from '../../simulator/snapshot.ts';
import type { ConnectionFact } from '../../siteToSite/types/connection.ts';
import type { AwsClients } from '../awsClients.ts';
import type { ObserverSetup } from '../pass.ts';

/** What was counted, and what could not be. */
export interface Counted {
  /** `account 123456789012, eu-west-1`, `the simulated account`, … */
  readonly of: string;
  readonly inventory: Inventory;
  readonly objections: readonly string[];
}

const PASS_MS_MAX = 60_000;

/** What cannot be read counts as none, and is an objection. */
export async function readNetwork(
  { region, capture }: Pick<ObserverSetup, 'region' | 'capture'>,
  clients: AwsClients,
): Promise<Counted> {
  const signal = AbortSignal.timeout(PASS_MS_MAX);
  const [ec2, vpn, endpointPort] = await Promise.all([
    clients.ec2(region),
    clients.vpn(region),
    clients.endpoints(region),
  ]);
  const [tags, connections, endpoints, series] = await Promise.all([
    ec2.tags(['vpn-medic:group'], signal),
    vpn.connections(signal),
    endpointPort.endpoints(signal),
    // A capture is of one region, and what other regions have of this one is not in it.
    countSeries(
      region,
      capture === undefined ? metricRegions([region]) : [region],
      clients,
      signal,
    ),
  ]);
  const objections = [...series.objections];
  const of = <T>(what: string, reading: Reading<readonly T[]>): readonly T[] => {
    if (!reading.known) objections.push(`${what} are not counted: ${reading.why}`);
    return reading.known ? reading.value : [];
  };
  const tagged = of('appliances', tags);
  const appliances = tagged.filter(({ resourceType }) => resourceType === 'instance');
  const lastResorts = tagged.filter(({ resourceId }) => isGatewayId(resourceId));
  const alive = of('connections', connections).filter(({ state }) => state === 'available');
  const facts = of('endpoints', endpoints);
  return {
    of: capture === undefined ? `this account in ${region}` : `${region} in the capture ${capture}`,
    inventory: {
      applianceCount: appliances.length,
      connectionCount: alive.length,
      tunnelCount: alive.reduce((sum, { tunnels }) => sum + tunnels.length, 0),
      connectionGroupCount: groupCount(alive) + lastResorts.length,
      ...endpointCounts(facts),
      tableSeriesCount: series.count,
    },
    objections,
  };
}

const groupCount = (connections: readonly ConnectionFact[]): number =>
  new Set(
    connections.flatMap(({ group, gateway }) =>
      group !== null && gateway.kind === 'transit' ? [`${group} ${gateway.id}`] : [],
    ),
  ).size;

const endpointCounts = (facts: readonly EndpointFact[]) => ({
  endpointCount: facts.length,
  handlerCount: facts.filter(({ hasConnectHandler }) => hasConnectHandler).length,
  federatedCount: facts.filter(({ authentication }) => authentication.includes('federated')).length,
});

async function countSeries(
  region: string,
  regions: readonly string[],
  clients: AwsClients,
  signal: AbortSignal,
) {
  const objections: string[] = [];
  const counts = await Promise.all(
    regions.map(async (where) => {
      const [metrics, watchTags] = await Promise.all([
        clients.metrics(where),
        clients.watchTags(where),
      ]);
      const tags = await watchTags.watched(signal);
      if (!tags.known && !isUnrecorded({ evidence: [tags.why] }))
        objections.push(`what is tagged vpn-medic:watch is not counted: ${tags.why}`);
      if (!tags.known || tags.value.length === 0) return 0;
      const lists = await Promise.all(
        rowsOf(where, where === region).map(async (row) => {
          const list = await metrics.series(row, signal);
          if (!list.known) objections.push(`${row.namespace} is not counted: ${list.why}`);
          const names = row.dimensions.toSorted().join();
          return (list.known ? list.value : []).filter(
            (one) =>
              Object.keys(one.dimensions).toSorted().join() === names &&
              watchersOf(one, tags.value).length > 0,
          ).length;
        }),
      );
      return lists.reduce((sum, one) => sum + one, 0);
    }),
  );
  return { count: counts.reduce((sum, one) => sum + one, 0), objections };
}

export const simulatedNetwork = (now: number): Counted => ({
  of: 'the simulated account',
  inventory: { ...networkOf(defaultAccount(now)), ...endpointCounts(DEFAULT_ENDPOINTS) },
  objections: [],
});

const networkOf = ({ tags }: Snapshot): Inventory => ({
  applianceCount: tags.filter(
    ({ key, resourceType }) => key === 'vpn-medic:group' && resourceType === 'instance',
  ).length,
  connectionCount: 0,
  tunnelCount: 0,
  connectionGroupCount: 0,
  endpointCount: 0,
  handlerCount: 0,
  federatedCount: 0,
  tableSeriesCount: 0,
});
