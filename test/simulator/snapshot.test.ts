/** Snapshots: what is written can be read again, and what cannot be right is refused with its place and its cure. */
import { describe, expect, test } from '@jest/globals';
import { defaultAccount } from '../../lib/simulator/defaults/account.ts';
import { parseSnapshot, writeSnapshot } from '../../lib/simulator/snapshot.ts';

const takenAt = Date.parse('2026-11-20T21:00:00Z');
const json = () => JSON.parse(writeSnapshot(defaultAccount(takenAt)));

function faultsOf(change: (snapshot: ReturnType<typeof json>) => void): readonly string[] {
  const snapshot = json();
  change(snapshot);
  const parsed = parseSnapshot(JSON.stringify(snapshot));
  return parsed.ok ? [] : parsed.faults;
}

describe('a snapshot', () => {
  test('is read back exactly as it was written', () => {
    const snapshot = defaultAccount(takenAt);
    expect(parseSnapshot(writeSnapshot(snapshot))).toEqual({ ok: true, snapshot });
  });

  test('keeps the instant of a scheduled event', () => {
    const snapshot = defaultAccount(takenAt);
    const event = { code: 'instance-retirement', description: 'old host', notBefore: takenAt + 5 };
    const statuses = snapshot.statuses.map((status) => ({ ...status, events: [event] }));
    const parsed = parseSnapshot(writeSnapshot({ ...snapshot, statuses }));
    expect(parsed.ok && parsed.snapshot.statuses[0]?.events).toEqual([event]);
  });

  test('says where a word is wrong and which words would be right', () => {
    const faults = faultsOf((snapshot) => {
      snapshot.routeTables[1].routes[0].origin = 'static';
    });
    expect(faults).toHaveLength(1);
    expect(faults[0]).toContain('routeTables[1].routes[0].origin: is "static": write ');
    expect(faults[0]).toContain('"created"');
  });

  test('says which field is missing', () => {
    const faults = faultsOf((snapshot) => {
      delete snapshot.instances[0].zone;
    });
    expect(faults[0]).toMatch(/^instances\[0\]\.zone: is undefined/);
  });

  test.each([
    [
      'an account id without its twelve digits',
      'accountId',
      '12345',
      /accountId: is no account id/,
    ],
    ['an instant that is none', 'takenAt', 'yesterday', /takenAt: is no instant: "yesterday"/],
    ['another version', 'version', 2, /version: this program reads 1, not 2/],
  ])('refuses %s', (_what, key, value, fault) => {
    expect(faultsOf((snapshot) => (snapshot[key] = value))[0]).toMatch(fault);
  });

  test('refuses the same instance twice, and does not refuse it once', () => {
    expect(faultsOf((snapshot) => snapshot.instances.push(snapshot.instances[0]))).toEqual([
      'instances: i-0a1b2c3d4e5f60001 is there twice: remove one',
    ]);
    expect(faultsOf(() => {})).toEqual([]);
  });

  test('refuses an interface of an instance that is not there', () => {
    const faults = faultsOf((snapshot) => snapshot.instances.shift());
    expect(faults[0]).toMatch(/^interfaces\[0\]\.instanceId: i-\S+ is not among instances: add it/);
  });

  test('takes a route to an interface that is gone: accounts have them', () => {
    const faults = faultsOf((snapshot) => {
      snapshot.routeTables[1].routes[3].interfaceId = 'eni-0dead';
    });
    expect(faults).toEqual([]);
  });

  test('refuses what is not JSON with the command that writes it', () => {
    const parsed = parseSnapshot('{"version":1');
    expect(parsed.ok ? '' : parsed.faults[0]).toMatch(/^it is not JSON: .*vpn-medic check --json$/);
  });

  test('lists at most twenty faults of a file that is wrong throughout', () => {
    expect(
      faultsOf((snapshot) => {
        snapshot.tags = Array.from({ length: 50 }, () => ({}));
      }),
    ).toHaveLength(20);
  });
});
