/** From findings to incidents, look by look: what begins, flickers, flaps, is explained, silenced or over. */
import { describe, expect, test } from '@jest/globals';
import type { Finding } from '../../lib/core/finding.ts';
import type { ReportedAction } from '../../lib/core/report.ts';
import { POLLING } from '../../lib/incidents/delays.ts';
import type { Incidents, Look } from '../../lib/incidents/lifecycle/look.ts';
import { turn } from '../../lib/incidents/lifecycle.ts';
import { isQuietlyOver, planOf } from '../../lib/incidents/notificationPlan.ts';
import { closed } from '../../lib/incidents/steps.ts';
import { NOW, REGION, zoneOf } from '../builders/facts.ts';
import { aLook, allNotified, DOWN, DOWN_ID } from '../builders/notifier.ts';
import { aFinding } from '../builders/world.ts';

const NOT_ENDED = { gone: new Set<string>(), ignored: new Map<string, string>() };

const NONE: Incidents = new Map();
const CHECK = aFinding('SourceDestCheckOn', { severity: 'warning' });
const MIN_MS = 60_000;
const HOUR_MS = 3_600_000;

const look = (
  findings: readonly Finding[],
  atMs = 0,
  known: Incidents = NONE,
  over: Partial<Look> = {},
): Incidents => turn(known, aLook(findings, over), NOW + atMs);

/** What a look at `atMs` would tell: `opened ApplianceDown+2`, the number being those told with it. */
const said = (
  known: Incidents,
  findings: readonly Finding[],
  atMs: number,
  over: Partial<Look> = {},
) => {
  const after = look(findings, atMs, known, over);
  return planOf(after, aLook(findings, over), NOW + atMs).map(
    ({ kind, lead, members }) =>
      `${kind} ${lead.reason}${members.length === 0 ? '' : `+${members.length}`}`,
  );
};

const on = (finding: Finding, id: string, within?: readonly string[]): Finding => ({
  ...finding,
  subject: { ...finding.subject, id, name: id, ...(within === undefined ? {} : { within }) },
});

describe('opening', () => {
  test('a loss of the data path is told at the first look', () => {
    expect(said(NONE, [DOWN], 0)).toEqual(['opened ApplianceDown']);
    expect([...look([DOWN]).keys()]).toEqual([DOWN_ID]);
  });

  test('what is told is not told again while it lasts', () => {
    expect(said(allNotified(look([DOWN])), [DOWN], 1_000)).toEqual([]);
  });

  test('what could not be notified is notified at the next pass', () => {
    expect(said(look([DOWN]), [DOWN], 1_000)).toEqual(['opened ApplianceDown']);
  });

  test('an info finding is listed, never told', () => {
    expect(look([aFinding('GroupWithoutSpare', { severity: 'info' })]).size).toBe(0);
  });

  test('two faults of one reason on one thing are one incident that names both', () => {
    const probe = aFinding('TagInvalid', { summary: 'The probe tag.', hint: 'Mend probe.' });
    const pool = aFinding('TagInvalid', { summary: 'The pool tag.', hint: 'Mend pool.' });
    const [one, ...others] = look([probe, pool]).values();
    expect(others).toEqual([]);
    expect(one).toMatchObject({
      summary: 'The probe tag. The pool tag.',
      hint: 'Mend probe. Mend pool.',
    });
  });

  test.each([
    ['critical', 'warning'],
    ['warning', 'critical'],
  ] as const)('of a %s and a %s one the graver and the older count', (first, second) => {
    const a = aFinding('TagInvalid', { severity: first, since: NOW - 5_000 });
    const b = aFinding('TagInvalid', { severity: second, since: NOW - 9_000 });
    const [one] = look([a, b]).values();
    expect(one).toMatchObject({ severity: 'critical', since: NOW - 9_000, hint: 'Look at it.' });
  });
});

