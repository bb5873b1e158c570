/**
 * Goal: field cases of Client VPN endpoints come out right. Method: what EC2 and CloudWatch answered, poll by poll,
 * through the deployed stages; findings and notifications are asserted.
 */
import { describe, expect, test } from '@jest/globals';
import { playEndpoint, type Step } from './playEndpoints.ts';

const NONE: Step = { fact: { state: 'pending-associate' }, associations: [] };
const COMING: Step = { fact: { state: 'pending-associate' }, associations: ['associating'] };
const BOTH_COMING: Step = { associations: ['associating', 'associating'], probe: 'down' };
const DAY_MS = 86_400_000;

const gravities = (played: Awaited<ReturnType<typeof playEndpoint>>) =>
  played.found.map((findings) =>
    findings.map(({ severity, reason }) => `${severity} ${reason}`).join(),
  );

describe('an endpoint without an association (12)', () => {
  test('that was never up is information, whether nothing or something is being associated', async () => {
    for (const step of [NONE, COMING, BOTH_COMING]) {
      const played = await playEndpoint([{ ...step, polls: 4 }]);
      expect(new Set(gravities(played))).toEqual(new Set(['info NotYetUp']));
      expect(played.subjects).toEqual([]);
    }
  });

  test('that was up is critical, one incident, and resolved once it is up again', async () => {
    const played = await playEndpoint([
      {},
      { ...NONE, polls: 3 },
      { ...COMING, polls: 2 },
      { polls: 4 },
    ]);
    expect(gravities(played).slice(1, 6)).toEqual([
      'critical EndpointUnavailable',
      'critical EndpointUnavailable',
      'critical EndpointUnavailable',
      'warning EndpointUnavailable',
      'warning EndpointUnavailable',
    ]);
    expect(played.sent.map(({ state }) => state)).toEqual(['opened', 'resolved']);
  });

  test('whose association takes over 30 minutes is critical', async () => {
    const played = await playEndpoint([{}, { ...COMING, polls: 8 }]);
    expect(gravities(played).at(6)).toBe('warning EndpointUnavailable');
    expect(gravities(played).at(8)).toBe('critical EndpointUnavailable');
  });

  test('in its quiet hours is not notified; after them it is', async () => {
    const tags = { 'vpn-medic:quiet': '00:00-24:00 UTC' };
    const quiet = { state: 'pending-associate', tags } as const;
    const steps = [{ fact: { tags } }, { fact: quiet, associations: [], polls: 6 }];
    expect((await playEndpoint(steps)).subjects).toEqual([]);
    const other = { state: 'pending-associate' } as const;
    const after = await playEndpoint([...steps, { fact: other, associations: [], polls: 3 }]);
    expect(after.subjects).toHaveLength(1);
  });

  test('for 14 days is LongDown, which continues the incident', async () => {
    const played = await playEndpoint([{}, { ...NONE, polls: 16, everyMs: DAY_MS }]);
    expect(gravities(played).at(15)).toBe('critical EndpointUnavailable');
    expect(gravities(played).at(16)).toBe('warning LongDown');
    expect(played.sent.filter(({ state }) => state === 'resolved')).toEqual([]);
  });
});

describe('what the map shows of an endpoint', () => {
  const days = { polls: 16, everyMs: DAY_MS };
  test('that answers is up; that has no association is down, also after 14 days', async () => {
    expect((await playEndpoint([{}])).onMap).toBe('up');
    expect((await playEndpoint([{}, NONE])).onMap).toBe('down');
    const long = await playEndpoint([{}, { ...NONE, ...days }, NONE]);
    expect(gravities(long).at(-1)).toBe('warning LongDown');
    expect(long.onMap).toBe('down');
  });
});

