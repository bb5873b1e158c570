/**
 * Goal: nothing that lies in the state table stops a leader, starts a write away from the living, or holds a move away from
 * the dead. Method: thousands of random and mutated items of each kind, read as a starting leader reads them.
 */
import { describe, expect, test } from '@jest/globals';
import * as fc from 'fast-check';
import { findMembers } from '../../lib/appliances/assess/members.ts';
import { plan } from '../../lib/appliances/plan.ts';
import { parseAcks, withAcks } from '../../lib/appliances/state/ack.ts';
import { parseAdmits } from '../../lib/appliances/state/admit.ts';
import { learnAdmissions } from '../../lib/appliances/state/joining.ts';
import { handedOver, parseState, stateBody } from '../../lib/appliances/state/stored.ts';
import type { Memory } from '../../lib/appliances/state.ts';
import { readWindows, windowOver } from '../../lib/core/maintenance.ts';
import { parseOperatorLog } from '../../lib/core/operatorLog.ts';
import { describePause, parsePause, pauseNow } from '../../lib/core/pause.ts';
import { livePins, parsePins } from '../../lib/core/pin.ts';
import { parseStored } from '../../lib/core/storedText.ts';
import { toIso } from '../../lib/core/time.ts';
import { readPage, writePage } from '../../lib/incidents/store/page.ts';
import { isAlive, parseLease } from '../../lib/watcher/lease/item.ts';
import { NOW } from '../builders/facts.ts';
import { anyLie } from '../builders/lies.ts';
import { aPin } from '../builders/pins.ts';
import {
  aLearntRoute,
  anAppliance,
  anAssessment,
  aPending,
  applianceMemory,
  aRoute,
  aWorld,
  confirmedDown,
  down,
  failoversAt,
  groupMemory,
  memoryOf,
  policyOf,
} from '../builders/world.ts';

const RUNS = 10_000;
const KEY = 'rtb-1 10.0.0.0/8';
const OTHER = 'rtb-2 10.0.0.0/8';

const always = (body: unknown, holds: (read: unknown) => void): void => {
  fc.assert(
    fc.property(anyLie(body), (text) => holds(parseStored(text))),
    { numRuns: RUNS },
  );
};

/** What a leader finds that has had trouble: everything that can hold a move is in it. */
const LIVED: Memory = memoryOf({
  appliances: new Map([
    ['i-a1', applianceMemory({ seenAt: NOW })],
    ['i-b1', applianceMemory({ seenAt: NOW })],
  ]),
  groups: new Map([
    [
      'hq',
      groupMemory({
        failovers: { [KEY]: failoversAt(NOW - 3, NOW - 2, NOW - 1) },
        lastTargets: { [KEY]: 'eni-a1' },
        pinnedAts: { [KEY]: NOW },
      }),
    ],
  ]),
  pending: new Map([[OTHER, aPending()]]),
  preferred: new Map([[KEY, aLearntRoute('i-a1')]]),
});

const world = aWorld({
  appliances: [anAppliance('i-a1'), anAppliance('i-b1'), anAppliance('i-c1')],
  routes: [aRoute(KEY, 'i-a1'), aRoute('rtb-3 10.0.0.0/8', 'i-c1')],
});
const state = JSON.parse(
  JSON.stringify(
    stateBody({ ...LIVED, admissions: learnAdmissions(world, LIVED, policyOf(), NOW) }, 7, NOW),
  ),
);

