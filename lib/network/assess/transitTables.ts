/** Route tables of transit gateways: how many routes they announce to connections, and whether a backup takes the traffic. Pure. */
import { covers } from '../../core/cidr.ts';
import { NETWORK_FINDINGS } from '../../core/findings/network.ts';
import { counted } from '../../core/text.ts';
import type { NetworkFinding } from '../state.ts';
import type { NetworkWorld, TransitRoute } from '../types.ts';
import { EVIDENCE_MAX, subjectOf } from './finding.ts';

interface ReadTable {
  readonly tableId: string;
  readonly routes: readonly TransitRoute[];
}

/** Those that could be read. */
const readTables = ({ transitTables }: NetworkWorld): readonly ReadTable[] =>
  [...transitTables].flatMap(([tableId, routes]) =>
    routes.known ? [{ tableId, routes: routes.value }] : [],
  );

/** Nothing can be said of it now. */
export const isUnread = (world: NetworkWorld, tableId: string): boolean =>
  !world.attachments.known ||
  world.unreadTableIds.includes(tableId) ||
  world.transitTables.get(tableId)?.known === false;

/** To a connection go the routes of the table that it is associated with. */
export function announcedRoutes(world: NetworkWorld): readonly NetworkFinding[] {
  const attachments = world.attachments.known ? world.attachments.value : [];
  return readTables(world).flatMap(({ tableId, routes }) => {
    const own = attachments.filter((one) => one.kind === 'vpn' && one.tableId === tableId);
    if (own.length === 0 || routes.length < ANNOUNCED_MAX * NEAR_SHARE) return [];
    return [
      {
        reason: 'TransitRoutesNearLimit',
        subject: subjectOf('table', tableId, tableId),
        severity: 'warning' as const,
        summary: `${tableId} has ${routes.length} of at most ${ANNOUNCED_MAX} routes that are announced to the customer gateways of ${counted(own.length, 'connection')}: ${routes.length >= ANNOUNCED_MAX ? 'further ones are' : 'beyond that they are'} left out.`,
        evidence: own.slice(0, EVIDENCE_MAX).map(({ resourceId }) => resourceId),
        since: world.at,
        hint: NETWORK_FINDINGS.TransitRoutesNearLimit.hint,
      },
    ];
  });
}

/**
 * Not adjustable.
 * @see https://docs.aws.amazon.com/vpn/latest/s2svpn/vpn-limits.html
 */
const ANNOUNCED_MAX = 5_000;
const NEAR_SHARE = 0.8;

const DEFAULT: ReadonlySet<string> = new Set(['0.0.0.0/0', '::/0']);

/** Of equal routes Direct Connect is taken before a VPN, unless that one is static; a more specific one always is. */
export function preferredBackups(world: NetworkWorld): readonly NetworkFinding[] {
  return readTables(world).flatMap(({ tableId, routes }) => {
    const over = (kind: string) =>
      routes.filter(({ attachments }) => attachments.some((one) => one.kind === kind));
    const direct = over('direct-connect-gateway').filter(
      ({ destination }) => !DEFAULT.has(destination),
    );
    const taken = over('vpn').flatMap(({ destination, attachments }) => {
      const wider = direct.find((one) => covers(one.destination, destination));
      return wider === undefined
        ? []
        : [
            `${destination} over ${attachments.map(({ resourceId }) => resourceId).join(', ')}, inside ${wider.destination} over Direct Connect`,
          ];
    });
    if (taken.length === 0) return [];
    return [
      {
        reason: 'BackupPreferred' as const,
        subject: subjectOf('table', tableId, tableId),
        severity: 'info' as const,
        summary: `Routes of ${tableId} lead over a VPN though Direct Connect has a wider one: ${taken[0] ?? ''}${taken.length > 1 ? ` and ${counted(taken.length - 1, 'more route')}` : ''}.`,
        evidence: taken.slice(0, EVIDENCE_MAX),
        since: world.at,
        hint: NETWORK_FINDINGS.BackupPreferred.hint,
      },
    ];
  });
}