describe('a tag vpn-medic:quiet that cannot be read', () => {
  test('is a warning that names what is wrong, and hides nothing', async () => {
    const tags = { 'vpn-medic:quiet': 'evenings' };
    const played = await playEndpoint([
      { fact: { tags } },
      { ...NONE, fact: { ...NONE.fact, tags } },
    ]);
    expect(gravities(played)).toEqual([
      'warning TagInvalid',
      'critical EndpointUnavailable,warning TagInvalid',
    ]);
    expect(played.found[0]?.[0]?.summary).toContain('"evenings" is no time');
  });
});

describe('no all-clear while clients cannot connect (S13)', () => {
  test.each<readonly [string, readonly Step[]]>([
    [
      'silent, then without associations, then silent',
      [{ probe: 'down' }, NONE, { probe: 'down' }],
    ],
    ['unavailable, then associated and our DNS fails', [NONE, { probe: 'unknown', polls: 6 }]],
    [
      'silent, then a state that is not known',
      [{ probe: 'down' }, { fact: { state: 'unknown' }, polls: 6 }],
    ],
    ['unavailable, then its associations cannot be read', [NONE, { associations: null, polls: 6 }]],
  ])('%s', async (_, steps) => {
    const played = await playEndpoint([{}, ...steps.flatMap((step) => [step, step])]);
    expect(played.sent.map(({ state }) => state)).toContain('opened');
    expect(played.sent.map(({ state }) => state)).not.toContain('resolved');
    const healed = await playEndpoint([{}, ...steps.flatMap((step) => [step, step]), { polls: 6 }]);
    expect(healed.sent.at(-1)?.state).toBe('resolved');
  });
});

describe('capacity in true words (45)', () => {
  const summaryOf = async (active: number, fact: NonNullable<Step['fact']>) => {
    const played = await playEndpoint([{ fact, active, polls: 2 }]);
    return played.found.at(-1)?.find(({ reason }) => reason === 'EndpointNearCapacity')?.summary;
  };

  test('over what AWS advises for the range it names the advice and the addresses, no share over 100 %', async () => {
    const summary = await summaryOf(700, { clientCidr: '10.100.0.0/22' });
    expect(summary).toContain(
      '700 connections; AWS advises at most 512 for this range, 1,024 addresses.',
    );
    expect(summary).not.toContain('%');
  });

  test('over the default quota it says that the quota has been raised', async () => {
    expect(await summaryOf(40_000, { clientCidr: '10.0.0.0/8' })).toContain(
      'the default quota for 2 associations is 36,500, so yours has been raised',
    );
  });

  test('under 80 % nothing is found', async () => {
    expect(await summaryOf(400, { clientCidr: '10.100.0.0/22' })).toBeUndefined();
  });
});

describe('an association that failed (46)', () => {
  test('is named with its subnet and what AWS says, also beside the single zone that is left', async () => {
    const says = 'The subnet has no free addresses';
    const played = await playEndpoint([
      { associations: ['associated', 'association-failed'], says, polls: 3 },
    ]);
    const [failed, zone] = played.found.at(-1) ?? [];
    expect(failed?.reason).toBe('AssociationFailed');
    expect(failed?.summary).toContain('subnet-b (eu-west-1b) failed');
    expect(failed?.summary).toContain(says);
    expect(zone?.summary).toContain('since the association of subnet-b (eu-west-1b) failed');
    expect(zone?.hint).not.toContain('associate-client-vpn-target-network');
  });
});

describe('a list that lives a week, two days or a day (44)', () => {
  const HOURLY = { everyMs: DAY_MS / 24 };
  /** Imported at the hours that `daysAt` shows, for two weeks. */
  const weeks = (daysAt: (hour: number) => number) =>
    playEndpoint(
      Array.from({ length: 14 * 24 }, (_, hour) => ({ ...HOURLY, crlDays: daysAt(hour) })),
    );

  test.each<readonly [string, (hour: number) => number, string]>([
    ['a week, renewed each week at its middle', (hour) => 6 - (Math.floor(hour / 24) % 4), ''],
    ['two days, renewed each day', () => 1, 'warning ClientCrlExpiring'],
    ['a day, renewed each 12 hours', () => 0, 'warning ClientCrlExpiring'],
  ])('%s: after its first renewal no finding, and never a critical one', async (_, days, first) => {
    const played = await weeks(days);
    expect(played.found.flat().filter(({ severity }) => severity === 'critical')).toEqual([]);
    expect(gravities(played)[1]).toBe(first);
    expect(new Set(gravities(played).slice(7 * 24))).toEqual(new Set(['']));
  });

  test('that is renewed no more is found before it expires, and critical when it has', async () => {
    const played = await weeks((hour) => (hour < 168 ? 1 : 1 - Math.ceil((hour - 168) / 24)));
    expect(gravities(played).slice(168)).toContain('warning ClientCrlExpiring');
    expect(gravities(played).at(-1)).toContain('critical ClientCrlExpired');
  });
});

