/** Events of AWS Health: they say "look there now", and explain what is found of the things that they name. Pure. */
import * as v from 'valibot';
import { parseInstant } from '../../core/time.ts';

export interface HealthLook {
  readonly kind: 'look';
  readonly region: string;
  /** Null: it names nothing of ours, or no time. */
  readonly note: {
    /** The same for all pages of one event. */
    readonly id: string;
    /** `AWS_VPN_REDUNDANCY_LOSS` */
    readonly code: string;
    readonly at: number;
    readonly ids: readonly string[];
  } | null;
}

export interface Ignored {
  readonly kind: 'ignored';
  readonly why: string;
}

const Account = v.pipe(v.string(), v.regex(/^\d{12}$/));

/** @see https://docs.aws.amazon.com/health/latest/ug/aws-health-events-eventbridge-schema.html (read 2026-11-20) */
const schemaOf = (service: string) =>
  v.object({
    'detail-type': v.picklist(['AWS Health Event', 'AWS Health Abuse Event']),
    account: Account,
    detail: v.object({
      service: v.literal(service),
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

/** More things than that are a region's outage, which needs no list. */
const ENTITIES_MAX = 500;

export function readHealth(
  event: unknown,
  service: 'VPN' | 'DIRECTCONNECT',
  isId: (text: string) => boolean,
  accountId: string | null,
  regions: readonly string[],
): HealthLook | Ignored {
  const parsed = v.safeParse(schemaOf(service), event);
  if (!parsed.success) return unreadable(`an AWS Health event of ${service}`, parsed.issues[0]);
  const { account, region, detail, resources, time } = parsed.output;
  const where = detail.eventRegion ?? region;
  const wrong = notOurs(account, where, accountId, regions);
  if (wrong !== null) return wrong;
  const entities = [...detail.affectedEntities.map(({ entityValue }) => entityValue), ...resources];
  // An entity may be given as an ARN: `arn:aws:ec2:…:vpn-connection/vpn-…`.
  const named = entities.map((entity) => entity.slice(entity.lastIndexOf('/') + 1));
  const ids = [...new Set(named.filter(isId))].slice(0, ENTITIES_MAX);
  const at = parseInstant(detail.startTime ?? '') ?? parseInstant(time ?? '');
  const id = detail.communicationId ?? detail.eventArn;
  const note =
    id === undefined || at === null || ids.length === 0
      ? null
      : { id, code: detail.eventTypeCode, at, ids };
  return { kind: 'look', region: where, note };
}

export function notOurs(
  account: string,
  region: string,
  accountId: string | null,
  regions: readonly string[],
): Ignored | null {
  if (accountId !== null && account !== accountId) {
    return ignored(`it is of account ${account}, this is ${accountId}`);
  }
  return regions.includes(region)
    ? null
    : ignored(
        `it is of ${region.slice(0, 40)}, watched are ${regions.join(', ')} (VPN_MEDIC_REGIONS)`,
      );
}

export const unreadable = (what: string, issue: v.BaseIssue<unknown>): Ignored =>
  ignored(`not ${what} (${v.getDotPath(issue) ?? 'event'}: ${issue.message.slice(0, 200)})`);

export const ignored = (why: string): Ignored => ({
  kind: 'ignored',
  why: `${why}; see the rule that sends it`,
});
