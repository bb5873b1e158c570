/** Probes in the simulated account: the ground truth answers, and the vantage adds delay and loss. */
import { describe, expect, test } from '@jest/globals';
import type { ProbeKind, ProbeResult } from '../../lib/probe/types.ts';
import type { SimAccount } from '../../lib/simulator/account.ts';
import type { Fault } from '../../lib/simulator/faults.ts';
import { privateSubnetId } from '../../lib/simulator/layout/words.ts';
import type { VantageSetup } from '../../lib/simulator/probes.ts';
import {
  HERE,
  idOf,
  interfaceOf,
  NEVER_ABORTED,
  someAccount,
  soon,
  tableOf,
} from '../storm/account.ts';

const INSIDE: VantageSetup = {
  id: 'inside',
  subnetIds: [privateSubnetId(0)],
  isInVpc: true,
  closedTo: [],
};

async function testPorts(
  faults: readonly ((account: SimAccount) => Fault)[] = [],
  closedTo = false,
) {
  const plain = someAccount();
  const inside = closedTo ? { ...INSIDE, closedTo: [idOf(plain, 'hq-a')] } : INSIDE;
  const account = someAccount({ vantages: [HERE, inside] });
  for (const fault of faults) account.faults.add(fault(account), 0, 3_600_000);
  await account.clock.run(1);
  const { probes } = account.start('test').ports;
  const result = async (vantageId: string, address: string, kind: ProbeKind = 'ike') => {
    const results: ProbeResult[] = [];
    const targets = [{ key: 'k', kind, address, port: 500 }];
    const round = { vantageId, sentAt: account.clock.now(), targets, timeoutMs: 800 };
    await soon(
      account,
      probes.send(round, (answer) => results.push(answer.result), NEVER_ABORTED),
    );
    expect(results).toHaveLength(1);
    return results[0];
  };
  const factOf = (name: string) => account.network.instances.get(idOf(account, name));
  return {
    account,
    result,
    publicIp: factOf('hq-a')?.publicIp ?? '',
    privateIp: factOf('hq-a')?.privateIp ?? '',
  };
}

const onA = (make: (instanceId: string) => Fault) => [
  (account: SimAccount) => make(idOf(account, 'hq-a')),
];

describe('a probe', () => {
  test('on a living appliance is answered within milliseconds', async () => {
    const { result, publicIp } = await testPorts();
    const answer = await result('here', publicIp);
    expect(answer).toMatchObject({ kind: 'up' });
    expect(answer?.kind === 'up' && answer.tookMs).toBeLessThan(10);
  });

  test.each<[string, ProbeKind, (instanceId: string) => Fault, object]>([
    [
      'a dead process: refused',
      'ike',
      (instanceId) => ({ kind: 'process-dead', instanceId }),
      { kind: 'down', why: 'connection refused' },
    ],
    [
      'a dead host: no answer in time',
      'ike',
      (instanceId) => ({ kind: 'host-dead', instanceId }),
      { kind: 'down', why: 'no answer in 800 ms', tookMs: 800 },
    ],
    [
      'a half-open one: TCP connects',
      'tcp',
      (instanceId) => ({ kind: 'half-open', instanceId }),
      { kind: 'up' },
    ],
    [
      'a half-open one: its daemon is silent',
      'tls',
      (instanceId) => ({ kind: 'half-open', instanceId }),
      { kind: 'down' },
    ],
    [
      'one that is 700 ms slow: answered',
      'ike',
      (instanceId) => ({ kind: 'slow', instanceId, byMs: 700 }),
      { kind: 'up' },
    ],
    [
      'one that is 800 ms slow: too late',
      'ike',
      (instanceId) => ({ kind: 'slow', instanceId, byMs: 800 }),
      { kind: 'down', why: 'no answer in 800 ms' },
    ],
    [
      'one with the source/destination check on: answered, for it forwards nothing and lives',
      'ike',
      (instanceId) => ({ kind: 'source-dest-check-on', instanceId }),
      { kind: 'up' },
    ],
  ])('on %s', async (_what, kind, fault, expected) => {
    const { result, publicIp } = await testPorts(onA(fault));
    expect(await result('here', publicIp, kind)).toMatchObject(expected);
  });

  test('from here reaches no private address, and from inside it does', async () => {
    const { result, privateIp } = await testPorts();
    expect(await result('here', privateIp)).toMatchObject({ kind: 'down' });
    expect(await result('inside', privateIp)).toMatchObject({ kind: 'up' });
  });

  test('from a vantage that the security group does not let in is never answered, and elsewhere is', async () => {
    const { result, privateIp, publicIp } = await testPorts([], true);
    expect(await result('inside', privateIp)).toMatchObject({ kind: 'down' });
    expect(await result('here', publicIp)).toMatchObject({ kind: 'up' });
  });

  test('from a blind vantage is silence, from one that cannot be asked it is unknown', async () => {
    const blind = await testPorts([() => ({ kind: 'vantage-blind', vantageId: 'here' })]);
    expect(await blind.result('here', blind.publicIp)).toMatchObject({ kind: 'down' });
    expect(await blind.result('inside', blind.privateIp)).toMatchObject({ kind: 'up' });
    const gone = await testPorts([() => ({ kind: 'vantage-unaskable', vantageId: 'here' })]);
    expect(await gone.result('here', gone.publicIp)).toMatchObject({ kind: 'unknown' });
  });

  test('gets lost as often as the fault says, within 4 % over 1,000', async () => {
    const { result, publicIp } = await testPorts([() => ({ kind: 'probe-loss', chance: 0.3 })]);
    let lost = 0;
    for (let count = 0; count < 1_000; count += 1) {
      if ((await result('here', publicIp))?.kind === 'down') lost += 1;
    }
    expect(lost).toBeGreaterThan(260);
    expect(lost).toBeLessThan(340);
  });
});

