/** Ports of the load balancers that are tagged `vpn-medic:watch`: one read-only look. */
import type { AwsClients } from '../awsClients.ts';
import type { ObserverSetup } from '../pass.ts';
import { closedPorts } from './listenerPorts.ts';
import { NOTHING_SEEN, type ScopeLook } from './scopeLook.ts';

/** Nothing of a capture, which holds no load balancers. */
export async function readListeners(
  { region, clock, capture }: Pick<ObserverSetup, 'region' | 'clock' | 'capture'>,
  clients: Pick<AwsClients, 'loadBalancers' | 'securityGroups' | 'watchTags'>,
  signal: AbortSignal,
): Promise<ScopeLook> {
  if (capture !== undefined) return NOTHING_SEEN;
  const watched = await (await clients.watchTags(region)).watched(signal);
  // That tags cannot be read is said with the metrics.
  const arns = (watched.known ? watched.value : []).flatMap(({ arn, ignore }) =>
    ignore === null && OF_BALANCERS.test(arn) ? [arn] : [],
  );
  if (arns.length === 0) return NOTHING_SEEN;
  const balancers = await (await clients.loadBalancers(region)).balancers(arns, signal);
  if (!balancers.known) return gap('ports of load balancers', balancers.why);
  const groupIds = balancers.value.flatMap(({ securityGroupIds, ways }) => [
    ...securityGroupIds,
    ...ways.flatMap(({ targets }) => targets.flatMap((one) => one.securityGroupIds)),
  ]);
  const groups = await (await clients.securityGroups(region)).groups(groupIds, signal);
  if (!groups.known) return gap('security groups of load balancers', groups.why);
  const byId = new Map(groups.value.map((one) => [one.groupId, one]));
  return { ...NOTHING_SEEN, findings: closedPorts(balancers.value, byId, region, clock.now()) };
}

const OF_BALANCERS = /:elasticloadbalancing:[^:]*:[^:]*:(loadbalancer|targetgroup)\//;

const gap = (what: string, why: string): ScopeLook => ({
  ...NOTHING_SEEN,
  gaps: [`${what} cannot be read: ${why}`],
});
