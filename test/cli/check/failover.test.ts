/**
 * Goal: check says for each group whether it can fail over now and, if not, the one thing to do.
 * Method: the command over the simulated account, with a deployment in it that has watched for a minute, or with none.
 */

import { describe, expect, test } from '@jest/globals';
import { DEFAULT_POLICY, type Policy } from '../../../lib/appliances/types/policy.ts';
import { known } from '../../../lib/core/reading.ts';
import type { SecurityGroupPort, SecurityRule } from '../../../lib/core/securityGroupPort.ts';
import type { SimAccount } from '../../../lib/simulator/account.ts';
import { Deployment } from '../../../lib/simulator/deployment.ts';
import { type GroupLayout, id } from '../../../lib/simulator/layout/words.ts';
import type { VantageSetup } from '../../../lib/simulator/probes.ts';
import { oneGroup } from '../../builders/oneGroup.ts';
import { cliOver, START_AT, simAccount, simulatedClients } from '../open.ts';

const A = id('i', 1);
const B = id('i', 2);

interface Setup {
  readonly group?: Partial<GroupLayout>;
  readonly closedTo?: readonly string[];
  readonly policy?: Partial<Policy>;
  readonly isDeployed?: boolean;
  readonly rules?: readonly SecurityRule[];
  readonly act?: (account: SimAccount) => void;
}

const OPEN: SecurityRule = {
  protocol: 'udp',
  ports: [500, 500],
  cidrs: ['0.0.0.0/0'],
  groupIds: [],
  prefixListIds: [],
};

/** One security group for every interface. */
const securityOf = (ingress: readonly SecurityRule[]): SecurityGroupPort => ({
  groupIdsOf: async (ids) => known(new Map(ids.map((one) => [one, ['sg-vpn']])), START_AT),
  groups: async () => known([{ groupId: 'sg-vpn', vpcId: 'vpc-1', ingress, egress: [] }], START_AT),
  networkAcls: async () => known([], START_AT),
});

async function failoverOf({
  group,
  closedTo = [],
  policy = {},
  isDeployed = true,
  rules = [OPEN],
  act,
}: Setup): Promise<{ readonly canFailOver: string; readonly because: string }> {
  const HERE: VantageSetup = { id: 'here', subnetIds: [], isInVpc: false, closedTo };
  const account = simAccount(oneGroup(group, { zones: ['a', 'b'] }), [HERE]);
  if (isDeployed) {
    const deployment = new Deployment(account, {
      seed: 1,
      policy: { ...DEFAULT_POLICY, ...policy },
      everyMs: 60_000,
      lifeMs: 90_000,
    });
    deployment.start();
    await account.clock.run(40_000);
  }
  act?.(account);
  await account.clock.run(80_000);
  const { clients, ports } = simulatedClients(account);
  const fixture = {
    clients: { ...clients, securityGroups: async () => securityOf(rules) },
    clock: ports.clock,
    isWatched: false,
  };
  const table = isDeployed ? ['--state-table', 'state'] : [];
  const { out } = await cliOver(account, ['check', '--json', ...table], fixture);
  return JSON.parse(out).groups[0].failover;
}

