/**
 * Events of EC2, Auto Scaling, AWS Health and alarms, read strictly: they say "look now", or that an instance leaves, and
 * only to their own account and region.
 */
import * as v from 'valibot';
import type { StoredLeave } from '../../appliances/state/leave.ts';
import { readLeaveNotice } from './leave.ts';

export type EventReading =
  | {
      readonly kind: 'look';
      readonly region: string;
      /** Ids of instances, and names of auto scaling groups, that it is about; empty: of the region. */
      readonly about: readonly string[];
      /** What it announces of the instance; null: nothing. */
      readonly leave: StoredLeave | null;
    }
  | { readonly kind: 'ignored'; readonly why: string };

const Account = v.pipe(v.string(), v.regex(/^\d{12}$/));

const StateChange = v.object({
  source: v.literal('aws.ec2'),
  'detail-type': v.literal('EC2 Instance State-change Notification'),
  account: Account,
  region: v.string(),
  detail: v.object({
    'instance-id': v.pipe(v.string(), v.regex(/^i-[0-9a-f]+$/)),
    state: v.string(),
  }),
});

/**
 * A retirement or a scheduled reboot. It may be delivered in another region than the one that it is about.
 * @see https://docs.aws.amazon.com/health/latest/ug/aws-health-events-eventbridge-schema.html (read 2026-11-29)
 */
const Health = v.object({
  source: v.literal('aws.health'),
  account: Account,
  detail: v.object({
    service: v.literal('EC2'),
    eventRegion: v.string(),
    affectedEntities: v.fallback(v.array(v.object({ entityValue: v.string() })), []),
  }),
});

/** What a metric of AWS/EC2 may be of; that of an instance type or of all instances is of no appliance. */
const Metric = v.object({
  metricStat: v.optional(
    v.object({
      metric: v.object({
        dimensions: v.optional(
          v.object({
            InstanceId: v.optional(v.string()),
            AutoScalingGroupName: v.optional(v.string()),
          }),
        ),
      }),
    }),
  ),
});

/**
 * An alarm on an instance: a status check, mostly. One whose metrics cannot be read is of the region.
 * @see https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/cloudwatch-and-eventbridge.html (read 2026-11-29)
 */
const Alarm = v.object({
  source: v.literal('aws.cloudwatch'),
  'detail-type': v.literal('CloudWatch Alarm State Change'),
  account: Account,
  region: v.string(),
  detail: v.object({
    configuration: v.fallback(v.nullable(v.object({ metrics: v.array(Metric) })), null),
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
    return judged(account, region, [leave.instanceId], accountId, regions, leave);
  }
  const health = v.safeParse(Health, event);
  if (health.success) {
    const { account, detail } = health.output;
    // Some name an instance by its ARN.
    const about = detail.affectedEntities.map(
      ({ entityValue }) => entityValue.split('/').at(-1) ?? '',
    );
    return judged(account, detail.eventRegion, about, accountId, regions);
  }
  const alarm = v.safeParse(Alarm, event);
  if (alarm.success) {
    const { account, region, detail } = alarm.output;
    const about = aboutOf(detail.configuration?.metrics ?? []);
    return detail.configuration !== null && about.length === 0
      ? ignored('the alarm is of no instance and of no auto scaling group')
      : judged(account, region, about, accountId, regions);
  }
  const parsed = v.safeParse(StateChange, event);
  if (!parsed.success) {
    const [issue] = parsed.issues;
    return ignored(
      `not an EC2 state-change event (${v.getDotPath(issue) ?? 'event'}: ${issue.message}); see the rule that sends it`,
    );
  }
  const { account, region, detail } = parsed.output;
  return judged(account, region, [detail['instance-id']], accountId, regions);
}

const aboutOf = (metrics: readonly v.InferOutput<typeof Metric>[]): readonly string[] => [
  ...new Set(
    metrics.flatMap(({ metricStat }) => {
      const { InstanceId, AutoScalingGroupName } = metricStat?.metric.dimensions ?? {};
      return InstanceId ?? AutoScalingGroupName ?? [];
    }),
  ),
];

function judged(
  account: string,
  region: string,
  about: readonly string[],
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
  return { kind: 'look', region, about, leave };
}

const ignored = (why: string): EventReading => ({ kind: 'ignored', why });