describe('what EC2 begins and does not finish', () => {
  const hour = (step: Step): Step => ({ ...step, polls: 13 });

  test.each<readonly [string, Step]>([
    ['an endpoint that is pending', { fact: { state: 'pending' }, associations: [] }],
    ['a first subnet', COMING],
    ['a second subnet', { associations: ['associated', 'associating'] }],
  ])('%s: a warning after an hour, and not before', async (_, step) => {
    const played = await playEndpoint([hour(step)]);
    const pending = played.found.map((findings) =>
      findings.some(({ reason }) => reason === 'EndpointPending'),
    );
    expect(pending).toEqual([...Array<boolean>(12).fill(false), true]);
    expect(played.subjects.at(-1)).toMatch(/^WARNING .*EndpointPending/);
  });

  test('a second zone that is on its way: one zone alone is notified after half an hour', async () => {
    const played = await playEndpoint([hour({ associations: ['associated', 'associating'] })]);
    // The seventh look is judged half a second after half an hour: it reads twice.
    expect(gravities(played).slice(0, 7)).toEqual([
      ...Array<string>(6).fill(''),
      'warning EndpointSingleZone',
    ]);
    expect(played.found[8]?.[0]?.hint).not.toContain('associate-client-vpn-target-network');
    const open = { polls: 2, associations: ['associated'] } as const;
    const coming = { polls: 2, associations: ['associated', 'associating'] } as const;
    const { sent } = await playEndpoint([open, coming, { polls: 2 }]);
    expect(sent.map(({ state }) => state)).toEqual(['opened', 'resolved']);
  });

  test('a second association that does not come, then none is left: nothing is resolved before both are there', async () => {
    const second: Step = { associations: ['associated', 'associating'], polls: 15 };
    const played = await playEndpoint([{}, second, { ...COMING, polls: 4 }]);
    expect(played.sent.map(({ state, attributes }) => `${state} ${attributes['reason']}`)).toEqual([
      'opened EndpointSingleZone',
      'opened EndpointPending',
      'opened EndpointUnavailable',
    ]);
    const back = await playEndpoint([{}, second, { ...COMING, polls: 4 }, { polls: 3 }]);
    expect(back.sent.slice(3).map(({ state }) => state)).toEqual(Array(3).fill('resolved'));
  });

  test('a state of an association that is not known is a lost sight', async () => {
    const played = await playEndpoint([{}, { associations: ['unknown', 'unknown'], polls: 2 }]);
    expect(gravities(played).at(-1)).toBe('warning SightLost');
  });
});

