/**
 * Goal: while a quarter of all calls to AWS fails, in every way in which they can, the dead lose their routes in seconds
 * and the living keep theirs. Method: a seeded proxy before the emulator strikes every call of the built watcher, EC2 and
 * state table alike; which calls it struck is printed when a test fails.
 */
import { expect, test } from '@jest/globals';
import { applianceOf, tableOf } from '../lab.ts';
import { pause, until } from '../pause.ts';
import { inFixture } from './inAccount.ts';
import { expectOnlyPermittedWrites, untilCarriedBy } from './open.ts';

const MS_MAX = 400_000;
const SEED = 'brownout 1';

test(
  'with 25 % of all calls failing nothing moves while all answer, and what dies loses its routes to the living one and to nothing else',
  inFixture(async (fixture) => {
    const { lab, a } = fixture;
    await fixture.watch();
    const { gateway } = lab;
    gateway.faults.brownOut(SEED, 0.25);
    const before = gateway.calls.length;
    await pause(4_000);
    await until('some calls to be struck', () =>
      gateway.calls.slice(before).some(({ way }) => way !== null),
    );
    expect(gateway.callsOf('ReplaceRoute', 'all')).toEqual([]);
    await a.kill();
    await untilCarriedBy(lab, 'vpn-b');
    const struck = gateway.calls.slice(before).filter(({ way }) => way !== null);
    process.stderr.write(
      `${SEED}: ${struck.length} of ${gateway.calls.length - before} calls failed: ${struck.map(({ action, way }) => `${action} ${way}`).join(', ')}\n`,
    );
    const writes = gateway.callsOf('ReplaceRoute', 'all').map(({ params }) => params);
    expect(new Set(writes.map((one) => one['NetworkInterfaceId']))).toEqual(
      new Set([applianceOf(lab, 'vpn-b').interfaceId]),
    );
    expect(new Set(writes.map((one) => one['RouteTableId']))).toEqual(
      new Set([tableOf(lab, 'a').tableId]),
    );
    gateway.faults.clear();
    expectOnlyPermittedWrites(lab);
  }),
  MS_MAX,
);
