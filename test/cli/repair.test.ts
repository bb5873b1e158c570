/** Goal: a repair by hand takes the same steps as an automatic one, and reports the rule that holds it. Method: the command over the simulated account, its repair function included. */
import { beforeEach, describe, expect, test } from '@jest/globals';
import { repairStep } from '../../lib/repairs/step.ts';
import type { SimAccount } from '../../lib/simulator/account.ts';
import { REPAIRS_HELP } from '../../lib/simulator/instanceControl.ts';
import { cliOver, type Fixture, simAccount, simulatedClients } from './open.ts';

let account: SimAccount;
const idOf = (name: string): string =>
  account.network.instances.all().find((one) => one.name === name)?.instanceId ?? '';

const run = (argv: readonly string[], fixture: Fixture = {}) => {
  const { clients } = simulatedClients(account);
  const repairs = async () => ({
    start: async (order: Parameters<typeof repairStep>[1]) => {
      const { ports, instanceControlOf } = account.start('repair');
      const instanceControl = instanceControlOf(REPAIRS_HELP);
      const options = { mode: 'act', sshUser: 'ec2-user', kmsKeyArns: [] } as const;
      void repairStep(
        { ...ports, instanceControl, metrics: null },
        order,
        options,
        new AbortController().signal,
      );
      return { kind: 'started' } as const;
    },
  });
  return cliOver(account, ['repair', ...argv, '--state-table', 't'], {
    clients: { ...clients, repairs },
    env: { VPN_MEDIC_REPAIR_FUNCTION: 'medic-repair' },
    ...fixture,
  });
};

beforeEach(() => {
  account = simAccount();
  for (const [key, value] of [
    ['repair', 'restart-service reboot'],
    ['service', 'strongswan'],
    ['host-key', `SHA256:${'A'.repeat(43)}`],
  ] as const) {
    for (const name of ['hq-a', 'hq-c']) {
      account.network.setTag({
        resourceId: idOf(name),
        resourceType: 'instance',
        key: `vpn-medic:${key}`,
        value,
      });
    }
  }
});

const emptyOf = (name: string) => {
  const to = account.groundTruth.linkOf(idOf('hq-b'))?.interfaceId ?? '';
  const from = account.groundTruth.linkOf(idOf(name))?.interfaceId;
  for (const { tableId, routes } of account.network.tables.all()) {
    for (const { destination, interfaceId } of routes) {
      if (interfaceId === from) account.network.pointRoute(tableId, destination, to);
    }
  }
};

describe('a repair by hand', () => {
  test('of a machine that carries routes is held, and says which brake', async () => {
    const said = await run(['hq-c', '--step', 'reboot', '-y']);
    expect(said.exit).toBe(2);
    expect(said.out).toContain('is not repaired: carrying routes (S9)');
    expect(account.log.instanceControl).toEqual([]);
  });

  test('of one that carries none is done, recorded, and its result printed', async () => {
    emptyOf('hq-c');
    const said = await run(['hq-c', '--step', 'reboot', '-y', '--why', 'hangs']);
    expect(said.out).toContain('done: EC2 was asked to reboot it');
    expect(said.exit).toBe(0);
    expect(account.log.instanceControl.map(({ phase, instanceId }) => [phase, instanceId])).toEqual(
      [['reboot', idOf('hq-c')]],
    );
    const again = await run(['hq-c', '--step', 'reboot', '-y']);
    expect(again.exit).toBe(1);
    expect(again.err).toContain('is being repaired (reboot)');
  });

  test('only says what it would do when it is a dry run', async () => {
    emptyOf('hq-c');
    const said = await run(['hq-c', '--step', 'restart-service', '--dry-run']);
    expect(said).toMatchObject({ exit: 0, err: '' });
    expect(said.out).toContain('restart-service of hq-c');
    expect(account.log.instanceControl).toEqual([]);
    expect(account.log.stores.filter(({ kind }) => kind === 'write')).toEqual([]);
  });

  test.each([
    [['hq-b', '--step', 'reboot'], 'the tags of hq-b do not allow reboot'],
    [['hq-c', '--step', 'stop-start'], 'the tags of hq-c do not allow stop-start'],
    [['hq-c', '--step', 'format'], 'no such step'],
    [['nobody', '--step', 'reboot'], 'nobody: there is no such appliance'],
  ])('%j cannot be: %s', async (argv, why) => {
    const said = await run([...argv, '-y']);
    expect(said.exit).toBe(1);
    expect(said.err).toContain(why);
  });
});
