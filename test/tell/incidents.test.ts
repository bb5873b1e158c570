/** From findings to incidents, tick by tick: opened once, over once, and nothing that flickers is told twice. */
import { describe, expect, test } from '@jest/globals';
import type { Finding } from '../../lib/model/finding.ts';
import type { Incident } from '../../lib/model/incident.ts';
import { CLEAR_MS, type Turned, turn } from '../../lib/tell/incidents.ts';
import { ACCOUNT, NOW, REGION } from '../build/facts.ts';
import { aFinding } from '../build/world.ts';

const WHERE = { accountId: ACCOUNT, region: REGION };
const DOWN = aFinding('ApplianceDown');
const ID = `${ACCOUNT}/${REGION}/i-a1/ApplianceDown`;

const look = (
  findings: readonly Finding[],
  atMs = 0,
  open: ReadonlyMap<string, Incident> = new Map(),
): Turned => turn(open, findings, WHERE, NOW + atMs);

/** All that is to be told has been told. */
const told = ({ open }: Turned): ReadonlyMap<string, Incident> =>
  new Map([...open].map(([id, one]) => [id, { ...one, toldAt: one.toldAt ?? NOW }]));

const opened = (turned: Turned): readonly string[] =>
  turned.opened.map(({ incident }) => incident.reason);
const resolved = (turned: Turned): readonly string[] => turned.resolved.map(({ reason }) => reason);

describe('opening', () => {
  test('a finding opens an incident under its account, region, subject and reason', () => {
    const [one] = look([DOWN]).opened;
    expect(one?.incident).toMatchObject({ id: ID, openedAt: NOW, toldAt: null });
  });

  test('a finding that lasts opens nothing again', () => {
    expect(opened(look([DOWN], 1_000, told(look([DOWN]))))).toEqual([]);
  });

  test('an incident that nobody could be told of opens again', () => {
    expect(opened(look([DOWN], 1_000, look([DOWN]).open))).toEqual(['ApplianceDown']);
  });

  test('an info finding is listed, never told', () => {
    expect(look([aFinding('GroupWithoutSpare', { severity: 'info' })]).open.size).toBe(0);
  });

  test('two faults of one reason on one thing are one incident that names both', () => {
    const probe = aFinding('TagInvalid', { summary: 'The probe tag.', hint: 'Mend probe.' });
    const pool = aFinding('TagInvalid', { summary: 'The pool tag.', hint: 'Mend pool.' });
    const [one, ...others] = look([probe, pool]).opened;
    expect(others).toEqual([]);
    expect(one?.incident.summary).toBe('The probe tag. The pool tag.');
    expect(one?.finding.hint).toBe('Mend probe. Mend pool.');
  });

  test.each([
    ['critical', 'warning'],
    ['warning', 'critical'],
  ] as const)('of a %s and a %s one the graver and the older count', (first, second) => {
    const a = aFinding('TagInvalid', { severity: first, since: NOW - 5_000 });
    const b = aFinding('TagInvalid', { severity: second, since: NOW - 9_000 });
    expect(look([a, b]).opened).toMatchObject([
      { incident: { severity: 'critical' }, finding: { since: NOW - 9_000, hint: 'Look at it.' } },
    ]);
  });
});

describe('being over', () => {
  test('29.999 s without its finding: not over', () => {
    expect(resolved(look([], CLEAR_MS - 1, told(look([DOWN]))))).toEqual([]);
  });

  test('30 s without its finding: over, and gone from the open ones', () => {
    const over = look([], CLEAR_MS, told(look([DOWN])));
    expect(resolved(over)).toEqual(['ApplianceDown']);
    expect(over.open.size).toBe(0);
  });

  test('what flickers within 30 s is one incident', () => {
    let open = told(look([DOWN]));
    for (let second = 1; second <= 120; second += 1) {
      const turned = look(second % 29 === 0 ? [DOWN] : [], second * 1_000, open);
      expect([...opened(turned), ...resolved(turned)]).toEqual([]);
      open = turned.open;
    }
  });

  test('what comes back after it was over is told as new', () => {
    const over = look([], CLEAR_MS, told(look([DOWN])));
    expect(opened(look([DOWN], CLEAR_MS + 1, over.open))).toEqual(['ApplianceDown']);
  });

  test('what could not be told while it lasted is still told when it is over, and only then resolved', () => {
    const untold = look([DOWN]);
    const late = look([], 300_000, untold.open);
    expect(opened(late)).toEqual(['ApplianceDown']);
    expect(resolved(late)).toEqual([]);
    const after = look([], 301_000, told(late));
    expect(resolved(after)).toEqual(['ApplianceDown']);
  });
});

describe('a clock that went back by an hour', () => {
  const HOUR_MS = 3_600_000;

  test('puts off no opening that could not be told', () => {
    expect(opened(look([DOWN], -HOUR_MS, look([DOWN]).open))).toEqual(['ApplianceDown']);
  });

  test('ends nothing at once, and nothing an hour late: 30 s by the new time', () => {
    const back = look([], -HOUR_MS, told(look([DOWN])));
    expect(resolved(back)).toEqual([]);
    expect(resolved(look([], -HOUR_MS + CLEAR_MS, back.open))).toEqual(['ApplianceDown']);
  });
});

describe('patience', () => {
  test.each(['SightLost', 'StateLost', 'VantageBlind'] as const)(
    '%s is not told before it has lasted 15 s',
    (reason) => {
      const finding = aFinding(reason);
      const first = look([finding]);
      expect(opened(first)).toEqual([]);
      expect(opened(look([finding], 14_999, first.open))).toEqual([]);
      expect(opened(look([finding], 15_000, first.open))).toEqual([reason]);
    },
  );

  test('a SightLost of 3 s is never told, not even as over', () => {
    const seen = look([aFinding('SightLost')], 3_000, look([aFinding('SightLost')]).open);
    const later = look([], 3_000 + CLEAR_MS, seen.open);
    expect([...opened(later), ...resolved(later)]).toEqual([]);
    expect(later.open.size).toBe(0);
  });

  test('an appliance that is down is told at once', () => {
    expect(opened(look([DOWN]))).toEqual(['ApplianceDown']);
  });
});

describe('what belongs together', () => {
  const AWAY = aFinding('RouteAway', { severity: 'warning' });

  test('routes away from a dead appliance are part of its notice', () => {
    expect(opened(look([DOWN, AWAY]))).toEqual(['ApplianceDown']);
  });

  test('their coming home is news of its own', () => {
    const open = told(look([DOWN, AWAY]));
    const back = look([AWAY], CLEAR_MS, open);
    expect(resolved(back)).toEqual(['ApplianceDown']);
    expect(resolved(look([], 2 * CLEAR_MS, back.open))).toEqual(['RouteAway']);
  });

  test('routes away from a living appliance are told', () => {
    expect(opened(look([AWAY]))).toEqual(['RouteAway']);
  });

  test('routes away from another appliance than the dead one are told', () => {
    const other = aFinding('RouteAway', { subject: { ...AWAY.subject, id: 'i-b1' } });
    expect(opened(look([DOWN, other]))).toEqual(['ApplianceDown', 'RouteAway']);
  });
});