describe('can fail over now', () => {
  test('yes, when the watcher proves each of two appliances in two zones', async () => {
    expect(await failoverOf({})).toEqual({
      canFailOver: 'yes',
      cause: 'ready',
      because: 'the probes see each next hop of its 2 routes, and another appliance is proven',
      toDo: null,
    });
  });

  test('no, when no probe was ever answered because the security group admits none: with the command that opens it', async () => {
    const failover = await failoverOf({ closedTo: [A, B], rules: [] });
    expect(failover).toMatchObject({
      canFailOver: 'no',
      cause: 'unseen',
      because: expect.stringContaining(
        'sg-vpn of hq-a does not admit udp 500 from the watching function',
      ),
      toDo: expect.stringMatching(
        /^npx sls deploy --param probeSubnets=subnet-\S+ --param probeSecurityGroups=sg-vpn \(and every parameter of the last deployment/,
      ),
    });
  });

  test('no, when the probes are silent though the security group admits them: then that is not named', async () => {
    const failover = await failoverOf({ closedTo: [A, B] });
    expect(failover).toMatchObject({ canFailOver: 'no', cause: 'unseen' });
    expect(failover.because).not.toContain('sg-vpn');
    expect(failover.because).toContain('has never answered');
  });

  test('no, when only the other appliance is silent: the routes would stay by S2', async () => {
    expect(await failoverOf({ closedTo: [B], rules: [] })).toMatchObject({ canFailOver: 'no' });
  });

  test('no, when the target drops what it should forward: with the command', async () => {
    const failover = await failoverOf({
      act: ({ faults }) =>
        faults.add({ kind: 'source-dest-check-on', instanceId: B }, 41_000, 600_000),
    });
    expect(failover).toMatchObject({
      canFailOver: 'no',
      cause: 'held',
      because: expect.stringContaining('source/destination check'),
      toDo: expect.stringMatching(
        /^aws ec2 modify-network-interface-attribute .*--no-source-dest-check$/,
      ),
    });
  });

  test('no, when the deployment only observes', async () => {
    expect(await failoverOf({ policy: { mode: 'observe' } })).toMatchObject({
      canFailOver: 'no',
      cause: 'observe',
    });
  });

  test('no, when its only appliance is alone', async () => {
    expect(await failoverOf({ group: { zones: ['a'] } })).toMatchObject({
      canFailOver: 'no',
      cause: 'alone',
    });
  });

  test('no for a zone, yes for one appliance, when all are in one zone', async () => {
    expect(await failoverOf({ group: { zones: ['a', 'a'] } })).toMatchObject({
      canFailOver: 'no',
      cause: 'one-zone',
    });
  });

  test.each([
    ['alone', ['a']],
    ['one-zone', ['a', 'a']],
  ] as const)(
    'no: a tagged stranger in another zone does not end that it is "%s"',
    async (cause, zones) => {
      const act = ({ network }: SimAccount) => {
        const stranger = network.intrude({ likeInstanceId: A, instanceProfile: null, pool: null });
        const instance = network.instances.get(stranger);
        if (instance === null) throw new Error('it is not there');
        network.instances.put(stranger, { ...instance, zone: 'eu-west-1b' }, 0);
      };
      expect(await failoverOf({ group: { zones: [...zones] }, act })).toMatchObject({ cause });
    },
  );

  test('unknown, when all is ready and no deployed watcher was found', async () => {
    expect(await failoverOf({ isDeployed: false })).toMatchObject({
      canFailOver: 'unknown',
      cause: 'no-watcher',
    });
  });

  test('no before the deployment too, when the security group would admit no probe', async () => {
    expect(await failoverOf({ isDeployed: false, rules: [] })).toMatchObject({
      canFailOver: 'no',
      toDo: expect.stringContaining('probeSubnets='),
    });
  });
});

/** The other zone has a route table, and no appliance. */
const ALONE = oneGroup({ zones: ['a'] }, { zones: ['a', 'b'] });

test('the text has the answer under the group, and what to do', async () => {
  const account = simAccount(ALONE);
  const { out } = await cliOver(account, ['check']);
  expect(out).toContain('can fail over now: no, because hq-a is its only appliance');
  expect(out).toContain('To do: Tag a second appliance in another zone');
});

test('a group that cannot fail over is named by the result, and has no mark of a group that is well', async () => {
  const account = simAccount(ALONE);
  const { exit, out } = await cliOver(account, ['check', '--state-table', 't']);
  expect(exit).toBe(2);
  expect(out).toMatch(/✕ (\d+ findings? needs? a person, and g|G)roup hq cannot fail over now\./);
  expect(out).toContain('! Group hq: 1 of 1 well');
  expect(out).not.toContain(' 0 findings');
});
