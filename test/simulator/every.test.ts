/** Goal: a virtual interface that fails is told from all of them failing, and one that nothing watches is said. Method: accounts of a Direct Connect alone, each interface failed once. */
import { expect, test } from '@jest/globals';
import type { TaggedResource } from '../../lib/metrics/types.ts';
import { defaultAccount } from '../../lib/simulator/defaults/account.ts';
import { casesOf } from '../../lib/simulator/every/cases.ts';
import { playFailure, usualIncidents } from '../../lib/simulator/every/play.ts';
import { rolesOf } from '../../lib/simulator/roles.ts';

const CONNECTION = 'dxcon-fh6ayh1d';
const WATCHED: TaggedResource = {
  arn: `arn:aws:directconnect:eu-west-1:123456789012:dxcon/${CONNECTION}`,
  ignore: null,
  quiet: null,
};

async function failFirst(count: 1 | 2, watched: readonly TaggedResource[]) {
  const interfaces = ['dxvif-aaaaaaaa', 'dxvif-bbbbbbbb'].slice(0, count).map((interfaceId) => ({
    interfaceId,
    connectionId: CONNECTION,
  }));
  const snapshot = defaultAccount(Date.UTC(2026, 10, 20, 21));
  const roles = rolesOf(snapshot, undefined, [], { directConnect: { interfaces, watched } });
  const [first] = casesOf(roles, false).filter(({ kind }) => kind === 'interface');
  if (first === undefined) throw new Error('no case of an interface');
  return playFailure(roles, first, await usualIncidents(roles, [first.kind]));
}

test('one of two virtual interfaces: redundancy alone is lost, and DirectConnectBgpDown is notified', async () => {
  const { result, lost, notified, unwatched } = await failFirst(2, [WATCHED]);
  expect({ result, lost, unwatched }).toEqual({ result: 'no-loss', lost: [], unwatched: [] });
  expect(notified).toEqual([
    expect.objectContaining({ subject: expect.stringContaining('DirectConnectBgpDown') }),
  ]);
});

test('the only virtual interface: Direct Connect is cut off', async () => {
  const { result, lost } = await failFirst(1, [WATCHED]);
  expect(result).toBe('cut-off');
  expect(lost).toEqual([
    { kind: 'direct-connect', name: 'Direct Connect', forMs: null, why: null },
  ]);
});

test('without the tag vpn-medic:watch nothing is notified, and that is said', async () => {
  expect(await failFirst(1, [])).toMatchObject({
    notified: [],
    unwatched: ['nothing is notified'],
  });
});
