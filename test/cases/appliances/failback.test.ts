/**
 * Failback after a death that EC2 did not confirm: not into a dead tunnel, and back at once when the tunnel is lost. Played
 * as deployed: hq-a carries both routes, its daemon dies at 60 s and is back at 100 s.
 */
import { describe, expect, test } from '@jest/globals';
import { failbacksId } from '../../../lib/appliances/state/failback.ts';
import { parseState, stateId } from '../../../lib/appliances/state/stored.ts';
import type { SimAccount } from '../../../lib/simulator/account.ts';
import type { Fault } from '../../../lib/simulator/faults.ts';
import { privateSubnetId } from '../../../lib/simulator/layout/words.ts';
import type { VantageSetup } from '../../../lib/simulator/probes.ts';
import { B_LINK, HQ_A, OUTSIDE, ownSubnets, tunnelAccount } from '../../builders/tunnels.ts';
import { type Play, type Played, play } from './play.ts';

const REGION = 'eu-west-1';
const FAR = 'tcp:10.20.0.5:22';
const BOTH = `ike:500 ${FAR}`;
const A_LINK = 'eni-0a1b2c3d4e5f60001';
const DAEMON: [Fault, number, number] = [{ kind: 'process-dead', instanceId: HQ_A }, 60, 100];
/** From the death on, so that the daemon comes back without it. */
const TUNNEL = (fromS: number, untilS: number): [Fault, number, number] => [
  { kind: 'tunnel-dead', instanceId: HQ_A },
  fromS,
  untilS,
];
/** With a shorter hold-down. */
const policy = { holdMs: 60_000, failback: 'proven' } as const;

const run = (over: Omit<Play, 'policy'> & Pick<Play, 'policy'>): Promise<Played> =>
  play({ ...over, policy: { ...policy, ...over.policy } });

const targets = ({ writes }: Played): readonly string[] =>
  writes.map(({ interfaceId }) => (interfaceId === A_LINK ? 'a' : 'b'));

const subjectsOf = ({ notifications }: Played, reason: string): readonly string[] =>
  notifications.flatMap(({ subject }) => (subject.includes(reason) ? [subject] : []));

/** As `vpn-medic failback i-…` writes it. */
function allow({ table, clock }: SimAccount): void {
  const stored = parseState(table.bodies().get(stateId(REGION)), clock.now());
  const doubtSince = stored?.memory.appliances.get(HQ_A)?.doubt?.since ?? null;
  const request = { instanceId: HQ_A, doubtSince, at: clock.now(), by: 'ana', why: 'tested' };
  const body = { version: 1, failbacks: [request] };
  const id = failbacksId(REGION);
  table.put({ id, overVersion: 0, body, expiresAt: null }, clock.now());
}

describe('the daemon comes back without its tunnel', () => {
  test.each<[string, string | null, readonly VantageSetup[]]>([
    ['of which nothing is probed but the daemon', null, OUTSIDE],
    ['that is probed from a subnet of its own', BOTH, ownSubnets()],
    ['that is probed in a clause with the daemon', `ike:500|${FAR}`, ownSubnets()],
  ])(
    'an appliance %s: its routes stay on the other, and one finding says why and what to do',
    async (_what, probe, vantages) => {
      const played = await run({
        account: tunnelAccount(probe),
        vantages,
        faults: [DAEMON, TUNNEL(60, 900)],
        lastsS: 400,
      });
      expect(targets(played)).toEqual(['b', 'b']);
      if (probe === BOTH) return;
      expect(subjectsOf(played, 'FailbackHeld')).toHaveLength(1);
      const held = played.notifications.find(({ subject }) => subject.includes('FailbackHeld'));
      expect(JSON.stringify(held)).toContain(`vpn-medic failback ${HQ_A}`);
    },
  );

  test('with failback=probe they go back on its word alone', async () => {
    const played = await run({
      account: tunnelAccount(null),
      vantages: OUTSIDE,
      faults: [DAEMON, TUNNEL(60, 900)],
      policy: { failback: 'probe' },
      lastsS: 300,
    });
    expect(targets(played)).toEqual(['b', 'b', 'a', 'a']);
    expect(subjectsOf(played, 'FailbackHeld')).toEqual([]);
  });
});

