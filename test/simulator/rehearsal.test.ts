/** Rehearsals: the same events for the same seed, and records that agree with the ground truth. */
import { describe, expect, test } from '@jest/globals';
import { readTopology } from '../../lib/appliances/observe/topology.ts';
import { defaultAccount } from '../../lib/simulator/defaults/account.ts';
import { DEFAULT_ENDPOINTS } from '../../lib/simulator/defaults/clientVpn.ts';
import { defaultVpn } from '../../lib/simulator/defaults/siteToSite.ts';
import {
  DEFAULT_TRANSIT,
  defaultVpnWithTransit,
} from '../../lib/simulator/defaults/transitGateway.ts';
import { parseFail } from '../../lib/simulator/faults/fail.ts';
import { type Rehearsal, rehearse } from '../../lib/simulator/rehearsal.ts';
import { rolesOf } from '../../lib/simulator/roles.ts';
import { type Scenario } from '../../lib/simulator/scenario/types.ts';
import { FIRST_FAULT_MS, SCENARIOS } from '../../lib/simulator/scenario.ts';
import type { TimelineEvent } from '../../lib/simulator/timeline.ts';
import { TAKEN_AT } from '../storm/account.ts';

const ROLES = rolesOf(defaultAccount(TAKEN_AT), defaultVpn(TAKEN_AT), DEFAULT_ENDPOINTS);
const WITH_TRANSIT = rolesOf(
  defaultAccount(TAKEN_AT),
  defaultVpnWithTransit(TAKEN_AT),
  DEFAULT_ENDPOINTS,
  { transit: DEFAULT_TRANSIT },
);

async function play(scenario: Scenario) {
  const events: TimelineEvent[] = [];
  const roles = scenario.spellsIn(ROLES) === null ? WITH_TRANSIT : ROLES;
  const report = rehearse(roles, scenario, { seed: 2 });
  for (;;) {
    const next = await report.next();
    if (next.done) return { events, rehearsal: next.value };
    events.push(next.value);
  }
}

/** One rehearsal of each is enough for all that is asked of it. */
const played = new Map<string, ReturnType<typeof play>>();
function once(scenario: Scenario): ReturnType<typeof play> {
  const one = played.get(scenario.name) ?? play(scenario);
  played.set(scenario.name, one);
  return one;
}

function named(name: string): Scenario {
  const scenario = SCENARIOS.find((one) => one.name === name);
  if (scenario === undefined) throw new Error(`looking for the scenario ${name}: there is none`);
  return scenario;
}

const first = ({ faults: [one] }: Rehearsal) => one;

describe('the default account', () => {
  test('is read as two groups with five appliances, fifteen managed routes and one table that lacks our tag', () => {
    const { snapshot } = ROLES;
    const at = TAKEN_AT;
    const zones = ['eu-west-1a', 'eu-west-1b', 'eu-west-1c'].map(
      (zone) =>
        ({
          zone,
          instances: {
            known: true,
            at,
            value: snapshot.instances.filter((one) => one.zone === zone),
          },
          statuses: {
            known: true,
            at,
            value: snapshot.statuses.filter((one) => one.zone === zone),
          },
          interfaces: {
            known: true,
            at,
            value: snapshot.interfaces.filter((one) => one.zone === zone),
          },
        }) as const,
    );
    const whole = <T>(value: T) => ({ known: true, at, value }) as const;
    const topology = readTopology(
      {
        accountId: snapshot.accountId,
        region: snapshot.region,
        tags: whole(snapshot.tags),
        zones,
        lostInterfaces: whole([]),
        subnets: whole(snapshot.subnets),
        routeTables: whole(snapshot.routeTables),
        prefixLists: whole(snapshot.prefixLists),
      },
      new Map(),
    );
    expect(topology.appliances.map(({ name }) => name)).toEqual([
      'hq-a',
      'hq-b',
      'hq-c',
      'branch-a',
      'branch-b',
    ]);
    expect(topology.routes).toHaveLength(15);
    expect(topology.routes.filter(({ preferred }) => preferred.kind === 'pool')).toHaveLength(3);
    expect(topology.faults.map(({ reason }) => reason)).toContain('TableNotTagged');
  });
});

