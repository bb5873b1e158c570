/** The teller over a topic and a table in memory: told once, never lost, whatever of the two fails and when. */
import { describe, expect, test } from '@jest/globals';
import { known } from '../../lib/core/reading.ts';
import { NOW } from '../builders/facts.ts';
import {
  aNotifier,
  DOWN,
  inStore,
  later,
  openInStore,
  tellFor,
  WORLD,
} from '../builders/notifier.ts';
import { somePorts } from '../builders/ports.ts';
import { aMove, aWorld } from '../builders/world.ts';

describe('once', () => {
  test('what opens is told once, and once more when it has been over for 30 s', async () => {
    const ports = somePorts();
    const tell = aNotifier(ports);
    expect(await tell([DOWN])).toEqual(['opened ApplianceDown']);
    expect(await tell([DOWN])).toEqual([]);
    expect(await tellFor(ports, 30, tell, [])).toEqual([]);
    expect(await tellFor(ports, 30, tell, [])).toEqual(['resolved ApplianceDown']);
    expect(openInStore(ports)).toEqual([]);
    expect(inStore(ports)).toMatchObject([
      { reason: 'ApplianceDown', resolvedAt: ports.clock.now() - 29_000 },
    ]);
  });

  test('the next invocation does not tell again what is in the book, and tells its end', async () => {
    const ports = somePorts();
    await aNotifier(ports)([DOWN]);
    const next = aNotifier(ports);
    expect(await next([DOWN])).toEqual([]);
    expect(await tellFor(ports, 31, next, [])).toEqual(['resolved ApplianceDown']);
  });

  test('the next invocation lets 30 s pass before it calls over what it never saw', async () => {
    const ports = somePorts();
    await aNotifier(ports)([DOWN]);
    await later(ports, 3_600_000);
    const next = aNotifier(ports);
    expect(await tellFor(ports, 30, next, [])).toEqual([]);
    expect(await tellFor(ports, 1, next, [])).toEqual(['resolved ApplianceDown']);
  });

  test('a single look never says that something is over', async () => {
    const ports = somePorts();
    await aNotifier(ports)([DOWN]);
    const once = aNotifier(ports, { mayResolve: false });
    expect(await tellFor(ports, 90, once, [])).toEqual([]);
    expect(ports.notifications.sent.length).toBe(1);
  });

  test('a resource tagged vpn-medic:ignore is never told', async () => {
    const ports = somePorts();
    const world = aWorld({
      appliances: WORLD.topology.appliances,
      topology: { ignored: new Map([['i-a1', 'being rebuilt']]) },
    });
    expect(await aNotifier(ports)([DOWN], { world })).toEqual([]);
  });

  test('its neighbour is', async () => {
    const ports = somePorts();
    const world = aWorld({
      appliances: WORLD.topology.appliances,
      topology: { ignored: new Map([['i-b1', 'being rebuilt']]) },
    });
    expect(await aNotifier(ports)([DOWN], { world })).toEqual(['opened ApplianceDown']);
  });
});

describe('the end of an appliance’s incident', () => {
  test.each([
    ['gone', 'RESOLVED vpn-a1: ApplianceDown (111122223333), deleted, no route leads to it'],
    ['terminated', 'RESOLVED vpn-a1: ApplianceDown (111122223333), deleted, no route leads to it'],
    ['running', 'RESOLVED vpn-a1: ApplianceDown (111122223333), found in one pass only'],
  ] as const)('that is %s says so', async (state, subject) => {
    const ports = somePorts();
    const tell = aNotifier(ports);
    await tell([DOWN]);
    const { appliances } = WORLD.topology;
    const signals = { 'i-a1': { state: known(state, NOW) } };
    const world = aWorld({ appliances, signals });
    await tell([], { world });
    await later(ports, 30_000);
    await tell([], { world });
    expect(ports.notifications.sent.at(-1)?.subject).toBe(subject);
  });
});

describe('a topic that fails', () => {
  test('an opening is tried again after 10 s, not before, until it is told', async () => {
    const ports = somePorts();
    const tell = aNotifier(ports);
    ports.notifications.isDown = true;
    expect(await tell([DOWN])).toEqual([]);
    await later(ports, 9_999);
    await tell([DOWN]);
    expect(ports.notifications.tries).toBe(1);
    ports.notifications.isDown = false;
    await later(ports, 1);
    expect(await tell([DOWN])).toEqual(['opened ApplianceDown']);
  });

  test('and no later by a clock that went back meanwhile', async () => {
    const ports = somePorts();
    const tell = aNotifier(ports);
    ports.notifications.isDown = true;
    await tell([DOWN]);
    ports.clock.jumpWall(-3_600_000);
    ports.notifications.isDown = false;
    await later(ports, 10_000);
    expect(await tell([DOWN])).toEqual(['opened ApplianceDown']);
  });

  test('an end is tried again after 10 s, not before, until it is told', async () => {
    const ports = somePorts();
    const tell = aNotifier(ports);
    await tell([DOWN]);
    await tell([]);
    await later(ports, 30_000);
    ports.notifications.isDown = true;
    await tell([]);
    await later(ports, 9_999);
    await tell([]);
    expect(ports.notifications.tries).toBe(2);
    ports.notifications.isDown = false;
    await later(ports, 1);
    expect(await tell([])).toEqual(['resolved ApplianceDown']);
    expect(await tell([])).toEqual([]);
  });

  test('a failure that is over before the topic is back is told all the same, with what was done', async () => {
    const ports = somePorts();
    const tell = aNotifier(ports);
    ports.notifications.isDown = true;
    const outcomes = [{ move: aMove(), at: NOW - 200, kind: 'done', tookMs: 200 }] as const;
    await tell([DOWN], { outcomes });
    for (let second = 0; second < 120; second += 1) {
      await later(ports, 1_000);
      await tell([]);
    }
    ports.notifications.isDown = false;
    await later(ports, 10_000);
    expect(await tell([])).toEqual(['opened ApplianceDown']);
    expect(ports.notifications.sent[0]?.text).toContain('vpn-a1 -> vpn-b1, done');
    expect(await tell([])).toEqual(['resolved ApplianceDown']);
  });

  test('and even by the next invocation', async () => {
    const ports = somePorts();
    ports.notifications.isDown = true;
    await aNotifier(ports)([DOWN]);
    ports.notifications.isDown = false;
    const next = aNotifier(ports);
    expect(await tellFor(ports, 32, next, [])).toEqual([
      'opened ApplianceDown',
      'resolved ApplianceDown',
    ]);
  });
});
