/** Goal: of what is tagged, load balancers alone are asked about; what cannot be read is said. Method: ports in memory. */
import { expect, test } from '@jest/globals';
import { readListeners } from '../../../lib/cli/check/listeners.ts';
import { known, type Reading, unknown } from '../../../lib/core/reading.ts';
import type { SecurityGroupFact } from '../../../lib/core/securityGroupPort.ts';
import { systemClock } from '../../../lib/core/time.ts';
import { NOW } from '../../builders/facts.ts';

const ARN = 'arn:aws:elasticloadbalancing:eu-west-1:111122223333:loadbalancer/net/radius/0b';
const CLOSED = { groupId: 'sg-1', vpcId: 'vpc-1', ingress: [], egress: [] };

interface Account {
  readonly arn?: string;
  readonly ignore?: string;
  readonly capture?: string;
  readonly groups?: Reading<readonly SecurityGroupFact[]>;
}

async function look({ arn = ARN, ignore, capture, groups = known([CLOSED], NOW) }: Account) {
  const asked: (readonly string[])[] = [];
  const { findings, gaps } = await readListeners(
    { region: 'eu-west-1', clock: systemClock, ...(capture !== undefined && { capture }) },
    {
      watchTags: async () => ({
        watched: async () => known([{ arn, ignore: ignore ?? null, quiet: null }], NOW),
      }),
      loadBalancers: async () => ({
        balancers: async (arns) => {
          asked.push(arns);
          const way = {
            transports: ['tcp'],
            port: 443,
            targetTransports: [],
            targets: [],
          } as const;
          const addresses: readonly string[] = [];
          return known(
            [{ arn: ARN, name: 'radius', securityGroupIds: ['sg-1'], addresses, ways: [way] }],
            NOW,
          );
        },
      }),
      securityGroups: async () => ({
        groups: async () => groups,
        groupIdsOf: async () => unknown('not asked', NOW),
        networkAcls: async () => unknown('not asked', NOW),
      }),
    },
    new AbortController().signal,
  );
  return { asked, gaps, reasons: findings.map(({ reason }) => reason) };
}

test.each([
  ['a load balancer', ARN],
  ['a target group', ARN.replace(/loadbalancer.*/, 'targetgroup/radius/0a')],
])('%s that is tagged is asked about', async (_, arn) => {
  expect(await look({ arn })).toEqual({
    asked: [[arn]],
    gaps: [],
    reasons: ['ListenerPortClosed'],
  });
});

test.each([
  ['that is ignored', { ignore: 'a test' }],
  ['of a capture', { capture: 'hub.jsonl' }],
  ['of another service', { arn: 'arn:aws:directconnect:eu-west-1:111122223333:dxcon/dxcon-1' }],
])('one %s is not', async (_, account) => {
  expect(await look(account)).toEqual({ asked: [], gaps: [], reasons: [] });
});

test('security groups that cannot be read are an objection, and close nothing', async () => {
  expect(await look({ groups: unknown('ec2:DescribeSecurityGroups denied', NOW) })).toMatchObject({
    gaps: ['security groups of load balancers cannot be read: ec2:DescribeSecurityGroups denied'],
    reasons: [],
  });
});
