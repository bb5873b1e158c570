/**
 * Goal: what EC2 itself says is acted on by any invocation, and only when it is true.
 * Method: the built `onInstanceChange` and `watchAppliances`, instances that are stopped or impaired in the account.
 */
import { describe, expect, test } from '@jest/globals';
import { applianceOf } from '../lab.ts';
import { expectFailover, inFixture } from './inAccount.ts';
import { invokeOnce, stateChange } from './oneShot.ts';
import { expectOnlyPermittedWrites, movesOf } from './open.ts';

const MS_MAX = 400_000;

describe('an event that an instance was stopped', () => {
  test(
    'moves its six routes at once, with no watcher about, and leaves no blackhole',
    inFixture(async ({ lab }) => {
      const { instanceId } = applianceOf(lab, 'vpn-a');
      await lab.ec2().stopInstance(instanceId);
      const states = (await lab.ec2().routes()).map((route) => route.state);
      expect(states.filter((state) => state === 'blackhole')).toHaveLength(6);

      await invokeOnce(lab, 'onInstanceChange', stateChange(instanceId, 'stopped'));
      expect(movesOf(lab)).toHaveLength(6);
      const after = (await lab.ec2().routes()).map((route) => route.state);
      expect(after.filter((state) => state === 'blackhole')).toEqual([]);
      expectOnlyPermittedWrites(lab);
    }),
    MS_MAX,
  );

  test(
    'moves nothing while EC2 says that the instance is running: an event carries no truth',
    inFixture(async ({ lab }) => {
      const event = stateChange(applianceOf(lab, 'vpn-a').instanceId, 'stopped');
      await invokeOnce(lab, 'onInstanceChange', event);
      expect(lab.gateway.callsOf('ReplaceRoute', 'all')).toEqual([]);
    }),
    MS_MAX,
  );
});

describe('a zone whose DescribeInstances fails', () => {
  test(
    'hides no other zone, and its dead appliance still loses its routes',
    inFixture(async (fixture) => {
      const { lab, a } = fixture;
      await fixture.watch();
      await lab.emulator().setZoneDisrupted('eu-west-1a', true);
      await a.silence();
      await expectFailover(fixture);
    }),
    MS_MAX,
  );
});
