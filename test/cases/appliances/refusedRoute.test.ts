/** One route that EC2 refuses delays no other, and is notified. */
import { expect, test } from '@jest/globals';
import { type Play, type Played, play } from './play.ts';

const HQ_A = 'i-0a1b2c3d4e5f60001';

const playDeath = (seed: number, refusals: NonNullable<Play['faults']>) =>
  play({
    account: '11-one-refused-route',
    faults: [[{ kind: 'host-dead', instanceId: HQ_A }, 40, 400], ...refusals],
    lastsS: 200,
    seed,
  });
const REFUSAL: NonNullable<Play['faults']> = [
  [{ kind: 'route-refused', destination: '0.0.0.0/0' }, 0, 400],
];
const refusedOnce = playDeath(1, REFUSAL);
const lastOf = ({ writes }: Played): number => Math.max(...writes.map(({ atS }) => atS));

test.each([1, 2])(
  '11: one route of 151 that EC2 refuses delays the 150 others by less than a second, seed %i',
  async (seed) => {
    const whole = await playDeath(seed, []);
    const refused = await (seed === 1 ? refusedOnce : playDeath(seed, REFUSAL));
    expect(whole.writes.length).toBe(151);
    expect(refused.writes.length).toBe(150);
    expect(lastOf(refused) - lastOf(whole)).toBeLessThan(1);
    const tries = refused.account.log.writes.filter(({ answer }) => answer.kind === 'refused');
    expect(new Set(tries.map(({ destination }) => destination))).toEqual(new Set(['0.0.0.0/0']));
    // Once at first; after the others again, twice as late each time; and soon by each new leader, one a minute.
    expect(tries.length).toBeGreaterThanOrEqual(4);
    expect(tries.length).toBeLessThanOrEqual(13);
  },
  60_000,
);

test('the refused route is notified within 15 s with what EC2 said, and the others are not', async () => {
  const { notifications } = await refusedOnce;
  const failed = notifications.find(({ subject }) => subject.includes('WriteFailed'));
  expect(failed?.text).toContain('EC2 refuses to move 1 route of group hq: InvalidParameterValue');
  expect(failed?.atS).toBeLessThan(58);
});