describe('the daemon comes back with its tunnel', () => {
  test('probed through it, the routes fail back by themselves', async () => {
    const played = await run({
      account: tunnelAccount(BOTH),
      vantages: ownSubnets(),
      faults: [DAEMON],
      lastsS: 300,
    });
    expect(targets(played)).toEqual(['b', 'b', 'a', 'a']);
    expect(subjectsOf(played, 'FailbackHeld')).toEqual([]);
  });

  test('not probed through it, they fail back within 10 s of a person’s word, not before', async () => {
    const played = await run({
      account: tunnelAccount(null),
      vantages: OUTSIDE,
      faults: [DAEMON],
      others: [[300, allow]],
      lastsS: 330,
    });
    expect(targets(played)).toEqual(['b', 'b', 'a', 'a']);
    expect(played.writes[2]?.atS).toBeGreaterThan(300);
    expect(played.writes[2]?.atS).toBeLessThan(310);
  });

  test('a person’s word ends one doubt: after the next death it is no longer enough', async () => {
    const played = await run({
      account: tunnelAccount(null),
      vantages: OUTSIDE,
      faults: [DAEMON, [{ kind: 'process-dead', instanceId: HQ_A }, 500, 540]],
      others: [[300, allow]],
      lastsS: 1_000,
    });
    expect(targets(played)).toEqual(['b', 'b', 'a', 'a', 'b', 'b']);
  });
});

test.each<[string, Fault]>([
  ['EC2 called it stopped', { kind: 'stopped', instanceId: HQ_A }],
  [
    'its status check failed',
    { kind: 'impaired', instanceId: HQ_A, check: 'system', answers: false },
  ],
])(
  '%s: its routes fail back by its probes, without a proof of the tunnel',
  async (_what, fault) => {
    const played = await run({
      account: tunnelAccount(null),
      vantages: OUTSIDE,
      faults: [[fault, 60, 100]],
      lastsS: 400,
    });
    expect(targets(played)).toEqual(['b', 'b', 'a', 'a']);
  },
);

describe('the tunnel is lost right after the failback', () => {
  /** One vantage, in a subnet whose managed table leads through whichever appliance carries the route. */
  const MANAGED: readonly VantageSetup[] = [
    { id: 'probe-m', subnetIds: [privateSubnetId(0)], isInVpc: true, closedTo: [] },
  ];

  test('probed from a subnet of its own: the routes return, and go back on a person’s word alone', async () => {
    const faults = [DAEMON, TUNNEL(160, 220)];
    const setting = { account: tunnelAccount(BOTH), vantages: ownSubnets(), faults };
    const played = await run({ ...setting, lastsS: 900 });
    expect(targets(played)).toEqual(['b', 'b', 'a', 'a', 'b', 'b']);
    expect(played.writes[2]?.atS).toBeLessThan(160);
    expect(played.writes[4]?.atS).toBeGreaterThan(161);
    expect(played.writes[4]?.atS).toBeLessThan(164);
    expect(subjectsOf(played, 'FailbackHeld')).toHaveLength(1);
    const again = await run({ ...setting, others: [[600, allow]], lastsS: 640 });
    expect(targets(again)).toEqual(['b', 'b', 'a', 'a', 'b', 'b', 'a', 'a']);
  });

  test('by a person’s word, seen from where the routes lead: they return within 6 s', async () => {
    const played = await run({
      account: tunnelAccount(BOTH),
      vantages: MANAGED,
      faults: [DAEMON, TUNNEL(60, 2_000)],
      others: [[300, allow]],
      lastsS: 700,
    });
    expect(targets(played)).toEqual(['b', 'b', 'a', 'a', 'b', 'b']);
    const [, , home, , back] = played.writes;
    expect((back?.atS ?? 0) - (home?.atS ?? 0)).toBeLessThan(6);
    expect(back?.interfaceId).toBe(B_LINK);
  });
});

describe('the answers to the writes of a failback are lost', () => {
  const lost = (untilS: number): [Fault, number, number] => [
    { kind: 'write-unclear', chance: 1, isAfterEffect: false },
    125,
    untilS,
  ];
  const resolvedAts = ({ notifications }: Played, reason: string): readonly number[] =>
    notifications.flatMap(({ subject, atS }) =>
      subject.includes('RESOLVED') && subject.includes(reason) ? [atS] : [],
    );

  test('routes that never went back are told to have come back only when they have', async () => {
    const played = await run({
      account: tunnelAccount(BOTH),
      vantages: ownSubnets(),
      faults: [DAEMON, lost(240)],
      lastsS: 400,
    });
    expect(targets(played)).toEqual(['b', 'b', 'a', 'a']);
    const homeAtS = played.writes.at(-1)?.atS ?? 0;
    expect(homeAtS).toBeGreaterThan(240);
    expect(resolvedAts(played, 'RouteAway')).toEqual([expect.any(Number)]);
    expect(resolvedAts(played, 'RouteAway')[0]).toBeGreaterThan(homeAtS);
  });

  test('a tunnel that is lost meanwhile undoes no failback, for there was none: it needs no person', async () => {
    const played = await run({
      account: tunnelAccount(BOTH),
      vantages: ownSubnets(),
      faults: [DAEMON, lost(170), TUNNEL(133, 200)],
      lastsS: 400,
    });
    expect(targets(played)).toEqual(['b', 'b', 'a', 'a']);
    expect(subjectsOf(played, 'FailbackHeld')).toEqual([]);
  });
});