describe('what is no loss of the data path waits 30 s for others like it', () => {
  test.each([
    [29_999, []],
    [30_000, ['opened SourceDestCheckOn']],
  ])('after %d ms: %j', (atMs, expected) => {
    expect(said(look([CHECK]), [CHECK], atMs)).toEqual(expected);
  });

  test('what passes within 30 s is never told', () => {
    const seen = look([CHECK], 20_000, look([CHECK]));
    const gone = look([], 21_000, seen);
    expect(said(gone, [], 21_000 + 10 * MIN_MS)).toEqual([]);
  });

  test('all of one reason that came meanwhile are told with the first', () => {
    const first = look([CHECK]);
    const both = [CHECK, on(CHECK, 'i-b1')];
    const second = look(both, 29_000, first);
    expect(said(second, both, 30_000)).toEqual(['opened SourceDestCheckOn+1']);
  });

  test('those of another reason are told apart', () => {
    const both = [CHECK, aFinding('TagInvalid', { severity: 'warning' })];
    expect(said(look(both), both, 30_000)).toEqual([
      'opened SourceDestCheckOn',
      'opened TagInvalid',
    ]);
  });

  test('a job that looks once a minute does not wait', () => {
    expect(said(NONE, [CHECK], 0, { delays: POLLING })).toEqual(['opened SourceDestCheckOn']);
  });
});

describe('many losses of the data path at once', () => {
  const dead = (count: number) =>
    Array.from({ length: count }, (_, index) => on(DOWN, `i-${index + 1}`));

  test('three are told one by one', () => {
    expect(said(NONE, dead(3), 0)).toEqual(Array(3).fill('opened ApplianceDown'));
  });

  test('four are one notice', () => {
    expect(said(NONE, dead(4), 0)).toEqual(['opened ApplianceDown+3']);
  });
});

describe('one thing that two subjects depend on', () => {
  const ill = (id: string, dependsOn: readonly string[], since = NOW): Finding => {
    const finding = aFinding('DirectoryImpaired', { severity: 'critical' });
    return { ...finding, since, subject: { ...finding.subject, id, name: id, dependsOn } };
  };
  const both = [ill('cvpn-1', ['d-1'], NOW), ill('cvpn-2', ['d-1'], NOW - 1)];
  const toldOf = (known: Incidents, findings: readonly Finding[], over: Partial<Look> = {}) => {
    const after = look(findings, 0, known, over);
    return planOf(after, aLook(findings, over), NOW).map(
      ({ lead, covered }) =>
        `${lead.subject.id} (${covered.map((one) => one.subject.id).join(' ')})`,
    );
  };

  test('is notified once, of the one that had it first, and names the other', () => {
    expect(toldOf(NONE, both)).toEqual(['cvpn-2 (cvpn-1)']);
  });

  test('two things are two', () => {
    const apart = [ill('cvpn-1', ['d-1']), ill('cvpn-2', ['d-2'])];
    expect(toldOf(NONE, apart)).toEqual(['cvpn-1 ()', 'cvpn-2 ()']);
  });

  test('one that fails by a second thing as well is notified by itself', () => {
    const more = [ill('cvpn-1', ['d-1'], NOW - 1), ill('cvpn-2', ['d-1', 'd-2'])];
    expect(toldOf(NONE, more)).toEqual(['cvpn-1 ()', 'cvpn-2 ()']);
  });

  test('the first is in a maintenance window: the other is notified', () => {
    const windows = [
      { subjectId: 'cvpn-2', from: NOW - 1, until: NOW + HOUR_MS, why: 'work', by: 'me' },
    ];
    expect(toldOf(NONE, both, { windows })).toEqual(['cvpn-1 (cvpn-2)']);
  });

  test('a fault of the other that outlasts the first is notified', () => {
    const known = look(both);
    const [other, first] = both.map(({ subject }) =>
      [...known].flatMap(([id, one]) =>
        one.subject.id === subject.id ? [[id, one] as const] : [],
      ),
    );
    const after = new Map([
      ...(other ?? []),
      ...(first ?? []).map(([id, one]) => [id, closed(one, NOT_ENDED, NOW)] as const),
    ]);
    expect(said(after, both.slice(0, 1), HOUR_MS)).toEqual(['opened DirectoryImpaired']);
  });
});

