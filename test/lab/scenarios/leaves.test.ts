/**
 * Goal: what is about to end carries no route when it ends (S14).
 * Method: the built functions against the emulator; the moved routes are read back from EC2 before the instance is stopped.
 */
import { expect, test } from '@jest/globals';
import { runCli } from '../cli.ts';
import { applianceOf, type Lab } from '../lab.ts';
import { inFixture } from './inAccount.ts';
import { invokeOnce, spotNotice } from './oneShot.ts';
import { expectOnlyPermittedWrites, movesOf, untilCarriedBy, untilNotified } from './open.ts';

const MS_MAX = 400_000;

/** Stops it, and says how many routes that made a blackhole. */
async function blackholesAfterStop(lab: Lab, instanceId: string): Promise<number> {
  await lab.ec2().stopInstance(instanceId);
  return (await lab.ec2().routes()).filter(({ state }) => state === 'blackhole').length;
}

test(
  'a drain moves the routes off a living appliance; stopped afterwards it leaves no blackhole, and cancelled they are back',
  inFixture(async ({ lab, watch }) => {
    const { instanceId } = applianceOf(lab, 'vpn-a');
    const watcher = await watch();
    const drained = await runCli(lab, ['drain', 'vpn-a', '--for', '1h', '--why', 'CHG-1', '--yes']);
    expect(drained).toMatchObject({ exit: 0, err: '' });
    await untilCarriedBy(lab, 'vpn-b');
    expect(movesOf(lab)).toHaveLength(6);
    expect((await runCli(lab, ['drain'])).out).toMatch(/vpn-a +i-\w+ +drain .* 0 .*CHG-1/);
    expect(await blackholesAfterStop(lab, instanceId)).toBe(0);
    await lab.ec2().startInstance(instanceId);
    expect(await runCli(lab, ['drain', 'vpn-a', '--cancel', '--yes'])).toMatchObject({ exit: 0 });
    await untilCarriedBy(lab, 'vpn-a');
    await watcher.end();
    expectOnlyPermittedWrites(lab);
  }),
  MS_MAX,
);

test(
  'a drill moves the routes of one next hop to its peer; ended by a person they go back, and that is its outcome',
  inFixture(async ({ lab, watch }) => {
    const watcher = await watch();
    const asked = await runCli(lab, ['drill', 'hub', '--for', '1m', '--yes']);
    expect(asked).toMatchObject({ exit: 0, err: '' });
    await untilNotified(lab, 'DrillRunning', 'moved to');
    expect(await runCli(lab, ['drill', 'hub', '--cancel', '--yes'])).toMatchObject({ exit: 0 });
    await untilNotified(lab, 'DrillFailed', 'ended by');
    const [drill] = JSON.parse((await runCli(lab, ['drill', '--json'])).out).drills;
    expect(drill).toMatchObject({ group: 'hub', result: 'failed', missed: 0 });
    expect(movesOf(lab)).toHaveLength(2 * drill.routes.length);
    await untilCarriedBy(lab, 'vpn-a', 'a');
    await untilCarriedBy(lab, 'vpn-b', 'b');
    await watcher.end();
    expectOnlyPermittedWrites(lab);
  }),
  MS_MAX,
);

test(
  'a Spot notice moves the routes by the leader while the instance lives, and is notified',
  inFixture(async ({ lab, watch }) => {
    const { instanceId } = applianceOf(lab, 'vpn-a');
    const watcher = await watch();
    await invokeOnce(lab, 'onInstanceChange', spotNotice(instanceId));
    await untilCarriedBy(lab, 'vpn-b');
    expect(await blackholesAfterStop(lab, instanceId)).toBe(0);
    await untilNotified(lab, 'ApplianceLeaving', instanceId);
    await watcher.end();
  }),
  MS_MAX,
);

test(
  'a Spot notice moves the routes with no watcher about, by the event function alone',
  inFixture(async ({ lab }) => {
    const { instanceId } = applianceOf(lab, 'vpn-a');
    await invokeOnce(lab, 'onInstanceChange', spotNotice(instanceId));
    expect(movesOf(lab)).toHaveLength(6);
    expect(await blackholesAfterStop(lab, instanceId)).toBe(0);
  }),
  MS_MAX,
);
