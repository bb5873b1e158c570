/** Address ranges that can reach each other over one gateway, and overlap. Pure. */
import { covers, overlap } from '../../core/cidr.ts';
import { NETWORK_FINDINGS } from '../../core/findings/network.ts';
import { counted } from '../../core/text.ts';
import type { NetworkFinding } from '../state.ts';
import type { NetworkConnection, NetworkTable, NetworkWorld } from '../types.ts';
import { EVIDENCE_MAX, subjectOf } from './finding.ts';
import { isUnread } from './transitTables.ts';

/** `before`: what was found stands where it is not known now. `connections` null: they could not be read. */
export function overlappingRanges(
  world: NetworkWorld,
  connections: readonly NetworkConnection[] | null,
  before: readonly NetworkFinding[],
): readonly NetworkFinding[] {
  const { gateways, tables, attachments, transitTables } = world;
  if (!gateways.known || !tables.known || !attachments.known || connections === null) return before;
  const ofVpc = rangesByVpc(tables.value);
  const pairs = new Map<string, string[]>();
  const add = (gatewayId: string, found: readonly string[]) => {
    if (found.length > 0) pairs.set(gatewayId, [...(pairs.get(gatewayId) ?? []), ...found]);
  };
  for (const { gatewayId, vpcId, ignored } of gateways.value) {
    if (vpcId === null || ignored !== null) continue;
    const sites = connections
      .filter((one) => one.gatewayId === gatewayId)
      .flatMap(({ name, ranges }) => ranges.map((cidr): Place => ({ cidr, of: name })));
    add(gatewayId, stolen(sites, placesOf(ofVpc, vpcId)));
  }
  const byGateway = Map.groupBy(attachments.value, ({ transitGatewayId }) => transitGatewayId);
  for (const [gatewayId, attached] of byGateway) {
    const vpcs = attached.flatMap(({ kind, resourceId }) =>
      kind === 'vpc' ? [placesOf(ofVpc, resourceId)] : [],
    );
    add(
      gatewayId,
      vpcs.flatMap((own, index) => both(own, vpcs.slice(index + 1).flat())),
    );
    const tableIds = new Set(attached.flatMap(({ tableId }) => tableId ?? []));
    const sites = [...tableIds].flatMap((id) => {
      const routes = transitTables.get(id);
      return routes?.known === true
        ? routes.value.flatMap(({ destination, attachments: to }): Place[] => {
            const ways = to.filter(
              ({ kind }) => kind === 'vpn' || kind === 'direct-connect-gateway',
            );
            return ways.map(({ resourceId }) => ({ cidr: destination, of: resourceId }));
          })
        : [];
    });
    add(gatewayId, stolen(sites, vpcs.flat()));
  }
  const halfSeen = new Set(
    attachments.value.flatMap(({ transitGatewayId, tableId }) =>
      tableId !== null && isUnread(world, tableId) ? [transitGatewayId] : [],
    ),
  );
  return [
    ...[...pairs].map(([gatewayId, found]) => findingOf(gatewayId, [...new Set(found)], world)),
    ...before.filter(({ subject: { id } }) => halfSeen.has(id) && !pairs.has(id)),
  ];
}

interface Place {
  readonly cidr: string;
  /** The VPC, or the name of the connection that leads to it. */
  readonly of: string;
}

const placesOf = (ofVpc: ReadonlyMap<string, ReadonlySet<string>>, vpcId: string): Place[] =>
  [...(ofVpc.get(vpcId) ?? [])].map((cidr) => ({ cidr, of: vpcId }));

/** Every route table of a VPC has its ranges as local routes. A VPC of another account has none that are seen. */
function rangesByVpc(tables: readonly NetworkTable[]): ReadonlyMap<string, ReadonlySet<string>> {
  const ranges = new Map<string, Set<string>>();
  for (const { vpcId, routes } of tables) {
    const own = ranges.get(vpcId) ?? new Set();
    for (const { destination, target } of routes) if (target === 'local') own.add(destination);
    ranges.set(vpcId, own);
  }
  return ranges;
}

const both = (some: readonly Place[], others: readonly Place[]): readonly string[] =>
  some.flatMap((one) =>
    others
      .filter((other) => overlap(one.cidr, other.cidr))
      .map((other) => `${one.cidr} of ${one.of} and ${other.cidr} of ${other.of}`),
  );

/** A wider range of a site is usual: the VPC's own is the more specific route. One inside the VPC's never gets an answer. */
const stolen = (sites: readonly Place[], vpcs: readonly Place[]): readonly string[] =>
  sites.flatMap((site) =>
    vpcs
      .filter((vpc) => covers(vpc.cidr, site.cidr))
      .map((vpc) => `${site.cidr} over ${site.of} inside ${vpc.cidr} of ${vpc.of}`),
  );

const findingOf = (
  gatewayId: string,
  pairs: readonly string[],
  { at }: NetworkWorld,
): NetworkFinding => ({
  reason: 'RangesOverlap',
  subject: subjectOf('gateway', gatewayId, gatewayId),
  severity: 'info',
  summary: `Ranges that ${gatewayId} connects overlap: ${pairs[0] ?? ''}${pairs.length > 1 ? ` and ${counted(pairs.length - 1, 'more pair')}` : ''}.`,
  evidence: pairs.slice(0, EVIDENCE_MAX),
  since: at,
  hint: NETWORK_FINDINGS.RangesOverlap.hint,
});
