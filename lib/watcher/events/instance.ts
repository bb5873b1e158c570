/**
 * Events of EC2, Auto Scaling, AWS Health and alarms, read strictly: they say "look now", or that an instance leaves, and
 * only to their own account and region.
 */
import * as v from 'valibot';
import type { StoredLeave } from '../../appliances/state/leave.ts';
import { readLeaveNotice } from './leave.ts';

export type EventReading =
  /** `instanceId` null: the event is of a region, not of one instance. */
  | {
      readonly kind: 'look';
      readonly region: string;
      readonly instanceId: string | null;
      /** What it announces of the instance; null: nothing. */
      readonly leave: StoredLeave | null;
    }
  | { readonly kind: 'ignored'; readonly why: string };

const StateChange = v.object({
  source: v.literal('aws.ec2'),
  'detail-type': v.literal('EC2 Instance State-change Notification'),
  account: v.pipe(v.string(), v.regex(/^\d{12}$/)),
  region: v.string(),
  detail: v.object({
    'instance-id': v.pipe(v.string(), v.regex(/^i-[0-9a-f]+$/)),
    state: v.string(),
  }),
});

const Account = v.pipe(v.string(), v.regex(/^\d{12}$/));

/** A retirement or a scheduled reboot. It may be delivered in another region than the one that it is about. */
const Health = v.object({
  source: v.literal('aws.health'),
  account: Account,
  detail: v.object({ service: v.literal('EC2'), eventRegion: v.string() }),
});

/**
 * An alarm on an instance: a status check, mostly.
 * @see https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/cloudwatch-and-eventbridge.html (read 2026-11-29)
 */
const Alarm = v.object({
  source: v.literal('aws.cloudwatch'),
  'detail-type': v.literal('CloudWatch Alarm State Change'),
  account: Account,
  region: v.string(),
  detail: v.unknown(),
});

/** The dimension of each metric of an alarm that names an instance; a metric without one is of many instances or none. */
const Metrics = v.object({
  configuration: v.object({
    metrics: v.array(
      v.object({
        metricStat: v.object({
          metric: v.object({ dimensions: v.object({ InstanceId: v.string() }) }),
        }),
      }),
    ),
  }),
});

/** `accountId` null: not known here, so not compared. Of the event only region, instance id and a notice are used. */
export function readStateChange(
  event: unknown,
  accountId: string | null,
  regions: readonly string[],
): EventReading {
  const notice = readLeaveNotice(event);
  if (notice !== null) {
    const { account, region, leave } = notice;
    return judged(account, region, leave.instanceId, accountId, regions, leave);
  }
  const health = v.safeParse(Health, event);
  if (health.success) {
    const { account, detail } = health.output;
    return judged(account, detail.eventRegion, null, accountId, regions);
  }
  const alarm = v.safeParse(Alarm, event);
  if (alarm.success) {
    const { account, region, detail } = alarm.output;
    return judged(account, region, instanceOf(detail), accountId, regions);
  }
  const parsed = v.safeParse(StateChange, event);
  if (!parsed.success) {
    const [issue] = parsed.issues;
    return ignored(
      `not an EC2 state-change event (${v.getDotPath(issue) ?? 'event'}: ${issue.message}); see the rule that sends it`,
    );
  }
  const { account, region, detail } = parsed.output;
  return judged(account, region, detail['instance-id'], accountId, regions);
}

/** Null: the alarm names none, or more than one. */
function instanceOf(detail: unknown): string | null {
  const read = v.safeParse(Metrics, detail);
  if (!read.success) return null;
  const ids = read.output.configuration.metrics.map(
    ({ metricStat }) => metricStat.metric.dimensions.InstanceId,
  );
  const [only = null] = ids;
  return new Set(ids).size === 1 ? only : null;
}

function judged(
  account: string,
  region: string,
  instanceId: string | null,
  accountId: string | null,
  regions: readonly string[],
  leave: StoredLeave | null = null,
): EventReading {
  if (accountId !== null && account !== accountId) {
    return ignored(
      `the event is of account ${account}, this is ${accountId}; see the rule that sends it`,
    );
  }
  if (!regions.includes(region)) {
    return ignored(
      `the event is of ${region}, watched are ${regions.join(', ')}; see VPN_MEDIC_REGIONS`,
    );
  }
  return { kind: 'look', region, instanceId, leave };
}

const ignored = (why: string): EventReading => ({ kind: 'ignored', why });
