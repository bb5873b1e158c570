/** Goal: the deployed table and functions are found from the stack, and what is asked for wins. Method: the lookup over outputs that a test writes; one command over the simulated account. */
import { describe, expect, test } from '@jest/globals';
import { findStack } from '../../lib/cli/stack.ts';
import { known, type Reading, unknown } from '../../lib/core/reading.ts';
import { cliOver, simAccount, simulatedClients } from './open.ts';

const OUTPUTS = new Map([
  ['StateTableName', 'table-of-stack'],
  ['ProbeFunctionNames', 'probe-1,probe-2'],
  ['RepairFunctionName', 'repair-1'],
  ['RepairShellFunctionName', 'shell-1'],
]);

function aStack(answer: Reading<ReadonlyMap<string, string> | null> = known(OUTPUTS, 0)) {
  const asked: string[] = [];
  const outputs = async (name: string) => {
    asked.push(name);
    return answer;
  };
  return { asked, clients: { stack: async () => ({ outputs }) } };
}

const find = (
  { clients }: Pick<ReturnType<typeof aStack>, 'clients'>,
  options: Parameters<typeof findStack>[0] = {},
  env: Parameters<typeof findStack>[1] = {},
) => findStack(options, env, clients, 'eu-west-1');

describe('without any setting', () => {
  test('the stack of stage prod names the table and the functions', async () => {
    const stack = aStack();
    expect(await find(stack)).toEqual({
      stateTable: 'table-of-stack',
      probeFunctions: ['probe-1', 'probe-2'],
      repairFunction: 'repair-1',
      sshFunction: 'shell-1',
      crlBuckets: null,
      why: null,
    });
    expect(stack.asked).toEqual(['vpn-medic-prod']);
  });

  test.each([
    [
      'both buckets and the address',
      ['CrlBucketName', 'CrlPublicBucketName', 'CrlPublicUrl'],
      'CrlPublicUrl',
      null,
    ],
    ['both buckets', ['CrlBucketName', 'CrlPublicBucketName'], null, null],
    [
      'both buckets and a copy in a second region',
      ['CrlBucketName', 'CrlPublicBucketName', 'CrlReplica'],
      null,
      { region: 'eu-central-1', bucket: 'copy' },
    ],
  ])('the stack names %s of CRLs', async (_, names, url, replica) => {
    const outputs = [
      ...names.map((name) => [name, name === 'CrlReplica' ? 'eu-central-1:copy' : name] as const),
      ['StateTableName', 't'] as const,
    ];
    const { crlBuckets } = await find(aStack(known(new Map(outputs), 0)));
    const buckets = { inbox: 'CrlBucketName', published: 'CrlPublicBucketName' };
    expect(crlBuckets).toEqual({ ...buckets, url, replica });
  });

  test.each([
    ['no such stack', known(null, 0), 'there is no stack vpn-medic-prod in eu-west-1'],
    ['no permission', unknown('denied', 0), 'the stack vpn-medic-prod cannot be read: denied'],
  ])('%s: nothing is named, and why is known', async (_what, answer, why) => {
    expect(await find(aStack(answer))).toMatchObject({ stateTable: null, why });
  });
});

describe('what is asked for', () => {
  test('--stage names another stack, and wins over the environment', async () => {
    const stack = aStack();
    const env = { VPN_MEDIC_STATE_TABLE: 'table-of-env' };
    expect(await find(stack, { stage: 'trial' }, env)).toMatchObject({
      stateTable: 'table-of-stack',
    });
    expect(stack.asked).toEqual(['vpn-medic-trial']);
  });

  test('--stage of a stack that is not there is an error that names it', async () => {
    await expect(find(aStack(known(null, 0)), { stage: 'trial' })).rejects.toThrow(
      '--stage trial: there is no stack vpn-medic-trial in eu-west-1',
    );
  });

  test.each([
    ['--state-table', { stateTable: 'asked' }, {}, 'asked'],
    ['the environment', {}, { VPN_MEDIC_STATE_TABLE: 'table-of-env' }, 'table-of-env'],
  ])('%s needs no stack', async (_what, options, env, stateTable) => {
    const stack = aStack();
    expect(await find(stack, options, env)).toMatchObject({ stateTable });
    expect(stack.asked).toEqual([]);
  });

  test('--state-table wins over --stage', async () => {
    expect(await find(aStack(), { stateTable: 'asked', stage: 'trial' })).toMatchObject({
      stateTable: 'asked',
      repairFunction: 'repair-1',
      sshFunction: 'shell-1',
    });
  });
});

test('an operator command finds its table by itself', async () => {
  const account = simAccount();
  const { clients, ports } = simulatedClients(account, OUTPUTS);
  const tables: string[] = [];
  const store = async (_region: string, table: string) => {
    tables.push(table);
    return ports.store;
  };
  const fixture = { clients: { ...clients, store }, clock: ports.clock };
  expect((await cliOver(account, ['incidents', '--stage', 'prod'], fixture)).exit).toBe(0);
  expect(tables).toEqual(['table-of-stack']);
});

test('without a stack it says so, and what to add', async () => {
  const said = await cliOver(simAccount(), ['incidents']);
  expect(said.exit).toBe(1);
  expect(said.err).toContain('there is no stack vpn-medic-prod in eu-west-1: add --stage STAGE');
});