describe('a rehearsal', () => {
  test('gives the same events for the same seed, to the millisecond', async () => {
    expect(await play(named('all-dead'))).toEqual(await once(named('all-dead')));
  });

  test('of a dead process: found within 4 s, healed by writes, failed back after the hold-down, notified and closed', async () => {
    const { events, rehearsal } = await once(named('process-dead'));
    const fault = first(rehearsal);
    expect(fault?.detectedAfterMs).toBeLessThan(4_000);
    expect(fault?.restoredAfterMs).toBeLessThan(4_000);
    expect(fault?.cutCount).toBe(2);
    expect(fault?.failbackAfterMs).toBeGreaterThan(0);
    expect(fault?.rulesThatHeld).toContain('S4');
    const moved = events.filter(({ kind }) => kind === 'moved').map(({ text }) => text);
    expect(moved.some((text) => text.includes('(failover)'))).toBe(true);
    expect(moved.some((text) => text.includes('(failback)'))).toBe(true);
    expect(events.filter(({ text }) => /CRITICAL hq-a: ApplianceDown/.test(text))).toHaveLength(1);
    expect(
      events.filter(({ text }) => text.startsWith('RESOLVED hq-a: ApplianceDown')),
    ).toHaveLength(1);
  });

  test('of all dead: nothing is written, and nothing heals before the fault ends', async () => {
    const { rehearsal } = await once(named('all-dead'));
    expect(rehearsal.writeCount).toBe(0);
    expect(first(rehearsal)).toMatchObject({ restoredAfterMs: null, cutCount: 12, writeCount: 0 });
  });

  test('of a blip: nothing is written and nothing is notified', async () => {
    const { rehearsal } = await once(named('blip'));
    expect(first(rehearsal)).toMatchObject({
      writeCount: 0,
      notificationCount: 0,
      detectedAfterMs: null,
    });
  });

  test('names every fault and its end, at their instants', async () => {
    const { events } = await once(named('blind-vantage'));
    const marks = events.filter(({ kind }) => kind === 'fault' || kind === 'recovered');
    expect(marks.map(({ atMs, kind }) => [kind, atMs])).toEqual([
      ['fault', FIRST_FAULT_MS],
      ['recovered', FIRST_FAULT_MS + 120_000],
    ]);
  });

  test.each(SCENARIOS.map((scenario) => [scenario.name, scenario] as const))(
    'of %s ends without a crash and in order',
    async (_name, scenario) => {
      const { events, rehearsal } = await once(scenario);
      expect(rehearsal.crashes).toEqual([]);
      const times = events.map(({ atMs }) => atMs);
      expect(times).toEqual(times.toSorted((a, b) => a - b));
    },
  );
});

test('a lost site is one notification, and only what recovered is resolved', async () => {
  const { events, rehearsal } = await once(named('site-lost'));
  const notified = events.filter(
    ({ kind, text }) => kind === 'notified' && !text.includes('TableNotTagged'),
  );
  expect(notified.map(({ text }) => text.split(' (')[0])).toEqual([
    'WARNING hq-south tunnel 203.0.113.21: TunnelDown',
    'CRITICAL hq-north: ConnectionDown',
    'WARNING hq: RedundancyLost',
    'CRITICAL hq: SiteDown',
    'RESOLVED hq: SiteDown',
    'RESOLVED hq-north: ConnectionDown',
    'RESOLVED hq: RedundancyLost',
    'RESOLVED hq-south tunnel 203.0.113.21: TunnelDown',
  ]);
  // A poll a minute, and the schedule's own delay.
  for (const { detectedAfterMs } of rehearsal.faults) {
    expect(detectedAfterMs).toBeLessThan(65_000);
  }
});

test('a drill moves the routes of one next hop and back, and cuts nothing', async () => {
  const { events, rehearsal } = await once(named('drill'));
  const moves = events.flatMap(({ kind, text }) => (kind === 'moved' ? [text] : []));
  expect(moves.map((text) => text.split(',')[0])).toEqual([
    '1 route hq-a -> hq-b (leave)',
    '1 route hq-a -> hq-c (leave)',
    '1 route hq-b -> hq-a (failback)',
    '1 route hq-c -> hq-a (failback)',
  ]);
  expect(rehearsal.faults).toEqual([expect.objectContaining({ cutCount: 0 })]);
});

test('without connections there is no such scenario', () => {
  const bare = rolesOf(defaultAccount(TAKEN_AT));
  for (const report of ['site-lost', 'endpoints-dark', 'list-expiring']) {
    expect(named(report).spellsIn(bare)).toBeNull();
  }
});

describe('--fail', () => {
  const fail = (text: string) => parseFail(text, ROLES, 60_000);

  test.each([
    ['zone:a', { kind: 'zone-dead', zone: 'eu-west-1a' }],
    ['zone:eu-west-1b', { kind: 'zone-dead', zone: 'eu-west-1b' }],
    ['host:hq-b', { kind: 'host-dead' }],
    ['process:i-0a1b2c3d4e5f60001', { kind: 'process-dead', instanceId: 'i-0a1b2c3d4e5f60001' }],
    ['group:branch', { kind: 'all-dead', group: 'branch' }],
    ['vantage:here', { kind: 'vantage-blind', vantageId: 'here' }],
    ['all', { kind: 'all-dead', group: null }],
  ])('%s is a scenario', (text, fault) => {
    const parsed = fail(text);
    const spells = parsed.ok ? parsed.scenario.spellsIn(ROLES) : null;
    expect(spells).toMatchObject([
      { fault, startMs: FIRST_FAULT_MS, endMs: FIRST_FAULT_MS + 60_000 },
    ]);
  });

  test.each([
    ['zone:x', /no appliance is in a zone "x": write one of eu-west-1a, /],
    ['host:nobody', /there is no appliance "nobody": write one of hq-a, /],
    ['group:', /there is no group "": write one of hq, branch/],
    ['rain', /"rain" fails nothing: write one of host:NAME, .*, all$/],
  ])('%s is refused with what could be written', (text, why) => {
    const parsed = fail(text);
    expect(parsed.ok ? '' : parsed.why).toMatch(why);
  });

  test('an account without any appliance has nothing to rehearse, and says so', () => {
    const snapshot = { ...defaultAccount(TAKEN_AT), tags: [] };
    expect(() => rolesOf(snapshot)).toThrow(/no running instance with the tag vpn-medic:group/);
  });
});