describe('an address behind the tunnel', () => {
  const FAR = '10.20.0.5';

  test('answers through the appliance that the subnet leads through, and not from outside the VPC', async () => {
    const { result } = await testPorts();
    expect(await result('inside', FAR, 'tcp')).toMatchObject({ kind: 'up' });
    expect(await result('here', FAR, 'tcp')).toMatchObject({ kind: 'down' });
  });

  test('falls silent with that appliance, and speaks again when the route leads through another', async () => {
    const { account, result } = await testPorts(
      onA((instanceId) => ({ kind: 'host-dead', instanceId })),
    );
    expect(await result('inside', FAR, 'tcp')).toMatchObject({ kind: 'down' });
    const other = interfaceOf(account, idOf(account, 'hq-b'));
    account.network.pointRoute(tableOf(account, 'app-a'), '10.20.0.0/16', other);
    expect(await result('inside', FAR, 'tcp')).toMatchObject({ kind: 'up' });
  });

  test('does not answer through one whose source/destination check is on', async () => {
    const { result } = await testPorts(
      onA((instanceId) => ({ kind: 'source-dest-check-on', instanceId })),
    );
    expect(await result('inside', FAR, 'tcp')).toMatchObject({ kind: 'down' });
  });

  test('in a prefix list is found as well', async () => {
    const { result } = await testPorts();
    expect(await result('inside', '10.41.3.4', 'tcp')).toMatchObject({ kind: 'up' });
    expect(await result('inside', '10.42.3.4', 'tcp')).toMatchObject({ kind: 'down' });
  });
});

describe('a flapping appliance', () => {
  test('is silent for the first part of each period, to the millisecond', async () => {
    const account = someAccount();
    const instanceId = idOf(account, 'hq-a');
    const fault: Fault = { kind: 'flapping', instanceId, periodMs: 10_000, downMs: 3_000 };
    account.faults.add(fault, 0, 60_000);
    const at = async (ms: number) => {
      await account.clock.run(ms);
      return account.groundTruth.responseTo('ike', instanceId);
    };
    expect(await at(10_000)).toBe('no-answer');
    expect(await at(12_999)).toBe('no-answer');
    expect(await at(13_000)).toBe(0);
    expect(await at(19_999)).toBe(0);
    expect(await at(20_000)).toBe('no-answer');
  });
});
