/** The EC2 state-change event, read strictly: it only ever says "look now", and only to its own account and region. */
import * as v from 'valibot';

export type EventReading =
  | { readonly kind: 'look'; readonly region: string; readonly instanceId: string }
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

/** `accountId` null: not known here, so not compared. Nothing of the event is believed but that it is time to look. */
export function readStateChange(
  event: unknown,
  accountId: string | null,
  regions: readonly string[],
): EventReading {
  const parsed = v.safeParse(StateChange, event);
  if (!parsed.success) {
    const [issue] = parsed.issues;
    return ignored(
      `not an EC2 state-change event (${v.getDotPath(issue) ?? 'event'}: ${issue.message}); see the rule that sends it`,
    );
  }
  const { account, region, detail } = parsed.output;
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
  return { kind: 'look', region, instanceId: detail['instance-id'] };
}

const ignored = (why: string): EventReading => ({ kind: 'ignored', why });

/** The account in the function's own ARN; null where there is none to read. */
export function accountOf(context: { readonly invokedFunctionArn?: string }): string | null {
  return /^arn:[\w-]+:lambda:[\w-]+:(\d{12}):/.exec(context.invokedFunctionArn ?? '')?.[1] ?? null;
}
