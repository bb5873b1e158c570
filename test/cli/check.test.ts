/**
 * Goal: check says what is there and writes nothing; its exit code is what a script may rely on.
 * Method: the command itself over the simulated account, in virtual time.
 */

import { describe, expect, test } from '@jest/globals';
import type { SimAccount } from '../../lib/simulator/account.ts';
import { defaultAccount } from '../../lib/simulator/defaults/account.ts';
import type { Fault } from '../../lib/simulator/faults.ts';
import { id } from '../../lib/simulator/layout/words.ts';
import type { Snapshot } from '../../lib/simulator/snapshot.ts';
import { oneGroup } from '../builders/oneGroup.ts';
import { cliOver, START_AT, simAccount } from './open.ts';

/** Two zones, all well, nothing that needs a person. */
const quiet = (): Snapshot => oneGroup();

const broken = (fault: Fault, snapshot = quiet()): SimAccount => {
  const account = simAccount(snapshot);
  account.faults.add(fault, 0, 600_000);
  return account;
};

const writtenBy = ({ log }: SimAccount) => [
  ...log.writes,
  ...log.notifications,
  ...log.stores.filter(({ kind }) => kind === 'write'),
];

describe('the exit code', () => {
  test('is 0 when every appliance answers and nothing is found', async () => {
    const { exit, out, err } = await cliOver(simAccount(quiet()), ['check']);
    expect({ exit, err }).toEqual({ exit: 0, err: '' });
    expect(out).toContain('Group hq: 2 of 2 well, 2 routes');
    expect(out).toContain('✓ Well: nothing needs a person.');
    expect(out.indexOf('✓ Well')).toBeLessThan(out.indexOf('✓ Group'));
    expect(out.indexOf('✓ Group')).toBeLessThan(out.indexOf('Managed routes'));
  });

  test('is 2 when EC2 itself says that one is stopped', async () => {
    const account = broken({ kind: 'stopped', instanceId: id('i', 1) });
    await account.clock.run(60_000);
    const { exit, out } = await cliOver(account, ['check']);
    expect(exit).toBe(2);
    expect(out).toMatch(/hq-a +\S+ +eu-west-1a +DOWN +1 +EC2 says stopped/);
    expect(out).toContain('CRITICAL ApplianceDown');
    expect(out).toContain('next hop is down');
    expect(out).toContain('docs/runbook.md#appliancedown');
  });

  test('is 1, not 2, when one that EC2 calls well is silent and never answered here', async () => {
    const account = broken({ kind: 'host-dead', instanceId: id('i', 1) });
    const { exit, out } = await cliOver(account, ['check']);
    expect(exit).toBe(1);
    expect(out).toContain('no answer in 800 ms (never answered here)');
    expect(out).not.toMatch(/DOWN/);
    expect(out).toContain('try --vantages');
  });

  test('is 1 with --no-probes too: EC2 alone proves nothing', async () => {
    const account = broken({ kind: 'host-dead', instanceId: id('i', 1) });
    const { exit, out } = await cliOver(account, ['check', '--no-probes']);
    expect(exit).toBe(1);
    expect(out).toContain('EC2 says running, checks ok; not probed');
    expect(out).toContain('cannot be judged without probes: EC2 alone proves nothing');
    expect(account.log.results).toEqual([]);
  });

  test('is 1 when the route tables cannot be read, though nothing else is wrong', async () => {
    const account = broken({
      kind: 'api-unreadable',
      action: 'DescribeRouteTables',
      why: 'denied',
    });
    const { exit, out } = await cliOver(account, ['check']);
    expect(exit).toBe(1);
    expect(out).toContain('route tables cannot be read');
  });

  test('is 1 with one line and its remedy when not even the tags can be read', async () => {
    const why = 'ec2:DescribeTags not accepted (ExpiredToken): the credentials are expired';
    const account = broken({ kind: 'api-unreadable', action: 'DescribeTags', why });
    const { exit, out, err } = await cliOver(account, ['check']);
    expect({ exit, out }).toEqual({ exit: 1, out: '' });
    expect(err).toMatch(/^vpn-medic: nothing can be read in eu-west-1: .*AWS_PROFILE.*\n$/);
  });

  test('is 1 where no instance is tagged: nothing was checked, so nothing is well', async () => {
    const { exit, out } = await cliOver(simAccount({ ...quiet(), tags: [] }), ['check']);
    expect(exit).toBe(1);
    expect(out).toContain('no instance in eu-west-1 is tagged vpn-medic:group');
  });
});

