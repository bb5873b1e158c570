/** Goal: each brake holds, says its name and until when, and lets go on the other side of its threshold. Method: the pure plan on hand-made scenes. */
import { describe, expect, test } from '@jest/globals';
import type { Verdict } from '../../lib/appliances/types/verdict.ts';
import { planRepairs } from '../../lib/repairs/plan.ts';
import type { RepairScene } from '../../lib/repairs/rules.ts';
import type { DueRepair } from '../../lib/repairs/types/plan.ts';
import type { Ladder } from '../../lib/repairs/types.ts';
import { NOW, VPC, zoneOf } from '../builders/facts.ts';
import { anAppliance, aRoute, aWorld, policyOf, type WorldParts } from '../builders/world.ts';

const HOUR_MS = 3_600_000;
const up: Verdict = {
  kind: 'up',
  isHealthy: true,
  isProven: true,
  lacks: null,
  since: NOW,
  isByEc2Alone: false,
};
const down: Verdict = {
  kind: 'down',
  cause: 'probes',
  isEc2Confirmed: false,
  since: NOW,
  why: 'silent',
};

const due = (instanceId: string, over: Partial<DueRepair> = {}): DueRepair => ({
  instanceId,
  name: `vpn-${instanceId.slice(2)}`,
  group: 'hq',
  vpcId: VPC,
  zone: zoneOf(instanceId.charAt(2)),
  phase: 'restart',
  isNewLadder: true,
  allowed: ['restart-service'],
  isEc2Confirmed: false,
  since: NOW,
  because: 'it is down',
  ...over,
});

const ladder = (agoMs: number, over: Partial<Ladder> = {}): Ladder => ({
  group: 'hq',
  name: 'vpn-x',
  startedAt: NOW - agoMs,
  attempts: [{ id: 'x', phase: 'restart', startedAt: NOW - agoMs, result: null }],
  end: { at: NOW, kind: 'spent' },
  ...over,
});

/** Of group hq: a1 down, b1 and c1 up; no routes on a1. */
function scene(parts: WorldParts = {}, over: Partial<RepairScene> = {}) {
  const appliances = ['i-a1', 'i-b1', 'i-c1'].map((id) => anAppliance(id));
  const world = aWorld({ appliances, routes: [aRoute('rtb-1 10.0.0.0/8', 'i-b1')], ...parts });
  return {
    world,
    verdicts: new Map(
      world.topology.appliances.map(({ instanceId }) => [
        instanceId,
        instanceId === 'i-a1' ? down : up,
      ]),
    ),
    findings: [],
    ladders: new Map<string, readonly Ladder[]>(),
    windows: [],
    pause: null,
    policy: policyOf(),
    now: NOW,
    ...over,
  };
}

const heldBrake = (of: Omit<RepairScene, 'allowed'>, one = due('i-a1')) => {
  const [held] = planRepairs([one], of).held;
  return held === undefined ? null : { brake: held.brake, until: held.until };
};

describe('a pause', () => {
  const pause = { at: NOW - 1_000, until: NOW + 1, by: 'ana', why: 'change' };

  test.each(['restart', 'start'] as const)('holds %s, whatever it ends', (phase) => {
    const plan = planRepairs([{ ...due('i-a1'), phase }], scene({}, { pause }));
    expect(plan.actions).toEqual([]);
    expect(plan.held).toMatchObject([{ rule: 'paused', brake: 'paused', until: NOW + 1 }]);
  });

  test('that has ended holds nothing', () => {
    const plan = planRepairs([due('i-a1')], scene({}, { pause: { ...pause, until: NOW } }));
    expect(plan.held).toEqual([]);
  });
});

test('with nothing against it, it is started', () => {
  expect(planRepairs([due('i-a1')], scene())).toEqual({ actions: [due('i-a1')], held: [] });
});