describe('whatever is stored', () => {
  test.each([
    ['EC2 says that the next hop is stopped', confirmedDown()],
    ['the probes of the next hop are silent', down()],
  ])(
    'a leader that reads it moves routes away from the dead and no other: %s',
    (_what, verdict) => {
      const assessment = anAssessment(world, { 'i-a1': verdict });
      always(state, (read) => {
        const parsed = parseState(read, NOW);
        const own = memoryOf();
        const memory = parsed === null ? own : handedOver(own, parsed.memory);
        const { actions, held } = plan(world, assessment, memory, policyOf(), NOW);
        // Whoever writes the table can keep members out (docs/security.md); the hold names it and the command.
        const heldLong = held.filter(
          ({ until, because }) =>
            (until === null || until > NOW + 60_000) && !because.includes('is not admitted'),
        );
        expect(heldLong).toEqual([]);
        expect([...actions, ...held].map(({ routeKey }) => routeKey)).toEqual([KEY]);
        for (const { to } of actions) expect(['i-b1', 'i-c1']).toContain(to);
      });
    },
  );

  test('three invented failovers, hold-downs in the far future, a debt and a ghost hold nothing', () => {
    const group = {
      ...groupMemory({}),
      lastFailoverAt: NOW + 1e12,
      flapCount: 100,
      failovers: { [KEY]: [NOW - 3, NOW - 2, NOW - 1] },
      lastTargets: { [KEY]: 'eni-a1' },
      pinnedAts: { [KEY]: NOW + 1e12 },
    };
    const ghost = { ...applianceMemory({ seenAt: NOW }), zone: 'eu-west-1z' };
    const lie = {
      ...state,
      groups: { hq: group },
      budget: { tokens: -1e9, at: NOW - 60_000 },
      appliances: { ...state.appliances, 'i-ghost': ghost },
    };
    const parsed = parseState(parseStored(JSON.stringify(lie)), NOW);
    const memory = handedOver(memoryOf(), parsed?.memory ?? memoryOf());
    const made = plan(world, anAssessment(world, { 'i-a1': down() }), memory, policyOf(), NOW);
    expect(made).toMatchObject({ actions: [{ routeKey: KEY }], held: [] });
  });

  test.each([
    ['that leave a member out keep it out, and it is notified', ['i-c1'], ['i-b1']],
    ['that have every member tell of none', ['i-b1', 'i-c1'], []],
  ])('admissions %s', (_what, kept, notified) => {
    const members = ['i-a1', ...kept].map((id) => [id, { how: 'founder', at: NOW - 60_000 }]);
    const admissions = { hq: { members: Object.fromEntries(members), identities: [] } };
    const parsed = parseState(parseStored(JSON.stringify({ ...state, admissions })), NOW);
    const memory = handedOver(memoryOf(), parsed?.memory ?? memoryOf());
    const found = findMembers(world, memory, policyOf(), NOW);
    expect(found.map(({ reason, subject, hint }) => [reason, subject.id, hint])).toEqual(
      notified.map((id) => [
        'MemberNotAdmitted',
        id,
        `If it belongs there, run: vpn-medic admit ${id}`,
      ]),
    );
  });

  test('pins move nothing to a member that is not admitted, and last a week at most', () => {
    const body = { version: 1, pins: [aPin({ to: 'i-b1' }), aPin({ routeKey: KEY })] };
    always(body, (read) => {
      for (const pin of livePins(parsePins(read) ?? [], NOW)) {
        expect(pin.until - pin.at).toBeLessThanOrEqual(7 * 86_400_000);
        toIso(pin.until);
      }
    });
  });

  test('acks, admissions, pauses and windows are read or left out', () => {
    always({ routes: { [KEY]: NOW } }, (read) => {
      withAcks(LIVED.groups, parseAcks(read) ?? {});
    });
    const admits = [
      { instanceId: 'i-b1', group: 'hq', isAdmitted: true, at: NOW, by: 'ana', why: '' },
    ];
    always({ version: 1, admits }, (read) => {
      for (const { at } of parseAdmits(read) ?? []) toIso(at);
    });
    always({ version: 1, at: NOW, until: NOW + 1_000, by: 'ana', why: 'x' }, (read) => {
      const pause = pauseNow(parsePause(read), NOW);
      if (pause === null) return;
      expect(pause.until - NOW).toBeLessThanOrEqual(86_400_000 + 300_000);
      describePause(pause);
    });
    const windows = [{ subjectId: 'i-a1', from: NOW, until: NOW + 1_000, why: 'x', by: 'ana' }];
    always({ version: 1, windows }, (read) => {
      windowOver(['i-a1'], readWindows(read), NOW);
    });
    const entry = { at: NOW, by: 'ana', command: 'pin', subject: 'hq', what: 'x', why: 'y' };
    always({ version: 1, entries: [entry] }, (read) => {
      for (const { at } of parseOperatorLog(read)) toIso(at);
    });
  });

  test('a lease is free, or its leader renews it: none lives from the future', () => {
    const lease = {
      leader: 'w1',
      token: 3,
      renewedAt: NOW,
      startedAt: NOW,
      isLookRequested: false,
    };
    always(lease, (read) => {
      const stored = parseLease({ id: 'lease', version: 1, body: read });
      if (stored === null || !isAlive(stored, NOW)) return;
      expect(Math.abs(stored.renewedAt - NOW)).toBeLessThanOrEqual(10_000);
      expect(stored.token + 1).toBeGreaterThan(stored.token);
    });
  });

  test('a page of incidents is read, and written again', () => {
    always({ version: 2, token: 1, incidents: [{ id: 'x' }] }, (read) => {
      const page = readPage(read);
      expect(writePage(page.incidents, page.token, NOW)).toBeDefined();
    });
  });
});

test.each([
  ['lists', '['.repeat(100_000) + ']'.repeat(100_000)],
  ['objects', `${'{"a":'.repeat(100_000)}1${'}'.repeat(100_000)}`],
  ['lists inside a state', `{"token":1,"preferred":${'['.repeat(60_000)}${']'.repeat(60_000)}}`],
  ['33 lists', '['.repeat(33) + ']'.repeat(33)],
  ['a number without end', '{"at":1e999}'],
  ['an instant that has no text', '{"at":8.64e15}'],
])('%s are no body', (_what, text) => {
  expect(parseStored(text)).toBeNull();
});

test('brackets in texts are no nesting', () => {
  const body = { why: `${'['.repeat(500)}\\"{`, deep: [[[[[[[[1]]]]]]]] };
  expect(parseStored(JSON.stringify(body))).toEqual(body);
});
