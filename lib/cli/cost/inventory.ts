/** Counts what there is to watch: in the account, in the simulated one, or in a snapshot of one. */

import type { EndpointFact } from '../../clientVpn/types/endpoint.ts';
import type { Reading } from '../../core/reading.ts';
import type { Estate } from '../../cost/usage.ts';
import { metricRegions, rowsOf } from '../../metrics/table.ts';
import { defaultAccount } from '../../simulator/defaults/account.ts';
import { DEFAULT_ENDPOINTS } from '../../simulator/defaults/endpoints.ts';
import type { Snapshot } from '../../simulator/snapshot.ts';
import type { Doors } from '../awsClients.ts';
import type { Counted } from '../cost.ts';
import { chooseRegion } from '../region.ts';
import { readSnapshot } from '../snapshot/file.ts';
import type { Terminal } from '../terminal.ts';

const LOOK_MS_MAX = 60_000;

/** What cannot be read counts as none, and is a doubt. */
export async function readEstate(
  asked: string | undefined,
  { env }: Terminal,
  doors: Doors,
): Promise<Counted> {
  const region = await chooseRegion(asked, env, doors.profileRegion);
  const signal = AbortSignal.timeout(LOOK_MS_MAX);
  const [ec2, vpn, endpointPort] = await Promise.all([
    doors.ec2(region),
    doors.vpn(region),
    doors.endpoints(region),
  ]);
  const [tags, connections, endpoints, series] = await Promise.all([
    ec2.tags(['vpn-medic:group'], signal),
    vpn.connections(signal),
    endpointPort.endpoints(signal),
    countSeries(region, doors, signal),
  ]);
  const doubts = [...series.doubts];
  const of = <T>(what: string, reading: Reading<readonly T[]>): readonly T[] => {
    if (!reading.known) doubts.push(`${what} are not counted: ${reading.why}`);
    return reading.known ? reading.value : [];
  };
  const appliances = of('appliances', tags).filter(
    ({ resourceType }) => resourceType === 'instance',
  );
  const alive = of('connections', connections).filter(({ state }) => state === 'available');
  const facts = of('endpoints', endpoints);
  return {
    of: `this account in ${region}`,
    estate: {
      applianceCount: appliances.length,
      connectionCount: alive.length,
      tunnelCount: alive.reduce((sum, { tunnels }) => sum + tunnels.length, 0),
      ...endpointCounts(facts),
      tableSeriesCount: series.count,
    },
    doubts,
  };
}

const endpointCounts = (facts: readonly EndpointFact[]) => ({
  endpointCount: facts.length,
  handlerCount: facts.filter(({ hasConnectHandler }) => hasConnectHandler).length,
  federatedCount: facts.filter(({ authentication }) => authentication.includes('federated')).length,
});

async function countSeries(region: string, doors: Doors, signal: AbortSignal) {
  const doubts: string[] = [];
  const counts = await Promise.all(
    metricRegions([region]).map(async (where) => {
      const metrics = await doors.metrics(where);
      const lists = await Promise.all(
        rowsOf(where, where === region).map(async (row) => {
          const list = await metrics.series(row, signal);
          if (!list.known) doubts.push(`${row.namespace} is not counted: ${list.why}`);
          const names = row.dimensions.toSorted().join();
          return (list.known ? list.value : []).filter(
            ({ dimensions }) => Object.keys(dimensions).toSorted().join() === names,
          ).length;
        }),
      );
      return lists.reduce((sum, one) => sum + one, 0);
    }),
  );
  return { count: counts.reduce((sum, one) => sum + one, 0), doubts };
}

export const simEstate = (now: number): Counted => ({
  of: 'the simulated account',
  estate: { ...estateOf(defaultAccount(now)), ...endpointCounts(DEFAULT_ENDPOINTS) },
  doubts: [],
});

export async function snapshotEstate(path: string): Promise<Counted> {
  const snapshot = await readSnapshot(path);
  return {
    of: `the snapshot ${path}: appliances alone, since it holds nothing else (--connections and --endpoints add them)`,
    estate: estateOf(snapshot),
    doubts: [],
  };
}

const estateOf = ({ tags }: Snapshot): Estate => ({
  applianceCount: tags.filter(
    ({ key, resourceType }) => key === 'vpn-medic:group' && resourceType === 'instance',
  ).length,
  connectionCount: 0,
  tunnelCount: 0,
  endpointCount: 0,
  handlerCount: 0,
  federatedCount: 0,
  tableSeriesCount: 0,
});
