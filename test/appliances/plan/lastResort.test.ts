/** Goal: a gateway carries a group's route only while no appliance can and a connection behind it is known to; else nothing moves. Method: pure plans. */
import { describe, expect, test } from '@jest/globals';
import type { LastResort } from '../../../lib/core/lastResort.ts';
import { NOW, VPC } from '../../builders/facts.ts';
import { planFor, type Setting } from '../../builders/plan.ts';
import { aFinding, anAppliance, aTable, confirmedDown, down, up } from '../../builders/world.ts';

const VGW = 'vgw-0a';
const gateway = (over: Partial<LastResort> = {}): LastResort => ({
  gatewayId: VGW,
  groups: ['hq'],
  health: 'up',
  carries: { [VPC]: ['10.0.0.0/8'] },
  ...over,
});
const behind = (over: Partial<LastResort> = {}, agoMs = 0) => ({
  memory: { lastResorts: { at: NOW - agoMs, gateways: [gateway(over)] } },
});
/** Neither of the two appliances lives. */
const DEAD: Setting = { nextHop: confirmedDown(), target: confirmedDown(), ...behind() };
const went = (setting: Setting) => {
  const { actions, held } = planFor(setting);
  return actions[0]?.to ?? held[0]?.because ?? 'nothing';
};

describe('away from the last appliance', () => {
  test('it takes the route when every appliance is down', () => {
    expect(planFor(DEAD).actions).toMatchObject([
      { kind: 'failover', from: 'i-a1', to: VGW, toTargetId: VGW },
    ]);
  });

  test('it takes nothing while an appliance can', () => {
    expect(went({ ...DEAD, target: up() })).toBe('i-b1');
  });

  test('also where the group has one appliance only', () => {
    expect(went({ ...DEAD, appliances: [anAppliance('i-a1')] })).toBe(VGW);
  });

  test.each<readonly [string, Setting]>([
    ['of another group', behind({ groups: ['branch'] })],
    ['with no route for the destination', behind({ carries: { [VPC]: ['10.0.0.0/9'] } })],
    ['attached to another VPC', behind({ carries: { 'vpc-0b': ['10.0.0.0/8'] } })],
    ['read 60,001 ms ago', behind({}, 60_001)],
    ['read 60,001 ms from now', behind({}, -60_001)],
  ])('a gateway %s takes nothing', (_, setting) => {
    expect(planFor({ ...DEAD, ...setting }).actions).toEqual([]);
  });

  test('read 60,000 ms ago it still does', () => {
    expect(went({ ...DEAD, ...behind({}, 60_000) })).toBe(VGW);
  });

  test('why it does not is said beside why no appliance does', () => {
    const because = went({ ...DEAD, ...behind({ carries: {} }) });
    expect(because).toContain('it is down itself');
    expect(because).toContain(
      'last resort vgw-0a is not eligible: no VPN connection behind it is known to be up and to have a route for 10.0.0.0/8',
    );
  });

  test('a client pool and an Elastic address never lead to it', () => {
    const pool = { kind: 'pool', instanceId: 'i-a1', pool: '10.0.0.0/8' } as const;
    expect(planFor({ ...DEAD, route: { preferred: pool } }).actions).toEqual([]);
    const address = { key: 'eipalloc-1 10.0.0.0/8', tableId: 'eipalloc-1' };
    expect(planFor({ ...DEAD, route: address }).actions).toEqual([]);
  });

  test('a death that only probes saw is held by a suspected mass failure as any other', () => {
    const mass = aFinding('MassFailureSuspect', {
      subject: { kind: 'group', id: 'hq', name: 'hq', group: 'hq', zone: null },
    });
    const { actions, held } = planFor({ ...DEAD, nextHop: down(), findings: [mass] });
    expect(actions).toEqual([]);
    expect(held).toMatchObject([{ rule: 'S3' }]);
  });
});

describe('an appliance that may still prove alive has ten seconds', () => {
  const unproven = up({ isProven: false, lacks: 'it has not answered three times' });
  const after = (agoMs: number) =>
    planFor({ ...DEAD, nextHop: confirmedDown({ since: NOW - agoMs }), target: unproven });

  test('9,999 ms after the death the route is held, and it is said why', () => {
    const { actions, held } = after(9_999);
    expect(actions).toEqual([]);
    expect(held[0]?.because).toContain('an appliance of group hq may still prove alive');
  });

  test('10,000 ms after the death the route moves', () => {
    expect(after(10_000).actions).toMatchObject([{ to: VGW }]);
  });
});

describe('a route that leads to it', () => {
  const there: Setting['route'] = { nextHop: VGW, targetId: VGW };

  test('goes back to a proven appliance as a failback', () => {
    const { actions } = planFor({ ...DEAD, target: up(), route: there });
    expect(actions).toMatchObject([{ kind: 'failback', from: VGW, to: 'i-b1' }]);
  });

  test('stays for the hold-down, and while no appliance has risen', () => {
    const group = { lastFailoverAt: NOW - 1_000 };
    expect(planFor({ ...DEAD, target: up(), route: there, group }).held).toMatchObject([
      { rule: 'S4' },
    ]);
    const { actions, held } = planFor({
      ...DEAD,
      target: up({ isHealthy: false }),
      route: there,
    });
    expect(actions).toEqual([]);
    expect(held).toMatchObject([{ rule: 'S5' }]);
  });

  test('leaves it within the hold-down once every connection behind it is down', () => {
    const group = { lastFailoverAt: NOW - 1_000 };
    const lost = { ...behind({ health: 'down', carries: {} }), route: there, group };
    const { actions } = planFor({ ...DEAD, target: up(), ...lost });
    expect(actions).toMatchObject([{ kind: 'failover', to: 'i-b1', isEc2Confirmed: true }]);
  });

  test.each<readonly [string, Setting]>([
    ['down, read 60,001 ms ago', behind({ health: 'down', carries: {} }, 60_001)],
    ['unknown', behind({ health: 'unknown', carries: {} })],
  ])('stays there while what is behind it is %s', (_, setting) => {
    const group = { lastFailoverAt: NOW - 1_000 };
    const { actions, held } = planFor({
      ...DEAD,
      target: up(),
      ...setting,
      route: there,
      group,
    });
    expect(actions).toEqual([]);
    expect(held).toMatchObject([{ rule: 'S4' }]);
  });

  test('comes back also when the gateway has lost its tag', () => {
    expect(went({ ...DEAD, target: up(), route: there, memory: {} })).toBe('i-b1');
  });
});

test('members: where the table names who may join, the gateway must be named too', () => {
  const named = (members: readonly string[]) =>
    planFor({
      ...DEAD,
      tables: [aTable('rtb-1', { members })],
    }).actions;
  expect(named(['i-a1', 'i-b1'])).toEqual([]);
  expect(named(['i-a1', VGW])).toMatchObject([{ to: VGW }]);
});