describe('is held', () => {
  test('while a managed route leads through it, and not for its own client pool', () => {
    const carried = aRoute('rtb-1 10.0.0.0/8', 'i-a1');
    expect(heldBrake(scene({ routes: [carried] }))).toEqual({
      brake: 'carrying routes',
      until: null,
    });
    const pool = { kind: 'pool', instanceId: 'i-a1', pool: '10.8.0.0/24' } as const;
    expect(heldBrake(scene({ routes: [{ ...carried, preferred: pool }] }))).toBeNull();
    const others = { ...pool, instanceId: 'i-b1' };
    expect(heldBrake(scene({ routes: [{ ...carried, preferred: others }] }))).toMatchObject({
      brake: 'carrying routes',
    });
  });

  test('while no other member of its group is proven alive', () => {
    const lonely = new Map<string, Verdict>([
      ['i-a1', down],
      ['i-b1', { ...up, isProven: false }],
      ['i-c1', down],
    ]);
    expect(heldBrake(scene({}, { verdicts: lonely }))).toEqual({
      brake: 'last of its group',
      until: null,
    });
    expect(heldBrake(scene({}, { verdicts: lonely.set('i-c1', up) }))).toBeNull();
  });

  test('while another of its group is being repaired, until that is judged', () => {
    const open = ladder(10_000, { end: null });
    expect(heldBrake(scene({}, { ladders: new Map([['i-b1', [open]]]) }))).toEqual({
      brake: 'one of a group',
      until: NOW + 50_000,
    });
    const closed = ladder(10_000);
    expect(heldBrake(scene({}, { ladders: new Map([['i-b1', [closed]]]) }))).toBeNull();
  });

  test.each([
    { fleet: 5, busy: 1, brake: 'share of the fleet' },
    { fleet: 6, busy: 1, brake: null },
    { fleet: 10, busy: 2, brake: 'share of the fleet' },
    { fleet: 11, busy: 2, brake: null },
  ])('with $busy of $fleet in repair elsewhere: $brake', ({ fleet, busy, brake }) => {
    const others = Array.from({ length: fleet - 2 }, (_, index) =>
      anAppliance(`i-c${index}`, { group: `g${index}` }),
    );
    const appliances = [anAppliance('i-a1'), anAppliance('i-b1'), ...others];
    const ladders = new Map(
      others
        .slice(0, busy)
        .map(({ instanceId, group }) => [instanceId, [ladder(1_000, { group, end: null })]]),
    );
    expect(heldBrake(scene({ appliances }, { ladders }))?.brake ?? null).toBe(brake);
  });

  test('59 min 59 s after its last ladder began, and not a second later', () => {
    const at = (agoMs: number) =>
      heldBrake(scene({}, { ladders: new Map([['i-a1', [ladder(agoMs)]]]) }));
    expect(at(HOUR_MS - 1_000)).toEqual({ brake: 'one ladder an hour', until: NOW + 1_000 });
    expect(at(HOUR_MS)).toBeNull();
  });

  test('after three ladders within a day, until the first of them is a day old', () => {
    const three = [23, 10, 2].map((hours) => ladder(hours * HOUR_MS));
    expect(heldBrake(scene({}, { ladders: new Map([['i-a1', three]]) }))).toEqual({
      brake: 'three ladders a day',
      until: NOW + HOUR_MS,
    });
    expect(heldBrake(scene({}, { ladders: new Map([['i-a1', three.slice(1)]]) }))).toBeNull();
  });

  test('a ladder in which nothing was done counts for neither', () => {
    const result = {
      kind: 'held',
      why: '',
      at: NOW,
      until: null,
      evidence: [],
      diagnosis: [],
    } as const;
    const idle = ladder(1_000, {
      attempts: [{ id: 'x', phase: 'restart', startedAt: NOW - 1_000, result }],
    });
    expect(heldBrake(scene({}, { ladders: new Map([['i-a1', [idle, idle, idle]]]) }))).toBeNull();
  });

  test('299 s after it began to boot, and not after 300', () => {
    const at = (agoMs: number) =>
      heldBrake(scene({ signals: { 'i-a1': { launchedAt: NOW - agoMs } } }));
    expect(at(299_000)).toEqual({ brake: 'boot grace', until: NOW + 1_000 });
    expect(at(300_000)).toBeNull();
  });

  test.each(['i-a1', 'hq', zoneOf('a'), null])(
    'inside a maintenance window over %s',
    (subjectId) => {
      const window = { subjectId, from: NOW - 1, until: NOW + HOUR_MS, why: 'patching', by: 'ana' };
      expect(heldBrake(scene({}, { windows: [window] }))).toEqual({
        brake: 'maintenance window',
        until: NOW + HOUR_MS,
      });
      expect(heldBrake(scene({}, { windows: [{ ...window, subjectId: 'i-z9' }] }))).toBeNull();
    },
  );

  test('in a deployment that only observes, while sight is partial, and without the lease', () => {
    expect(heldBrake(scene({}, { policy: policyOf({ mode: 'observe' }) }))?.brake).toBe(
      'mode observe',
    );
    const gap = { what: 'tags', why: 'throttled', since: NOW, zone: null };
    expect(heldBrake(scene({ over: { gaps: [gap] } }))?.brake).toBe('observation');
    expect(heldBrake(scene({ over: { gaps: [{ ...gap, zone: zoneOf('b') }] } }))).toBeNull();
    expect(heldBrake(scene({ over: { lease: { kind: 'singlePass', token: 1 } } }))?.brake).toBe(
      'lease',
    );
  });
});

describe('two at once', () => {
  test('of one group: the first by id, and the other waits for it', () => {
    const verdicts = new Map<string, Verdict>([
      ['i-a1', down],
      ['i-b1', down],
      ['i-c1', up],
    ]);
    const { actions, held } = planRepairs(
      [due('i-a1'), due('i-b1')],
      scene({ routes: [] }, { verdicts }),
    );
    expect(actions.map(({ instanceId }) => instanceId)).toEqual(['i-a1']);
    expect(held.map(({ brake }) => brake)).toEqual(['one of a group']);
  });
});

describe('the start of a machine that we stopped', () => {
  const start = due('i-a1', { phase: 'start', isNewLadder: false });

  test('waits for no brake of the ladder', () => {
    const verdicts = new Map<string, Verdict>([['i-a1', down]]);
    const routes = [aRoute('rtb-1 10.0.0.0/8', 'i-a1')];
    const ladders = new Map([['i-b1', [ladder(1_000, { end: null })]]]);
    expect(heldBrake(scene({ routes }, { verdicts, ladders }), start)).toBeNull();
  });

  test('waits while two were started within 10 s', () => {
    const started = (agoMs: number) =>
      ladder(agoMs, {
        attempts: [{ id: 's', phase: 'start', startedAt: NOW - agoMs, result: null }],
      });
    const after = (agoMs: number) =>
      heldBrake(
        scene(
          {},
          {
            ladders: new Map([
              ['i-b1', [started(agoMs)]],
              ['i-c1', [started(1)]],
            ]),
          },
        ),
        start,
      );
    expect(after(9_999)?.brake).toBe('start budget');
    expect(after(10_000)).toBeNull();
  });
});