describe('check writes nothing', () => {
  test('where a route could be moved on EC2 alone', async () => {
    const account = broken({ kind: 'stopped', instanceId: id('i', 1) });
    await account.clock.run(60_000);
    await cliOver(account, ['check', '--state-table', 'state']);
    expect(writtenBy(account)).toEqual([]);
    expect(account.log.reads.length).toBeGreaterThan(5);
    expect(account.log.stores.map(({ kind }) => kind)).toContain('read');
  });

  test('and reads no state table where none is named', async () => {
    const account = simAccount(quiet());
    await cliOver(account, ['check']);
    expect(account.log.stores).toEqual([]);
  });
});

const report = async (account: SimAccount, ...more: readonly string[]) => {
  const { out } = await cliOver(account, ['check', '--json', ...more]);
  return JSON.parse(out);
};

describe('--json', () => {
  test('holds every part with its codes, and nothing else is printed', async () => {
    const json = await report(simAccount());
    expect(json).toMatchObject({
      version: 1,
      accountId: '123456789012',
      region: 'eu-west-1',
      at: expect.stringMatching(/^2026-11-20T21:00:0.*Z$/),
      result: 'needs-a-person',
      gaps: [],
    });
    expect(json.groups.map(({ name }: { name: string }) => name)).toEqual(['branch', 'hq']);
    expect(json.appliances[4]).toMatchObject({
      name: 'hq-c',
      health: 'well',
      verdict: { kind: 'up', isProven: true },
      probes: [{ probe: 'ike:500', vantage: 'this machine', observation: 'answers' }],
    });
    expect(json.findings).toContainEqual(
      expect.objectContaining({
        reason: 'TableNotTagged',
        severity: 'warning',
        hint: expect.stringContaining('vpn-medic:group'),
        docs: 'docs/runbook.md#tablenottagged',
      }),
    );
    expect(json.routes).toHaveLength(15);
  });

  test('names a part of the account that could not be read', async () => {
    const account = broken({ kind: 'api-unreadable', action: 'DescribeSubnets', why: 'denied' });
    expect(await report(account)).toMatchObject({
      capture: null,
      result: 'cannot-tell',
      gaps: [{ what: 'subnets', why: 'ec2:DescribeSubnets: denied', zone: null }],
    });
  });

  test('says why there is no report in JSON too', async () => {
    const account = broken({ kind: 'api-unreadable', action: 'DescribeTags', why: 'gone' });
    const { exit, out } = await cliOver(account, ['check', '--json']);
    expect(exit).toBe(1);
    expect(JSON.parse(out)).toEqual({ version: 1, error: expect.stringContaining('gone') });
  });
});

