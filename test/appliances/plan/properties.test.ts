/** What must hold of the plan of any world, however ill: the promises of design.md, section 7, over thousands of accounts. */
import { describe, expect, test } from '@jest/globals';
import * as fc from 'fast-check';
import { plan } from '../../../lib/appliances/plan.ts';
import { RULES } from '../../../lib/appliances/rules.ts';
import { admissionOf, withFounders } from '../../../lib/appliances/state/admission.ts';
import type { Plan } from '../../../lib/appliances/types/plan.ts';
import type { ManagedRoute } from '../../../lib/appliances/types/topology.ts';
import type { World } from '../../../lib/appliances/types/world.ts';
import { isGatewayId } from '../../../lib/core/lastResort.ts';
import { type AnyScene, anyScene } from '../../builders/anyScene.ts';
import { NOW } from '../../builders/facts.ts';

const planOf = ({ world, assessment, memory, policy }: AnyScene): Plan =>
  plan(world, assessment, memory, policy, NOW);

const always = (what: (scene: AnyScene, made: Plan) => void, numRuns = 400): void =>
  fc.assert(
    fc.property(anyScene, (scene) => what(scene, planOf(scene))),
    { numRuns },
  );

const toAppliances = ({ actions }: Plan) => actions.filter(({ to }) => !isGatewayId(to));
const applianceOf = ({ topology }: World, id: string) =>
  topology.appliances.find(({ instanceId }) => instanceId === id);
const routeOf = ({ topology }: World, routeKey: string) =>
  topology.routes.find(({ key }) => key === routeKey);

describe('the scenes are worth the trouble', () => {
  const scenes = fc.sample(anyScene, { numRuns: 3_000, seed: 1 });

  test('a third of them moves something', () => {
    const busy = scenes.filter((scene) => planOf(scene).actions.length > 0);
    expect(busy.length).toBeGreaterThan(scenes.length / 3);
  });

  test.each(RULES)('$rule alone holds something in some of them', (rule) => {
    const others = RULES.filter((one) => one !== rule);
    const differing = scenes.filter(
      ({ world, assessment, memory, policy }) =>
        plan(world, assessment, memory, policy, NOW, others).actions.length >
        plan(world, assessment, memory, policy, NOW).actions.length,
    );
    expect(differing.length).toBeGreaterThan(0);
  });
});

describe('unknown never yields a write', () => {
  test('nothing leaves an appliance that is unknown, and nothing goes to one that is not proven', () => {
    always(({ assessment: { verdicts } }, made) => {
      const left = made.actions.filter(({ kind }) => kind === 'failover').map(({ from }) => from);
      expect(left.filter((from) => verdicts.get(from)?.kind !== 'down')).toEqual([]);
      for (const { to } of toAppliances(made)) {
        expect(verdicts.get(to)).toMatchObject({ kind: 'up', isProven: true });
      }
    });
  });

  test('nothing goes to what EC2 does not show running, in use, with the check off', () => {
    always(({ world: { signals } }, made) => {
      for (const { to, toTargetId: interfaceId } of toAppliances(made)) {
        const link = { interfaceId, status: 'in-use', hasSourceDestCheck: false };
        expect(signals.get(to)).toMatchObject({
          state: { known: true, value: 'running' },
          interfaces: {
            known: true,
            value: expect.arrayContaining([expect.objectContaining(link)]),
          },
        });
      }
    });
  });

  test('a gap over the region stops everything, a gap in a zone whatever would go there', () => {
    always(({ world }, { actions }) => {
      for (const { zone } of world.gaps) {
        const into = actions.filter(
          ({ to }) => zone === null || applianceOf(world, to)?.zone === zone,
        );
        expect(into).toEqual([]);
      }
    });
  });
});

test('no target outside the route’s group and VPC, and never an interface of another role or family', () => {
  always(({ world }, made) => {
    for (const { to, toTargetId, fromTargetId, routeKey, from } of toAppliances(made)) {
      const route = routeOf(world, routeKey);
      expect(to).not.toBe(from);
      const target = applianceOf(world, to);
      expect(target?.group).toBe(route?.group);
      const arm = target?.interfaces.find(({ interfaceId }) => interfaceId === toTargetId);
      expect(arm?.vpcId).toBe(route?.vpcId);
      expect(arm?.families).toContain(route?.destination.includes(':') ? 'ipv6' : 'ipv4');
      const left = applianceOf(world, from)?.interfaces.find(
        ({ interfaceId }) => interfaceId === fromTargetId,
      );
      // One without a role may take over from one with a role, never one with another.
      expect([left?.role ?? null, null]).toContain(arm?.role);
    }
  });
});

/** Who claims a route as its client pool, as far as its table admits it or it is gone: claims of others count for nothing. */
const claimantsOf = (
  { world, memory, policy }: AnyScene,
  { preferred, tableId }: ManagedRoute,
): string[] => {
  if (preferred.kind === 'appliance') return [];
  if (preferred.kind === 'pool' && preferred.isInherited === true) return [preferred.instanceId];
  const claims = preferred.kind === 'pool' ? [preferred] : preferred.claims;
  const { topology } = world;
  const table = topology.tables.find((one) => one.tableId === tableId);
  const scene = { memory: withFounders(memory, topology, NOW), policy };
  return claims
    .map(({ instanceId }) => instanceId)
    .filter((id) => {
      const one = applianceOf(world, id);
      return one === undefined || admissionOf(one, table, scene).isAdmitted;
    });
};

