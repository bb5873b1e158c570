/** Notices that an instance is about to end, read strictly from the events of EC2 and Auto Scaling. Pure. */
import * as v from 'valibot';
import type { StoredLeave } from '../../appliances/state/leave.ts';
import { parseInstant } from '../../core/time.ts';

export interface LeaveNotice {
  readonly account: string;
  readonly region: string;
  readonly leave: StoredLeave;
}

const Envelope = {
  account: v.pipe(v.string(), v.regex(/^\d{12}$/)),
  region: v.string(),
  time: v.pipe(v.string(), v.transform(parseInstant), v.number()),
};
const InstanceId = v.pipe(v.string(), v.regex(/^i-[0-9a-f]+$/));
const Text = v.pipe(v.string(), v.maxLength(2_000));

/**
 * Two minutes before EC2 takes Spot capacity back.
 * @see https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/spot-instance-termination-notices.html (read 2026-11)
 */
const Spot = v.object({
  ...Envelope,
  source: v.literal('aws.ec2'),
  'detail-type': v.literal('EC2 Spot Instance Interruption Warning'),
  detail: v.object({ 'instance-id': InstanceId, 'instance-action': Text }),
});

/**
 * The risk of an interruption is raised; EC2 takes no recommendation back.
 * @see https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/rebalance-recommendations.html (read 2026-11)
 */
const Rebalance = v.object({
  ...Envelope,
  source: v.literal('aws.ec2'),
  'detail-type': v.literal('EC2 Instance Rebalance Recommendation'),
  detail: v.object({ 'instance-id': InstanceId }),
});

/**
 * The instance waits in `Terminating:Wait` until each hook of its group is completed or times out.
 * @see https://docs.aws.amazon.com/autoscaling/ec2/userguide/ec2-auto-scaling-event-reference.html (read 2026-11)
 */
const Lifecycle = v.object({
  ...Envelope,
  source: v.literal('aws.autoscaling'),
  'detail-type': v.literal('EC2 Instance-terminate Lifecycle Action'),
  detail: v.object({
    EC2InstanceId: InstanceId,
    AutoScalingGroupName: Text,
    LifecycleHookName: Text,
    LifecycleActionToken: Text,
  }),
});

const SPOT_MS = 120_000;
/** An interruption that did not come is forgotten after this. */
const SPOT_MS_MAX = 600_000;
/** A notice comes before the interruption in any case: to go back early costs two planned moves. */
const REBALANCE_MS = 6 * 3_600_000;
/**
 * Auto Scaling waits no longer for a hook, however often its time is renewed.
 * @see https://docs.aws.amazon.com/autoscaling/ec2/userguide/lifecycle-hooks-overview.html (read 2026-11)
 */
const LIFECYCLE_MS = 48 * 3_600_000;

/** Hooks of this name wait for vpn-medic; every other is another program's, and is left to it. */
const OWN_HOOK = /^vpn-medic/i;

/** Null: the event is none of these. */
export function readLeaveNotice(event: unknown): LeaveNotice | null {
  const spot = v.safeParse(Spot, event);
  if (spot.success) {
    const { account, region, time: at, detail } = spot.output;
    return {
      account,
      region,
      leave: {
        instanceId: detail['instance-id'],
        cause: 'spot',
        at,
        endsAt: at + SPOT_MS,
        until: at + SPOT_MS_MAX,
        by: 'EC2',
        why: `Spot interruption notice (${detail['instance-action']})`,
        hook: null,
      },
    };
  }
  const rebalance = v.safeParse(Rebalance, event);
  if (rebalance.success) {
    const { account, region, time: at, detail } = rebalance.output;
    return {
      account,
      region,
      leave: {
        instanceId: detail['instance-id'],
        cause: 'rebalance',
        at,
        endsAt: null,
        until: at + REBALANCE_MS,
        by: 'EC2',
        why: 'rebalance recommendation',
        hook: null,
      },
    };
  }
  const lifecycle = v.safeParse(Lifecycle, event);
  if (!lifecycle.success) return null;
  const { account, region, time: at, detail } = lifecycle.output;
  const { AutoScalingGroupName: group, LifecycleHookName: name } = detail;
  return {
    account,
    region,
    leave: {
      instanceId: detail.EC2InstanceId,
      cause: 'lifecycle',
      at,
      endsAt: null,
      until: at + LIFECYCLE_MS,
      by: 'Auto Scaling',
      why: `auto scaling group ${group} terminates it`,
      hook: OWN_HOOK.test(name) ? { name, group, token: detail.LifecycleActionToken } : null,
    },
  };
}