describe('a new resource', () => {
  const newSubjectIds = new Set(['i-a1']);

  test('is no news by what is merely not ready', () => {
    expect(
      said(look([CHECK], 0, NONE, { newSubjectIds }), [CHECK], MIN_MS, { newSubjectIds }),
    ).toEqual([]);
  });

  test('is news when it is no longer new', () => {
    const seen = look([CHECK], 0, NONE, { newSubjectIds });
    expect(said(seen, [CHECK], MIN_MS)).toEqual(['opened SourceDestCheckOn']);
  });

  test('is news at once when it costs the data path', () => {
    expect(said(NONE, [DOWN], 0, { newSubjectIds })).toEqual(['opened ApplianceDown']);
  });
});

describe('being over', () => {
  const missed = (atMs: number, known = allNotified(look([DOWN]))) => look([], atMs, known);

  test.each([
    [29_999, []],
    [30_000, ['resolved ApplianceDown']],
  ])('%d ms after the first look without it: %j', (afterMs, expected) => {
    expect(said(missed(1_000), [], 1_000 + afterMs)).toEqual(expected);
  });

  test('the first look without it never ends it, however long ago it was last seen', () => {
    expect(said(allNotified(look([DOWN])), [], HOUR_MS)).toEqual([]);
  });

  test('a single look that may not resolve ends nothing', () => {
    expect(said(missed(1_000), [], HOUR_MS, { mayResolve: false })).toEqual([]);
  });

  test('what flickers within 30 s is one incident', () => {
    let known = allNotified(look([DOWN]));
    for (let second = 1; second <= 120; second += 1) {
      const findings = second % 29 === 0 ? [DOWN] : [];
      expect(said(known, findings, second * 1_000)).toEqual([]);
      known = look(findings, second * 1_000, known);
    }
  });

  test('what comes back after it was over is told as new', () => {
    const over = new Map(
      [...allNotified(look([DOWN]))].map(([id, one]) => [id, closed(one, NOT_ENDED, NOW)]),
    );
    expect(said(over, [DOWN], MIN_MS)).toEqual(['opened ApplianceDown']);
  });

  test('what could not be told while it lasted is told when it is over, and then resolved', () => {
    const late = missed(1_000, look([DOWN]));
    expect(said(late, [], HOUR_MS)).toEqual(['opened ApplianceDown']);
    expect(said(allNotified(look([], HOUR_MS, late)), [], HOUR_MS + 1)).toEqual([
      'resolved ApplianceDown',
    ]);
  });

  test('while sight of the whole region is lost, nothing that was down is over', () => {
    const blind = [aFinding('SightLost', subjectOf('region', REGION))];
    const known = look(blind, 1_000, allNotified(look([DOWN])));
    expect(said(known, blind, HOUR_MS).filter((one) => one.endsWith('Down'))).toEqual([]);
    const sighted = look([], HOUR_MS, look(blind, HOUR_MS - 1, known));
    expect(said(sighted, [], HOUR_MS + 30_000)).toContain('resolved ApplianceDown');
  });
});

const subjectOf = (kind: Finding['subject']['kind'], id: string) => ({
  subject: { kind, id, name: id, group: null, zone: null },
});