describe('a client pool', () => {
  test('of an admitted owner moves to that owner only, one that several claim moves nowhere', () => {
    always((scene, { actions }) => {
      for (const { to, routeKey } of actions) {
        const route = routeOf(scene.world, routeKey);
        const claimants = route === undefined ? [] : claimantsOf(scene, route);
        expect([[], [to]]).toContainEqual([...new Set(claimants)]);
        // Every claim counts, and they contradict each other: nothing moves the route.
        const claims = route?.preferred.kind === 'contested' ? route.preferred.claims : null;
        expect(claims !== null && claimants.length === claims.length).toBe(false);
      }
    });
  });

  test('is what a move of a pool moves, and the claim of one that is not admitted makes none', () => {
    always((scene, { actions }) => {
      for (const { routeKey, kind } of actions) {
        const route = routeOf(scene.world, routeKey);
        const isClaimed = route !== undefined && claimantsOf(scene, route).length > 0;
        expect(kind === 'pool').toBe(isClaimed);
      }
    });
  });
});

describe('what leaves', () => {
  test('alone is left while it lives, and gets neither what leaves another nor a failback', () => {
    always(({ assessment: { leaves } }, { actions }) => {
      const left = actions.filter(({ kind, from }) => kind === 'leave' && !leaves.has(from));
      const given = actions.filter(
        ({ kind, to }) => (kind === 'leave' || kind === 'failback') && leaves.has(to),
      );
      expect([...left, ...given]).toEqual([]);
    });
  });
});

describe('brakes are never exceeded', () => {
  test('no more writes than tokens, none in mode observe, one a route', () => {
    always(({ memory, policy }, { actions, held }) => {
      const budget = policy.mode === 'observe' ? 0 : memory.budget.tokens;
      expect(actions.length).toBeLessThanOrEqual(budget);
      const keys = [...actions, ...held].map(({ routeKey }) => routeKey);
      expect(new Set(keys).size).toBe(keys.length);
    });
  });

  test('without the lease, and in a mass failure, only what EC2 itself confirms', () => {
    always(({ world, assessment }, { actions }) => {
      if (world.lease.kind === 'leader' && assessment.findings.length === 0) return;
      expect(actions.every(({ isEc2Confirmed }) => isEc2Confirmed)).toBe(true);
    });
  });

  test('no move home within 5 min of a failover, none of a pinned route; what is dead is left all the same', () => {
    always(({ memory }, { actions }) => {
      const beyond = actions.filter((action) => {
        const { kind, group, routeKey, to } = action;
        // What is dead, ends or is drained cannot wait.
        if (kind === 'failover' || kind === 'leave') return false;
        const past = memory.groups.get(group);
        if (past === undefined) return false;
        // Whoever pins knows what came before.
        const isKnown = memory.pins.some(
          (pin) =>
            pin.to === to &&
            (pin.routeKey ?? routeKey) === routeKey &&
            pin.at > Math.max(past.lastFailoverAt, past.pinnedAts[routeKey] ?? 0),
        );
        if (kind === 'pin' && isKnown) return false;
        return NOW - past.lastFailoverAt < 300_000 || past.pinnedAts[routeKey] !== undefined;
      });
      expect(beyond).toEqual([]);
    });
    always((_given, { held }) => {
      expect(held.filter(({ kind, rule }) => kind === 'failover' && rule === 'S4')).toEqual([]);
    });
  });
});

test('everything that is wished for ends as an action or is held, with a reason', () => {
  always(({ world, assessment }, { actions, held }) => {
    const spoken = new Set([...actions, ...held].map(({ routeKey }) => routeKey));
    const dead = world.topology.routes.filter(
      ({ nextHop, preferred }) =>
        assessment.verdicts.get(nextHop)?.kind === 'down' && preferred.kind === 'appliance',
    );
    expect(dead.filter(({ key }) => !spoken.has(key))).toEqual([]);
    for (const { because } of held) expect(because).not.toBe('');
  });
});

test('the same world gives the same plan, in whatever order it is written down', () => {
  const mixed = <T>(list: readonly T[], by: readonly number[]): readonly T[] =>
    list
      .map((item, index) => ({ item, at: by[index % by.length] ?? 0 }))
      .toSorted((a, b) => a.at - b.at)
      .map(({ item }) => item);
  fc.assert(
    fc.property(anyScene, fc.array(fc.nat(), { minLength: 20, maxLength: 20 }), (scene, by) => {
      const { topology } = scene.world;
      const other: AnyScene = {
        ...scene,
        world: {
          ...scene.world,
          topology: {
            ...topology,
            appliances: mixed(topology.appliances, by),
            routes: mixed(topology.routes, by),
            tables: mixed(topology.tables, by),
          },
          signals: new Map(mixed([...scene.world.signals], by)),
        },
      };
      expect(planOf(other)).toEqual(planOf(scene));
    }),
    { numRuns: 400 },
  );
});

test('a plan that was carried out leaves nothing to do', () => {
  always((scene, { actions }) => {
    const { topology } = scene.world;
    const routes = topology.routes.map((route) => {
      const move = actions.find(({ routeKey }) => routeKey === route.key);
      return move === undefined ? route : { ...route, nextHop: move.to, targetId: move.toTargetId };
    });
    const after = { ...scene, world: { ...scene.world, topology: { ...topology, routes } } };
    // What only the budget held is due next.
    const waiting = planOf(scene).held.flatMap(({ rule, routeKey }) =>
      rule === 'S8' ? routeKey : [],
    );
    // The arm that a route leads to says its role: from its new one another member may be clear, after the hold-down.
    const isMoved = (key: string) =>
      actions.some(
        ({ routeKey, kind }) => routeKey === key && (kind === 'failover' || kind === 'leave'),
      );
    const again = planOf(after).actions.filter(
      ({ routeKey, kind }) =>
        !waiting.includes(routeKey) && (kind === 'failover' || !isMoved(routeKey)),
    );
    expect(again).toEqual([]);
  });
});