describe('an endpoint that EC2 leaves out of its list', () => {
  const MINUTE_MS = 60_000;
  const minutes = (polls: number, step: Step): Step => ({ ...step, polls, everyMs: MINUTE_MS });
  const GONE = { isListed: false } as const;

  test('for one answer while it is dark: nothing is resolved, and it goes on', async () => {
    const dark = minutes(3, { probe: 'down' });
    const played = await playEndpoint([minutes(2, {}), dark, minutes(1, GONE), dark]);
    expect(played.sent.map(({ state }) => state)).toEqual(['opened']);
    expect(gravities(played).slice(2)).toEqual(Array(7).fill('critical EndpointUnreachable'));
  });

  test('for ten minutes is gone, and not before', async () => {
    const dark = minutes(2, { probe: 'down' });
    const before = await playEndpoint([minutes(2, {}), dark, minutes(9, GONE)]);
    expect(before.sent.map(({ state }) => state)).toEqual(['opened']);
    const after = await playEndpoint([minutes(2, {}), dark, minutes(13, GONE)]);
    expect(after.subjects.at(-1)).toMatch(/^RESOLVED .*EndpointUnreachable.*deleted/);
  });

  test('or calls deleting, and available again: it was dark all the time; deleted: over', async () => {
    const dark = minutes(2, { probe: 'down' });
    const deleting = minutes(2, { fact: { state: 'deleting' } });
    const back = await playEndpoint([minutes(2, {}), dark, deleting, dark]);
    expect(back.sent.map(({ state }) => state)).toEqual(['opened']);
    const deleted = minutes(2, { fact: { state: 'deleted' } });
    const over = await playEndpoint([minutes(2, {}), dark, deleting, deleted]);
    expect(over.subjects.at(-1)).toMatch(/^RESOLVED .*EndpointUnreachable.*deleted/);
  });

  test('and is ignored: nothing is notified', async () => {
    const fact = { tags: { 'vpn-medic:ignore': 'a test' } };
    const dark = minutes(2, { fact, probe: 'down' });
    const played = await playEndpoint([minutes(2, { fact }), dark, minutes(2, GONE), dark]);
    expect(played.subjects).toEqual([]);
  });

  test('was well, and is dark when it is listed again: critical, not "never answered"', async () => {
    const played = await playEndpoint([
      minutes(2, {}),
      minutes(1, GONE),
      minutes(1, { probe: 'down' }),
    ]);
    expect(gravities(played).at(-1)).toBe('critical EndpointUnreachable');
  });
});

describe('further states, each to its end', () => {
  const dark: Step = { probe: 'down', polls: 2 };
  test.each<readonly [string, readonly Step[], readonly string[]]>([
    [
      'associations that are being removed, removed, and there again',
      [
        { associations: ['disassociating', 'disassociating'], polls: 2 },
        { associations: ['disassociated', 'disassociated'], polls: 2 },
        { ...NONE, polls: 2 },
      ],
      ['opened EndpointUnavailable', 'resolved EndpointUnavailable'],
    ],
    [
      'silent, without associations, and silent again: one incident in three forms',
      [dark, { ...NONE, polls: 2 }, dark],
      [
        'opened EndpointUnreachable',
        'updated EndpointUnavailable',
        'updated EndpointUnreachable',
        'resolved EndpointUnreachable',
      ],
    ],
    [
      'every association failed, though EC2 calls it available',
      [{ associations: ['association-failed', 'association-failed'], polls: 3 }],
      [
        'opened EndpointUnavailable',
        'opened AssociationFailed',
        'resolved EndpointUnavailable',
        'resolved AssociationFailed',
      ],
    ],
    [
      'one association in a state that is not known, beside one that works: no single zone',
      [{ associations: ['unknown', 'associated'], polls: 3 }],
      ['opened SightLost', 'resolved SightLost'],
    ],
    [
      'silent, left out for half an hour, and silent again: taken for deleted, then critical',
      [dark, { isListed: false, polls: 6 }, { ...NONE, polls: 2 }],
      [
        'opened EndpointUnreachable',
        'resolved EndpointUnreachable',
        'opened EndpointUnavailable',
        'resolved EndpointUnavailable',
      ],
    ],
    [
      'silent, and ignored from then on: no further word',
      [dark, { ...dark, fact: { tags: { 'vpn-medic:ignore': 'old' } }, polls: 60 }],
      ['opened EndpointUnreachable', 'resolved EndpointUnreachable'],
    ],
  ])('%s', async (_, steps, expected) => {
    const { sent } = await playEndpoint([{ polls: 2 }, ...steps, { polls: 3 }]);
    expect(sent.map(({ state, attributes }) => `${state} ${attributes['reason']}`)).toEqual(
      expected,
    );
  });
});