describe('flapping', () => {
  /** Opened and over `count` times, five minutes apart. */
  const flapped = (count: number): Incidents => {
    let known: Incidents = NONE;
    for (let index = 0; index < count; index += 1) {
      const openMs = index * 5 * MIN_MS;
      const open = look([DOWN], openMs, known);
      known = new Map(
        [...allNotified(open)].map(([id, one]) => [
          id,
          closed(one, NOT_ENDED, NOW + openMs + MIN_MS),
        ]),
      );
    }
    return known;
  };

  test.each([
    [0, 30_000],
    [1, 30_000],
    [2, 60_000],
    [3, 120_000],
    [9, 900_000],
  ])('after %d openings within the hour it is over after %d ms without it', (count, clearMs) => {
    const openMs = count * 5 * MIN_MS;
    const open = allNotified(look([DOWN], openMs, flapped(count)));
    const missed = look([], openMs + 1_000, open);
    expect(said(missed, [], openMs + 1_000 + clearMs - 1)).toEqual([]);
    expect(said(missed, [], openMs + 1_000 + clearMs)).toEqual(['resolved ApplianceDown']);
  });

  test('what happened more than an hour ago counts no more', () => {
    const open = allNotified(look([DOWN], 2 * HOUR_MS, flapped(3)));
    const missed = look([], 2 * HOUR_MS + 1_000, open);
    expect(said(missed, [], 2 * HOUR_MS + 31_000)).toEqual(['resolved ApplianceDown']);
  });
});

describe('a clock that went back by an hour', () => {
  test('puts off no opening that could not be told', () => {
    expect(said(look([DOWN]), [DOWN], -HOUR_MS)).toEqual(['opened ApplianceDown']);
  });

  test('ends nothing at once, and nothing an hour late: 30 s by the new time', () => {
    const back = look([], -HOUR_MS, look([], 0, allNotified(look([DOWN]))));
    expect(said(back, [], -HOUR_MS + 29_999)).toEqual([]);
    expect(said(back, [], -HOUR_MS + 30_000)).toEqual(['resolved ApplianceDown']);
  });
});

describe('patience', () => {
  test.each(['SightLost', 'StateLost', 'VantageBlind'] as const)(
    '%s is not told before it has lasted 15 s',
    (reason) => {
      const finding = aFinding(reason);
      expect(said(look([finding]), [finding], 14_999)).toEqual([]);
      expect(said(look([finding]), [finding], 15_000)).toEqual([`opened ${reason}`]);
    },
  );

  test('a repair that is under way is told at once: it may be over within seconds', () => {
    const repair = aFinding('RepairUnderway', { severity: 'warning' });
    expect(said(NONE, [repair], 0)).toEqual(['opened RepairUnderway']);
  });

  test.each([1_000, 14_999, 15_000, HOUR_MS])(
    'a SightLost that ended before it was told is never told, also by one who looks again %d ms later',
    (afterMs) => {
      const seen = look([aFinding('SightLost')], 3_000, look([aFinding('SightLost')]));
      const gone = look([], 3_000 + afterMs, seen);
      expect(said(gone, [], 3_000 + afterMs + 30_000)).toEqual([]);
      const quiet = look([], 3_000 + afterMs + 30_000, gone);
      const incidents = [...quiet.values()];
      const over = (one: (typeof incidents)[number]) =>
        isQuietlyOver(one, aLook([]), NOW + 3_000 + afterMs + 30_000);
      expect(incidents.map(over)).toEqual([true]);
    },
  );
});

describe('a repair that brings nothing back', () => {
  const repair = aFinding('RepairUnderway', { severity: 'warning' });
  const spent = aFinding('RepairSpent', { severity: 'critical' });

  test('becomes its failure: one incident, updated and never resolved while the failure lasts', () => {
    const open = allNotified(look([repair]));
    expect(said(open, [spent], 1_000)).toEqual(['updated RepairSpent']);
    const failed = allNotified(look([spent], 1_000, open));
    expect([...failed.keys()]).toEqual([...open.keys()]);
    for (const atMs of [2_000, 60_000, HOUR_MS]) expect(said(failed, [spent], atMs)).toEqual([]);
  });

  test('is resolved when the appliance is well, and not before', () => {
    const failed = allNotified(look([spent], 1_000, allNotified(look([repair]))));
    const well = look([], 2_000, failed);
    expect(said(well, [], 2_000 + MIN_MS)).toEqual(['resolved RepairSpent']);
  });
});

