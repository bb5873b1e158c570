/** Events that start pollConnections besides its schedule: AWS Health's of VPN, and Network Manager's of tunnels. Both only say "look now". */
import * as v from 'valibot';
import { isConnectionId } from '../../core/connectionPath.ts';
import { parseInstant } from '../../core/time.ts';
import type { HealthNote } from '../../siteToSite/types/connection.ts';

export type VpnEventReading =
  /** Every region, as each minute. */
  | { readonly kind: 'schedule' }
  | { readonly kind: 'look'; readonly region: string; readonly health: readonly HealthNote[] }
  | { readonly kind: 'ignored'; readonly why: string };

const Source = v.object({ source: v.string() });
const Account = v.pipe(v.string(), v.regex(/^\d{12}$/));

/** @see https://docs.aws.amazon.com/health/latest/ug/aws-health-events-eventbridge-schema.html (read 2026-11-20) */
const Health = v.object({
  'detail-type': v.picklist(['AWS Health Event', 'AWS Health Abuse Event']),
  account: Account,
  detail: v.object({
    service: v.literal('VPN'),
    eventTypeCode: v.pipe(v.string(), v.regex(/^[A-Z0-9_]{1,100}$/)),
    /** Where it is delivered may be another region. */
    eventRegion: v.optional(v.string()),
    communicationId: v.optional(v.pipe(v.string(), v.maxLength(200))),
    eventArn: v.optional(v.pipe(v.string(), v.maxLength(400))),
    startTime: v.optional(v.string()),
    affectedEntities: v.optional(v.array(v.object({ entityValue: v.string() })), []),
  }),
  region: v.string(),
  time: v.optional(v.string()),
  resources: v.optional(v.array(v.string()), []),
});

/** Older samples write keys as `change-type`; only the region is read here; the state is read from EC2. */
const NetworkManager = v.object({
  'detail-type': v.string(),
  account: Account,
  detail: v.object({ region: v.string() }),
});

/** More connections than that are a region's outage, which needs no list. */
const ENTITIES_MAX = 500;

/** Of an event only the region is used, and what AWS Health says as an explanation. */
export function readVpnEvent(
  event: unknown,
  accountId: string | null,
  regions: readonly string[],
): VpnEventReading {
  const source = v.safeParse(Source, event);
  if (!source.success || SCHEDULES.has(source.output.source)) return { kind: 'schedule' };
  switch (source.output.source) {
    case 'aws.health':
      return readHealth(event, accountId, regions);
    case 'aws.networkmanager':
      return readNetworkManager(event, accountId, regions);
    default:
      return ignored(`it comes from ${source.output.source.slice(0, 60)}`);
  }
}

/** An alarm on a tunnel says no more than the schedule does: look now. */
const SCHEDULES: ReadonlySet<string> = new Set(['aws.events', 'aws.scheduler', 'aws.cloudwatch']);

function readHealth(
  event: unknown,
  accountId: string | null,
  regions: readonly string[],
): VpnEventReading {
  const parsed = v.safeParse(Health, event);
  if (!parsed.success) return unreadable('an AWS Health event of VPN', parsed.issues[0]);
  const { account, region, detail, resources, time } = parsed.output;
  const where = detail.eventRegion ?? region;
  const wrong = notOurs(account, where, accountId, regions);
  if (wrong !== null) return wrong;
  const entities = [...detail.affectedEntities.map(({ entityValue }) => entityValue), ...resources];
  // An entity may be given as an ARN: `arn:aws:ec2:…:vpn-connection/vpn-…`.
  const ids = entities.map((entity) => entity.slice(entity.lastIndexOf('/') + 1));
  const connectionIds = [...new Set(ids.filter(isConnectionId))];
  const at = parseInstant(detail.startTime ?? '') ?? parseInstant(time ?? '');
  const id = detail.communicationId ?? detail.eventArn;
  const isNote = id !== undefined && at !== null && connectionIds.length > 0;
  return {
    kind: 'look',
    region: where,
    health: isNote
      ? [
          {
            id,
            code: detail.eventTypeCode,
            at,
            connectionIds: connectionIds.slice(0, ENTITIES_MAX),
          },
        ]
      : [],
  };
}

function readNetworkManager(
  event: unknown,
  accountId: string | null,
  regions: readonly string[],
): VpnEventReading {
  const parsed = v.safeParse(NetworkManager, event);
  if (!parsed.success) return unreadable('a Network Manager event', parsed.issues[0]);
  const { account, detail } = parsed.output;
  const wrong = notOurs(account, detail.region, accountId, regions);
  return wrong ?? { kind: 'look', region: detail.region, health: [] };
}

function notOurs(
  account: string,
  region: string,
  accountId: string | null,
  regions: readonly string[],
): VpnEventReading | null {
  if (accountId !== null && account !== accountId) {
    return ignored(`it is of account ${account}, this is ${accountId}`);
  }
  return regions.includes(region)
    ? null
    : ignored(
        `it is of ${region.slice(0, 40)}, watched are ${regions.join(', ')} (VPN_MEDIC_REGIONS)`,
      );
}

const unreadable = (what: string, issue: v.BaseIssue<unknown>): VpnEventReading =>
  ignored(`not ${what} (${v.getDotPath(issue) ?? 'event'}: ${issue.message.slice(0, 200)})`);

const ignored = (why: string): VpnEventReading => ({
  kind: 'ignored',
  why: `${why}; see the rule that sends it`,
});
