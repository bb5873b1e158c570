/** What repairs hand to the story of the appliance: the step that brought it back, and none that did not. */
import { describe, expect, test } from '@jest/globals';
import { turn } from '../../lib/incidents/lifecycle.ts';
import { planOf } from '../../lib/incidents/notificationPlan.ts';
import { restoredBy } from '../../lib/incidents/steps.ts';
import { asAlreadyNotified, asTried, helpOf, repairReport } from '../../lib/repairs/report.ts';
import type { Attempt, Ladder, Ladders } from '../../lib/repairs/types.ts';
import { NOW } from '../builders/facts.ts';
import { aLook, allNotified, DOWN, DOWN_ID } from '../builders/notifier.ts';
import { aFinding, aWorld } from '../builders/world.ts';

const NOT_ENDED = { gone: new Set<string>(), ignored: new Map<string, string>() };

const ID = DOWN.subject.id;

const attempt = (phase: Attempt['phase'], kind: 'done' | 'failed', atMs: number): Attempt => ({
  id: `${phase} ${atMs}`,
  phase,
  startedAt: NOW + atMs - 1_000,
  result: { kind, why: 'because', at: NOW + atMs, until: null, evidence: [], diagnosis: [] },
});

const ladders = (end: Ladder['end'], ...attempts: readonly Attempt[]): Ladders =>
  new Map([[ID, [{ group: 'hq', name: 'vpn-a', startedAt: NOW, attempts, end }]]]);

const HELPED = { kind: 'helped', at: NOW + 200_000 } as const;

describe('what brought it back', () => {
  test('is the last step that was done, at the moment when it was seen to help', () => {
    const tried = [
      attempt('restart', 'done', 5_000),
      attempt('reboot', 'done', 70_000),
      attempt('stop', 'failed', 90_000),
    ];
    expect(helpOf(ladders(HELPED, ...tried))).toEqual([
      expect.objectContaining({ summary: 'reboot of vpn-a', serves: [ID], at: HELPED.at }),
    ]);
  });

  test.each<readonly [string, Ladders]>([
    ['is under way', ladders(null, attempt('restart', 'done', 5_000))],
    ['is spent', ladders({ ...HELPED, kind: 'spent' }, attempt('restart', 'done', 5_000))],
    ['was dropped', ladders({ ...HELPED, kind: 'dropped' }, attempt('restart', 'done', 5_000))],
    ['did nothing', ladders(HELPED, attempt('restart', 'failed', 5_000))],
  ])('is no step of a ladder that %s', (_how, all) => {
    expect(helpOf(all)).toEqual([]);
  });
});

describe('in the story of the appliance', () => {
  const actions = helpOf(ladders(HELPED, attempt('restart', 'done', 5_000))).map(asAlreadyNotified);
  const down = allNotified(turn(new Map(), aLook([DOWN]), NOW));
  const after = turn(down, aLook([], { actions }), HELPED.at);

  test('its incident names the step that restored it, and without a step none', () => {
    const [restored, alone] = [after, turn(down, aLook([]), HELPED.at)].map((all) =>
      all.get(DOWN_ID),
    );
    if (restored === undefined || alone === undefined) throw new Error('the incident is lost');
    expect(restoredBy(restored, NOT_ENDED)).toBe('vpn-medic: restart-service of vpn-a');
    expect(restoredBy(alone, NOT_ENDED)).toBe(
      'itself or a change outside vpn-medic; vpn-medic did nothing to it',
    );
  });

  test('the step is no news of its own', () => {
    const look = aLook([DOWN], { actions });
    const still = turn(down, look, HELPED.at);
    expect(still.get(DOWN_ID)?.actions).toHaveLength(1);
    expect(planOf(still, look, HELPED.at)).toEqual([]);
  });

  test('routes that are away do not come home by it', () => {
    const failedOver = aFinding('RouteAway', { severity: 'warning', subject: DOWN.subject });
    const both = allNotified(turn(new Map(), aLook([DOWN, failedOver]), NOW));
    const seen = [...turn(both, aLook([failedOver], { actions }), HELPED.at).values()];
    expect(seen.map((one) => [one.reason, one.actions.length])).toEqual([
      ['ApplianceDown', 1],
      ['RouteAway', 0],
    ]);
  });
});

describe('of a ladder that did not help', () => {
  const tried = ladders(
    { ...HELPED, kind: 'spent' },
    attempt('restart', 'done', 5_000),
    attempt('reboot', 'failed', 70_000),
  );
  const tries = [5_000, 70_000].map((atMs, index) => {
    const notificationPlan = new Set([index === 0 ? 'restart 5000' : 'reboot 70000']);
    const { actions } = repairReport(aWorld({}), [], tried, notificationPlan, []);
    return { atMs, actions: actions.map(asTried) };
  });
  const down = allNotified(turn(new Map(), aLook([DOWN]), NOW));
  const after = tries.reduce(
    (all, { atMs, actions }) => turn(all, aLook([DOWN], { actions }), NOW + atMs),
    down,
  );

  test("the appliance's own end says what was tried, and that it came back by itself or by a change outside vpn-medic", () => {
    const incident = after.get(DOWN_ID);
    if (incident === undefined) throw new Error('the incident is lost');
    expect(restoredBy(incident, NOT_ENDED)).toBe(
      'itself or a change outside vpn-medic; what vpn-medic had tried did not bring it back: restart-service of vpn-a (done), reboot of vpn-a (failed)',
    );
  });

  test('it is no news of the appliance', () => {
    const [last] = tries.slice(-1);
    const look = aLook([DOWN], { actions: last?.actions ?? [] });
    expect(planOf(turn(after, look, NOW + 120_000), look, NOW + 120_000)).toEqual([]);
  });
});

describe("in the repairs' own story", () => {
  const underway = aFinding('RepairUnderway', { severity: 'warning', subject: DOWN.subject });
  const endOf = (all: Ladders) => {
    const report = repairReport(aWorld({}), [underway], all, new Set(['restart 5000']), []);
    const look = aLook([underway], { actions: [...report.actions, ...helpOf(all)] });
    const [incident] = turn(new Map(), look, HELPED.at).values();
    if (incident === undefined) throw new Error('nothing is under way');
    return restoredBy(incident, NOT_ENDED);
  };

  test.each([
    ['helped', 'vpn-medic: restart-service of vpn-a'],
    [
      'spent',
      'itself or a change outside vpn-medic; what vpn-medic had tried did not bring it back: restart-service of vpn-a (done)',
    ],
  ] as const)('a ladder that %s ends by: %s', (kind, words) => {
    expect(endOf(ladders({ ...HELPED, kind }, attempt('restart', 'done', 5_000)))).toBe(words);
  });
});