describe('repeated', () => {
  const FOUR_MS = 4 * HOUR_MS;

  test.each([
    [FOUR_MS - 1, []],
    [FOUR_MS, ['repeated ApplianceDown']],
  ])('a critical one %d ms after it was told: %j', (atMs, expected) => {
    expect(said(allNotified(look([DOWN])), [DOWN], atMs)).toEqual(expected);
  });

  test('not a warning', () => {
    expect(said(allNotified(look([CHECK])), [CHECK], FOUR_MS)).toEqual([]);
  });

  test('not after it was acknowledged', () => {
    const known = new Map(
      [...allNotified(look([DOWN]))].map(([id, one]) => [
        id,
        { ...one, ackedAt: NOW, ackedBy: 'ann' },
      ]),
    );
    expect(said(known, [DOWN], FOUR_MS)).toEqual([]);
  });
});

describe('updated', () => {
  test('when it weighs more than people were told', () => {
    const known = allNotified(look([{ ...DOWN, severity: 'warning' }]));
    expect(said(known, [DOWN], 1_000)).toEqual(['updated ApplianceDown']);
  });

  test('not when it weighs less', () => {
    expect(said(allNotified(look([DOWN])), [{ ...DOWN, severity: 'warning' }], 1_000)).toEqual([]);
  });

  test('not when only its words change', () => {
    const known = allNotified(look([DOWN]));
    expect(said(known, [{ ...DOWN, summary: 'Now otherwise.' }], MIN_MS)).toEqual([]);
  });
});

const HOME: ReportedAction = {
  at: NOW + 6 * MIN_MS,
  kind: 'failback',
  thing: 'route',
  gist: 'moved to vpn-a1',
  summary: '10.0.0.0/8 in rtb-1: vpn-b1 -> vpn-a1',
  concerns: ['i-b1'],
  serves: ['i-a1'],
  outcome: 'done',
  why: null,
  details: {},
};