describe('what the deployed watcher knows', () => {
  const pinned = {
    lastFailoverAt: START_AT - 60_000,
    flapCount: 3,
    failovers: {},
    pinnedAts: { [`${id('rtb', 256)} 10.20.0.0/16`]: START_AT - 60_000 },
  };
  const withMemory = async () => {
    const account = simAccount(quiet());
    const { ports } = account.start('watcher');
    const signal = new AbortController().signal;
    const put = (key: string, body: unknown) =>
      ports.store.write({ id: key, overVersion: 0, body, expiresAt: null }, signal);
    const appliance = {
      group: 'hq',
      zone: 'eu-west-1a',
      vpcId: '',
      name: 'hq-a',
      interfaces: [],
      pools: [],
      answered: ['here ike:500'],
      goodSince: null,
      downSince: null,
      seenAt: START_AT,
    };
    const budget = { tokens: 1, at: START_AT };
    const appliances = { [id('i', 1)]: appliance };
    const written = put('state#eu-west-1#appliances', {
      token: 1,
      appliances,
      groups: { hq: pinned },
      pending: {},
      budget,
    });
    await account.clock.run(10_000);
    await written;
    return account;
  };

  test('shows pins where the state table is named', async () => {
    const { exit, out } = await cliOver(await withMemory(), ['check'], {
      env: { VPN_MEDIC_STATE_TABLE: 'state' },
    });
    expect(exit).toBe(2);
    expect(out).toContain('RoutePinned');
    expect(out).toContain('vpn-medic ack hq');
  });

  test('does not apply here: what answered its own vantage once is silent from here', async () => {
    const account = await withMemory();
    account.faults.add({ kind: 'host-dead', instanceId: id('i', 1) }, 0, 600_000);
    const { out } = await cliOver(account, ['check', '--state-table', 'state']);
    expect(out).toContain('never answered here');
  });
});

/** The quiet account with private addresses only. */
const privately = (): Snapshot => ({
  ...quiet(),
  instances: quiet().instances.map((one) => ({ ...one, publicIp: null })),
  interfaces: quiet().interfaces.map((one) => ({ ...one, publicIp: null })),
});

describe('where the probes leave from', () => {
  const inside = { id: 'probe-a', subnetIds: [id('subnet', 256)], isInVpc: true, closedTo: [] };

  test('is the deployed probe functions with --vantages: private addresses answer', async () => {
    const account = simAccount(privately(), [inside]);
    const env = { VPN_MEDIC_PROBE_FUNCTIONS: 'probe-a' };
    const { exit, out } = await cliOver(account, ['check', '--vantages'], { env });
    expect(exit).toBe(0);
    expect(out).toMatch(/ike:500 answered from probe-a/);
  });

  test('is this machine without it: the same addresses cannot be reached, which is a doubt and no finding', async () => {
    const { exit, out } = await cliOver(simAccount(privately()), ['check']);
    expect(exit).toBe(1);
    expect(out).toContain('hq-a has no public address that this machine can reach');
    expect(out).not.toContain('ProbeImpossible');
  });

  test.each([
    [['--vantages'], 'set VPN_MEDIC_PROBE_FUNCTIONS'],
    [['--vantages', '--no-probes'], 'exclude each other'],
  ])('%j without what it needs is refused', async (argv, why) => {
    const account = simAccount(quiet());
    const { exit, err } = await cliOver(account, ['check', ...argv]);
    expect(exit).toBe(1);
    expect(err).toContain(why);
    expect(account.log.reads).toEqual([]);
  });
});

describe('tags', () => {
  test('that say ignore turn a finding into a remark', async () => {
    const account = defaultAccount(START_AT);
    const tag = {
      resourceId: id('rtb', 3),
      resourceType: 'route-table',
      key: 'vpn-medic:ignore',
      value: 'left over',
    };
    const { exit, out } = await cliOver(simAccount({ ...account, tags: [...account.tags, tag] }), [
      'check',
    ]);
    expect(exit).toBe(0);
    expect(out).toContain('INFO TableNotTagged');
    expect(out).toContain('(Ignored: left over.)');
  });

  test('that would steer the terminal reach neither the page nor the JSON raw', async () => {
    const evil = '\u001b]0;owned\u0007\u009b2J';
    const snapshot = quiet();
    const instances = snapshot.instances.map((one) => ({ ...one, name: evil }));
    const account = () => simAccount({ ...snapshot, instances });
    for (const argv of [['check'], ['check', '--json'], ['plan', '--fail', 'zone:a']]) {
      const { out } = await cliOver(account(), argv);
      expect(out).toContain('owned');
      expect(out.replaceAll('\n', '')).not.toMatch(/[\p{Cc}\p{Cf}]/u);
    }
  });
});