describe('what explains what', () => {
  const ZONE = aFinding('ZoneDown', subjectOf('zone', zoneOf('a')));
  const GROUP = aFinding('GroupDown', subjectOf('group', 'hq'));
  const REGIONAL = aFinding('SightLost', subjectOf('region', REGION));
  const MEMBER = on(DOWN, 'i-a1', [zoneOf('a'), 'hq', REGION]);
  const WITHOUT_NEXT_HOP = on(aFinding('RouteStranded'), 'rtb-1 10.8.0.0/24', ['i-a1', REGION]);
  /** A reason of a subject that this stage is told of like any other. */
  const as = (reason: string): Finding => ({ ...DOWN, ...JSON.parse(JSON.stringify({ reason })) });
  const TUNNEL = on(as('TunnelDown'), 'tunnel-1', ['vpn-1', 'site-1']);
  const CONNECTION = on(as('ConnectionDown'), 'vpn-1', ['site-1']);
  const SITE = on(as('SiteDown'), 'site-1', []);

  test.each([
    ['a zone its appliances', [ZONE, MEMBER], ['opened ZoneDown']],
    ['a group its appliances', [GROUP, MEMBER], ['opened GroupDown']],
    ['an appliance its routes', [MEMBER, WITHOUT_NEXT_HOP], ['opened ApplianceDown']],
    ['a zone the routes of its appliances', [ZONE, MEMBER, WITHOUT_NEXT_HOP], ['opened ZoneDown']],
    ['a connection its tunnels', [CONNECTION, TUNNEL], ['opened ConnectionDown']],
    ['a site its connections and their tunnels', [SITE, CONNECTION, TUNNEL], ['opened SiteDown']],
    [
      'not another appliance’s routes',
      [on(DOWN, 'i-b1'), WITHOUT_NEXT_HOP],
      ['opened ApplianceDown', 'opened RouteStranded'],
    ],
    [
      'not what is no failure',
      [MEMBER, on(aFinding('WriteFailed'), 'r', ['i-a1'])],
      ['opened ApplianceDown', 'opened WriteFailed'],
    ],
    ['lost sight of the region every down', [REGIONAL, MEMBER, TUNNEL], []],
    [
      'not lost sight of one zone',
      [{ ...REGIONAL, severity: 'warning' } as const, MEMBER],
      ['opened ApplianceDown'],
    ],
  ])('%s', (_what, findings, expected) => {
    expect(said(NONE, findings, 0)).toEqual(expected);
  });

  test('what is explained is told when it outlasts what explained it, and 30 s of recovery', () => {
    const known = allNotified(look([ZONE, MEMBER]));
    const unnotified = new Map(
      [...known].map(([id, one]) => [
        id,
        one.reason === 'ZoneDown' ? one : { ...one, notifiedAt: null },
      ]),
    );
    const recovering = look([MEMBER], 1_000, unnotified);
    expect(said(recovering, [MEMBER], 30_999)).toEqual([]);
    expect(said(recovering, [MEMBER], 31_000)).toEqual([
      'opened ApplianceDown',
      'resolved ZoneDown',
    ]);
  });

  test('routes away from a dead appliance are part of its notice; their coming home is news', () => {
    const FAILED_OVER = aFinding('RouteAway', { severity: 'warning' });
    expect(said(look([DOWN, FAILED_OVER]), [DOWN, FAILED_OVER], 0)).toEqual([
      'opened ApplianceDown',
    ]);
    const notified = look(
      [DOWN, FAILED_OVER],
      1_000,
      new Map(
        [...look([DOWN, FAILED_OVER])].map(([id, one]) =>
          one.reason === 'RouteAway'
            ? [id, one]
            : [id, { ...one, notifiedAt: NOW, repeatedAt: NOW }],
        ),
      ),
    );
    const back = look([FAILED_OVER], 10_000, notified);
    expect(said(back, [FAILED_OVER], 5 * MIN_MS)).toEqual(['resolved ApplianceDown']);
    const failback = (actions: readonly ReportedAction[]) =>
      look([], 6 * MIN_MS, look([FAILED_OVER], 5 * MIN_MS, back), { actions });
    expect(said(failback([HOME]), [], 7 * MIN_MS)).toContain('resolved RouteAway');
    // Of what flickered beside the dead appliance and was never brought home there is nothing to say.
    expect(said(failback([]), [], 7 * MIN_MS)).not.toContain('resolved RouteAway');
  });

  test('routes away from a living appliance are told by themselves', () => {
    const FAILED_OVER = aFinding('RouteAway', { severity: 'warning' });
    expect(said(look([FAILED_OVER]), [FAILED_OVER], 30_000)).toEqual(['opened RouteAway']);
  });
});

describe('a maintenance window', () => {
  const window = { from: NOW - 1, until: NOW + MIN_MS, why: 'new firmware', by: 'ann' };
  const over = (subjectId: string | null) => ({ windows: [{ ...window, subjectId }] });
  const MEMBER = on(DOWN, 'i-a1', ['hq']);

  test.each([
    ['its subject', 'i-a1', []],
    ['what its subject is part of', 'hq', []],
    ['everything', null, []],
    ['something else', 'i-b1', ['opened ApplianceDown']],
  ])('over %s', (_what, subjectId, expected) => {
    expect(said(NONE, [MEMBER], 0, over(subjectId))).toEqual(expected);
  });

  test('what outlasts it is told then', () => {
    const known = look([MEMBER], 0, NONE, over(null));
    expect([...known.values()]).toMatchObject([{ silence: { by: 'ann', why: 'new firmware' } }]);
    expect(said(known, [MEMBER], MIN_MS - 1, over(null))).toEqual([]);
    expect(said(known, [MEMBER], MIN_MS, over(null))).toEqual(['opened ApplianceDown']);
  });

  test('what ends inside it is never told', () => {
    const gone = look([], 1_000, look([MEMBER], 0, NONE, over(null)), over(null));
    expect(said(gone, [], 31_000, over(null))).toEqual([]);
  });

  test('the end of what was told before it is told inside it', () => {
    const gone = look([], 1_000, allNotified(look([MEMBER])), over(null));
    expect(said(gone, [], 31_000, over(null))).toEqual(['resolved ApplianceDown']);
  });
});
