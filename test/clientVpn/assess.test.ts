/** Goal: each finding of an endpoint on both sides of its boundary, and nothing at all from what is not known. Method: pure. */
import { describe, expect, test } from '@jest/globals';
import * as fc from 'fast-check';
import { assessEndpoints } from '../../lib/clientVpn/assess.ts';
import { noEndpointMemory, noEndpointPast, recallEndpoints } from '../../lib/clientVpn/state.ts';
import { ENDPOINT_METRIC_KEYS } from '../../lib/clientVpn/types/metrics.ts';
import type { EndpointObservation } from '../../lib/clientVpn/types/world.ts';
import { known, unknown } from '../../lib/core/reading.ts';
import { toIso } from '../../lib/core/time.ts';
import {
  anAssociation,
  anEndpointWorld,
  anObservation,
  ENDPOINT_ID,
  found,
  HOUR_MS,
  recently,
  remembering,
  usually,
} from '../builders/endpoints.ts';
import { NOW } from '../builders/facts.ts';

const NEVER = unknown('ec2:DescribeClientVpnTargetNetworks throttled', NOW);

test('an endpoint that is well has no finding', () => {
  expect(found({})).toEqual([]);
});

describe('availability', () => {
  test.each([
    ['available', []],
    ['pending-associate', ['critical EndpointUnavailable']],
    ['pending', ['critical EndpointUnavailable']],
    ['deleting', []],
    ['deleted', []],
    ['unknown', []],
  ] as const)('%s', (state, says) => {
    expect(found({ fact: { state }, reachability: { kind: 'unasked' } })).toEqual(says);
  });

  test.each([
    ['one that is active', ['associated', 'associated'], []],
    [
      'one active beside one that is leaving',
      ['associated', 'disassociating'],
      ['warning EndpointSingleZone'],
    ],
    ['one that is only coming', ['associating'], ['warning EndpointUnavailable']],
    [
      'one that failed',
      ['association-failed'],
      ['warning AssociationFailed', 'critical EndpointUnavailable'],
    ],
    ['one in a word that is not known', ['unknown'], []],
    ['none', [], ['critical EndpointUnavailable']],
  ] as const)('associations: %s', (_, states, says) => {
    const associations = known(
      states.map((state, index) => anAssociation('ab'.charAt(index), state)),
      NOW,
    );
    expect(found({ associations })).toEqual(says);
  });

  test('associations that cannot be read say nothing', () => {
    expect(found({ associations: NEVER })).toEqual([]);
  });
});

describe('zones', () => {
  test.each([
    ['two zones', ['a', 'b'], []],
    ['one zone twice', ['a', 'a'], ['warning EndpointSingleZone']],
    ['one zone and one that is not known', ['a', null], []],
  ] as const)('%s', (_, zones, says) => {
    expect(
      found({
        associations: known(
          zones.map((zone) => anAssociation(zone)),
          NOW,
        ),
      }),
    ).toEqual(says);
  });
});

describe('capacity', () => {
  const CASES: readonly (readonly [string, number, number, readonly string[]])[] = [
    // Half of a /22's 1,024 addresses.
    ['10.100.0.0/22', 2, 409, []],
    ['10.100.0.0/22', 2, 410, ['warning EndpointNearCapacity']],
    ['10.100.0.0/22', 2, 486, ['warning EndpointNearCapacity']],
    ['10.100.0.0/22', 2, 487, ['critical EndpointNearCapacity']],
    // 7,000 for one association; two zones by the finding beside it.
    ['10.0.0.0/12', 1, 5_599, ['warning EndpointSingleZone']],
    ['10.0.0.0/12', 1, 5_600, ['warning EndpointNearCapacity', 'warning EndpointSingleZone']],
    ['10.0.0.0/12', 1, 6_650, ['critical EndpointNearCapacity', 'warning EndpointSingleZone']],
    ['10.0.0.0/12', 2, 29_199, []],
    ['10.0.0.0/12', 2, 29_200, ['warning EndpointNearCapacity']],
  ];
  test.each(CASES)(
    '%s with %i associations and %i connections',
    (clientCidr, count, active, says) => {
      const associations = known(
        Array.from({ length: count }, (_, index) => anAssociation('ab'.charAt(index))),
        NOW,
      );
      expect(
        found({ fact: { clientCidr }, associations, recent: { active: recently(active) } }),
      ).toEqual(says);
    },
  );

  test('a client range that is IPv6 or missing leaves the quota', () => {
    const recent = { active: recently(29_200) };
    expect(found({ fact: { clientCidr: null }, recent })).toEqual(['warning EndpointNearCapacity']);
    expect(found({ fact: { clientCidr: 'fd00::/64' }, recent })).toEqual([
      'warning EndpointNearCapacity',
    ]);
  });

  test('a count that is 15 min old still speaks, one that is older does not', () => {
    const at = (ageMs: number) => ({
      fact: { clientCidr: '10.100.0.0/22' },
      recent: { active: [{ at: NOW - ageMs, value: 500 }] },
    });
    expect(found(at(900_000))).toEqual(['critical EndpointNearCapacity']);
    expect(found(at(900_001))).toEqual([]);
  });
});

describe('failed logins', () => {
  const twelve = (each: number) => Array.from({ length: 12 }, () => each);
  test.each([
    ['at the limit of the band', twelve(5), usually(20, 10), []],
    [
      'above the limit of the band',
      [...twelve(5).slice(1), 6],
      usually(20, 10),
      ['warning AuthFailuresHigh'],
    ],
    ['at the floor of 20, however quiet it is', [20], usually(0, 0), []],
    ['above the floor', [21], usually(0, 0), ['warning AuthFailuresHigh']],
    ['a hundred while still learning', [100], [], []],
    ['a hundred and one while still learning', [101], [], ['warning AuthFailuresHigh']],
  ] as const)('%s', (_, values, band, says) => {
    expect(
      found(
        { recent: { authFailures: recently(...values) } },
        { bands: { authFailures: [...band] } },
      ),
    ).toEqual(says);
  });

  test.each<readonly [string, EndpointObservation['failedLogins'], readonly string[]]>([
    ['was not read', null, []],
    [
      'cannot be read',
      unknown('denied', NOW),
      ['the connection log cannot be read: denied (deploy parameter evidenceLogGroups)'],
    ],
    [
      'has none of them',
      known([], NOW),
      ['the connection log has none of them: AWS does not log failed mutual authentication'],
    ],
    [
      'gives reasons',
      known(
        ['a', 'b', 'c', 'd'].map((why, index) => ({ why, count: 14 - index, firstAt: NOW })),
        NOW,
      ),
      ['a: 14', 'b: 13', 'c: 12'].map((text) => `${text} times since ${toIso(NOW)}`),
    ],
  ])('its connection log %s', (_, failedLogins, lines) => {
    const observation = anObservation({ recent: { authFailures: recently(101) }, failedLogins });
    const { findings } = assessEndpoints(anEndpointWorld([observation]), remembering({}), NOW);
    expect(findings[0]?.evidence.slice(2)).toEqual(lines);
  });

  test('once told, it is over only under four fifths of the limit', () => {
    const open = (
      count: number,
      memory = remembering({ bands: { authFailures: usually(0, 0) } }),
    ) =>
      assessEndpoints(
        anEndpointWorld([anObservation({ recent: { authFailures: recently(count) } })]),
        memory,
        NOW,
      );
    const { memory } = open(21);
    expect(open(17, memory).findings).toMatchObject([{ reason: 'AuthFailuresHigh' }]);
    expect(open(16, memory).findings).toEqual([]);
  });
});

describe('certificates', () => {
  const day = (value: number, ageMs = 0) => ({ at: NOW - ageMs, value });
  test.each([
    [8, [], []],
    [7, [], ['warning ClientCrlExpiring']],
    [6, [], ['warning ClientCrlExpiring']],
    [5, ['warning ClientCrlExpiring'], ['warning ClientCrlExpiring']],
    [2, ['warning ClientCrlExpiring'], ['critical ClientCrlExpiring']],
    [0, ['warning ClientCrlExpiring'], ['critical ClientCrlExpiring']],
    [-4, ['critical ClientCrlExpired'], ['critical ClientCrlExpired']],
  ])(
    'a revocation list with %i days to go: at first sight, and once they fell',
    (days, first, fallen) => {
      expect(found({ recent: { crlDays: [day(days)] } })).toEqual(first);
      expect(found({}, { crlDays: day(days) })).toEqual(first);
      const before = { crlDays: day(days + 1, HOUR_MS) };
      expect(found({ recent: { crlDays: [day(days)] } }, before)).toEqual(fallen);
    },
  );

  test.each([
    // How long the lists live, as a renewal showed; days to go; what is found.
    [1, 0, []],
    [2, 0, []],
    [2, 1, []],
    [7, 6, []],
    [7, 2, []],
    [7, 1, ['warning ClientCrlExpiring']],
    [7, 0, ['critical ClientCrlExpiring']],
    [7, -1, ['critical ClientCrlExpired']],
    [20, 5, []],
    [20, 4, ['warning ClientCrlExpiring']],
    [20, 1, ['critical ClientCrlExpiring']],
    [90, 8, []],
    [90, 7, ['warning ClientCrlExpiring']],
    [90, 2, ['critical ClientCrlExpiring']],
  ])('lists that live %i days, with %i to go', (lifeDays, days, says) => {
    const crlLife = { lifeDays, steadySince: NOW - 12 * HOUR_MS, hasFallen: true };
    expect(found({}, { crlDays: day(days), crlLife })).toEqual(says);
  });

  test.each([
    [11, []],
    [13, ['warning ClientCrlExpiring']],
    [20, ['critical ClientCrlExpiring']],
  ])('a list of two days, %i hours after its last day began', (hours, says) => {
    const crlLife = { lifeDays: 2, steadySince: NOW - hours * HOUR_MS, hasFallen: true };
    expect(found({}, { crlDays: day(0), crlLife })).toEqual(says);
  });

  /** An endpoint whose owner imports lists of a week, two days or a day. */
  test.each<[string, (hour: number) => number]>([
    ['7 days, renewed each week', (hour) => 6 - (Math.floor(hour / 24) % 7)],
    ['48 hours, renewed each day', (hour) => (hour % 24 < 1 ? 2 : 1)],
    ['24 hours, renewed every twelve', () => 0],
  ])('a list of %s is silent once a renewal was seen', (_what, daysAt) => {
    let memory = noEndpointMemory;
    const severities: string[] = [];
    for (let hour = 0; hour < 28 * 24; hour += 1) {
      const now = NOW + hour * HOUR_MS;
      const recent = { crlDays: [{ at: now, value: daysAt(hour) }] };
      const judged = assessEndpoints(
        anEndpointWorld([anObservation({ recent })], { at: now }),
        memory,
        now,
      );
      ({ memory } = judged);
      if (hour > 8 * 24) severities.push(...judged.findings.map(({ severity }) => severity));
    }
    const expected = daysAt(24) === 5 ? ['warning', 'critical'] : [];
    // A list of a week that is renewed in its last hour only is warned of in its last two days.
    expect([...new Set(severities)].toSorted()).toEqual(expected.toSorted());
  });

  test('a list that expires after it was notified as near is expired until it is renewed, also with a tag for a file since', () => {
    const look = (days: number, memory = noEndpointMemory) =>
      assessEndpoints(
        anEndpointWorld([anObservation({ recent: { crlDays: [day(days)] } })]),
        memory,
        NOW,
      );
    const reasonsOf = ({ findings }: ReturnType<typeof look>) =>
      findings.map(({ reason }) => reason);
    const near = look(1);
    const past = look(-1, near.memory);
    expect(reasonsOf(past)).toEqual(['ClientCrlExpired']);
    expect(reasonsOf(look(-2, past.memory))).toEqual(['ClientCrlExpired']);
    expect(reasonsOf(look(60, past.memory))).toEqual([]);
  });

  test.each([
    ['ca.crl', []],
    ['', ['critical ClientCrlExpired']],
    [' ', ['critical ClientCrlExpired']],
  ])('a list that expired is told by its publisher alone: tag "%s"', (tag, says) => {
    const fact = { tags: { 'vpn-medic:crl': tag } };
    expect(found({ fact, recent: { crlDays: [day(-1)] } })).toEqual(says);
  });

  test('a word on the list that is a day old still counts, an older one does not', () => {
    expect(found({}, { crlDays: day(1, 24 * HOUR_MS) })).toEqual(['warning ClientCrlExpiring']);
    expect(found({}, { crlDays: day(1, 24 * HOUR_MS + 1) })).toEqual([]);
  });

  test.each([
    [31, []],
    [30, ['warning IdpCertExpiring']],
    [8, ['warning IdpCertExpiring']],
    [7, ['critical IdpCertExpiring']],
    [0, ['critical IdpCertExpiring']],
  ])('an identity provider with %i days to go', (days, says) => {
    const recent = { idpDays: [day(days)] };
    expect(found({ fact: { authentication: ['federated'] }, recent })).toEqual(says);
    expect(found({ fact: { authentication: ['certificate'] }, recent })).toEqual([]);
  });
});

describe('the connect handler', () => {
  const recent = {
    handlerTimeouts: recently(1),
    handlerInvalid: recently(1, 0),
    handlerService: recently(0),
  };
  test.each([
    ['two errors of two kinds', recent, []],
    ['three errors', { ...recent, handlerService: recently(1) }, ['warning ConnectHandlerErrors']],
  ])('%s within the hour', (_, some, says) => {
    expect(found({ fact: { hasConnectHandler: true }, recent: some })).toEqual(says);
    expect(found({ fact: { hasConnectHandler: false }, recent: some })).toEqual([]);
  });

  test('errors of more than an hour ago are over', () => {
    const old = { handlerTimeouts: [{ at: NOW - HOUR_MS - 1, value: 50 }] };
    expect(found({ fact: { hasConnectHandler: true }, recent: old })).toEqual([]);
  });
});

describe('connections that drop', () => {
  const bands = { active: usually(100, 10) };
  test.each([
    ['from 100 to 29', [100, 29], ['critical ConnectionsDropped']],
    ['from 100 to 30: not under 30 % of what is usual', [100, 30], []],
    ['from 30 to 29: over the edge within one period', [30, 29], ['critical ConnectionsDropped']],
    ['from 29 to 5: it was under before', [29, 5], []],
    ['down and still down', [100, 20, 20], ['critical ConnectionsDropped']],
    ['down and back', [100, 20, 60], []],
    ['one point alone', [5], []],
  ])('%s', (_, values, says) => {
    expect(found({ recent: { active: recently(...values) } }, { bands })).toEqual(says);
  });

  test('over a gap are no fall within one period', () => {
    const active = [{ at: NOW - 1_200_000, value: 100 }, ...recently(5)];
    expect(found({ recent: { active } }, { bands })).toEqual([]);
  });

  test('where nine are usual, there is no finding; where ten are, there is one', () => {
    const recent = { active: recently(9, 0) };
    expect(found({ recent }, { bands: { active: usually(9, 1) } })).toEqual([]);
    expect(found({ recent }, { bands: { active: usually(10, 1) } })).toEqual([
      'critical ConnectionsDropped',
    ]);
  });

  test('while it is learning, nothing is said', () => {
    expect(found({ recent: { active: recently(100, 0) } })).toEqual([]);
  });

  test('stay told when the fall itself is out of sight, until they are back', () => {
    const at = (values: readonly number[], memory: ReturnType<typeof remembering>) =>
      assessEndpoints(
        anEndpointWorld([anObservation({ recent: { active: recently(...values) } })]),
        memory,
        NOW,
      );
    const first = at([100, 5], remembering({ bands }));
    const later = at([5, 5, 5], first.memory);
    expect(later.findings).toMatchObject([{ reason: 'ConnectionsDropped', since: NOW }]);
    expect(at([5, 5, 31], later.memory).findings).toEqual([]);
  });
});

describe('traffic', () => {
  const MB = 1_000_000;
  const bands = { ingressBytes: usually(1_200 * MB, 120 * MB) };
  // An hour of 1,200 MB is 100 MB in five minutes; four spreads are 40 MB of that.
  test.each([
    ['three periods in a row outside', [150, 150, 150], ['warning TrafficOffBaseline']],
    ['two in a row outside', [100, 150, 150], []],
    ['outside on both sides by turns', [150, 10, 150], []],
    ['at the edge', [140, 140, 140], []],
    ['silent', [0, 0, 0], ['warning TrafficOffBaseline']],
  ])('%s', (_, values, says) => {
    const ingressBytes = recently(...values.map((value) => value * MB));
    expect(found({ recent: { ingressBytes } }, { bands })).toEqual(says);
  });

  test('that matters little is not told: 100 MB an hour is the floor', () => {
    const quiet = { ingressBytes: usually(0, 0) };
    const each = (bytes: number) => ({ recent: { ingressBytes: recently(bytes, bytes, bytes) } });
    expect(found(each((100 * MB) / 12), { bands: quiet })).toEqual([]);
    expect(found(each((101 * MB) / 12), { bands: quiet })).toEqual(['warning TrafficOffBaseline']);
  });
});

describe('the probe', () => {
  const down = { kind: 'down', why: '3 probes without an answer', recent: [] } as const;
  const unsure = { kind: 'unknown', why: 'DNS could not be asked', recent: [] } as const;
  test.each([
    ['silent after speech', down, true, ['critical EndpointUnreachable']],
    ['silent and never heard', down, false, ['warning ProbeNeverAnswered']],
    ['not to be judged', unsure, true, []],
    ['open', { kind: 'up', recent: [] } as const, true, []],
  ])('%s', (_, reachability, hasAnswered, says) => {
    expect(found({ reachability }, { hasAnswered })).toEqual(says);
  });

  const region = (
    endpointProbes: readonly (typeof down | typeof unsure)[],
    regionCount: number,
  ) => {
    const observations = endpointProbes.map((reachability, index) =>
      anObservation({ fact: { endpointId: `cvpn-endpoint-${index}` }, reachability }),
    );
    const endpoints = Object.fromEntries(
      observations.map(({ fact }) => [
        fact.endpointId,
        { ...remembering({ hasAnswered: true }).endpoints[ENDPOINT_ID] },
      ]),
    );
    const memory = recallEndpoints({ ...remembering({}), endpoints });
    return assessEndpoints(
      anEndpointWorld(observations, { regionCount }),
      memory,
      NOW,
    ).findings.filter(({ reason }) => reason === 'RegionDown');
  };
  test.each([
    ['both of two, one region', [down, down], 1, 1],
    ['one of one, one region: the endpoint says it all', [down], 1, 0],
    ['one of one, two regions', [down], 2, 1],
    ['one of two, the other cannot be judged', [down, unsure], 2, 0],
  ])('a region is down with %s', (_, endpointProbes, regionCount, count) => {
    expect(region(endpointProbes, regionCount)).toHaveLength(count);
  });

  test('a region that is down stays so while its endpoints turn from silent to closed, and ends with the first that answers', () => {
    const ids = ['cvpn-endpoint-a', 'cvpn-endpoint-b'];
    const worldOf = (...some: readonly Parameters<typeof anObservation>[0][]) =>
      anEndpointWorld(
        some.map((one, index) =>
          anObservation({ ...one, fact: { endpointId: ids[index] ?? '', ...one?.fact } }),
        ),
      );
    const past = { ...noEndpointPast, hasAnswered: true, hasBeenUp: true };
    const memory = {
      ...noEndpointMemory,
      endpoints: Object.fromEntries(ids.map((id) => [id, past])),
    };
    const fell = assessEndpoints(
      worldOf({ reachability: down }, { reachability: down }),
      memory,
      NOW,
    );
    const closed = {
      fact: { state: 'pending-associate' },
      reachability: { kind: 'unasked' },
    } as const;
    const stays = assessEndpoints(worldOf(closed, closed), fell.memory, NOW + 60_000);
    expect(stays.findings).toContainEqual(
      expect.objectContaining({ reason: 'RegionDown', since: NOW }),
    );
    const first = assessEndpoints(worldOf(closed, closed), memory, NOW);
    expect(first.findings.map(({ reason }) => reason)).not.toContain('RegionDown');
    const back = assessEndpoints(worldOf({}, closed), stays.memory, NOW + 120_000);
    expect(back.findings.map(({ reason }) => reason)).not.toContain('RegionDown');
  });

  test('an unreachable endpoint is part of its region, whose fall explains it', () => {
    const { findings } = assessEndpoints(
      anEndpointWorld([anObservation({ reachability: down })]),
      remembering({ hasAnswered: true }),
      NOW,
    );
    expect(findings).toMatchObject([{ subject: { within: ['eu-west-1'] } }]);
  });
});

test('UDP cannot be health-checked, TCP can', () => {
  expect(found({ fact: { transport: 'udp' } })).toEqual(['info EndpointNotHealthCheckable']);
  expect(found({ fact: { transport: 'tcp' } })).toEqual([]);
});

describe('what cannot be seen', () => {
  const ill = anObservation({
    fact: { transport: 'udp' },
    associations: known([], NOW),
    reachability: { kind: 'down', why: 'silent', recent: [] },
    recent: { crlDays: [{ at: NOW, value: 1 }], active: recently(100, 5) },
  });
  const before = assessEndpoints(
    anEndpointWorld([ill]),
    remembering({ hasAnswered: true, bands: { active: usually(100, 10) } }),
    NOW,
  );
  const reasons = (findings: typeof before.findings) => findings.map(({ reason }) => reason);

  test('stands as it was seen last, whole or in parts, with its own beginning', () => {
    expect(reasons(before.findings)).toEqual([
      'ClientCrlExpiring',
      'ConnectionsDropped',
      'EndpointNotHealthCheckable',
      'EndpointUnavailable',
      'EndpointUnreachable',
    ]);
    const later = NOW + 300_000;
    const gaps = [{ what: 'endpoints', why: 'ec2:DescribeClientVpnEndpoints denied' }];
    const blind = assessEndpoints(anEndpointWorld(null, { gaps, at: later }), before.memory, later);
    expect(reasons(blind.findings)).toEqual([...reasons(before.findings), 'SightLost']);
    expect(blind.findings.find(({ reason }) => reason === 'EndpointUnavailable')?.since).toBe(NOW);
    const partly = assessEndpoints(
      anEndpointWorld([
        anObservation({
          fact: { transport: 'udp' },
          associations: NEVER,
          reachability: { kind: 'unknown', why: 'DNS', recent: [] },
        }),
      ]),
      before.memory,
      later,
    );
    expect(reasons(partly.findings)).toEqual(reasons(before.findings));
  });

  test('is over once it is seen to be, and survives the state table in between', () => {
    const stored = recallEndpoints(JSON.parse(JSON.stringify(before.memory)));
    expect(stored).toEqual(before.memory);
    const well = anObservation({
      recent: { crlDays: [{ at: NOW, value: 30 }], active: recently(100, 100) },
    });
    expect(assessEndpoints(anEndpointWorld([well]), stored, NOW).findings).toEqual([]);
  });

  test('of an endpoint that is gone nothing is left', () => {
    const after = assessEndpoints(
      anEndpointWorld([], { gone: { [ENDPOINT_ID]: NOW } }),
      before.memory,
      NOW,
    );
    expect(after.findings).toEqual([]);
    expect(after.memory.endpoints).toEqual({});
  });

  test('garbage in the state table is an empty memory', () => {
    fc.assert(
      fc.property(fc.anything(), (stored) => {
        expect(() => recallEndpoints(stored)).not.toThrow();
      }),
    );
    expect(recallEndpoints({ endpoints: 3 }).endpoints).toEqual({});
  });
});

test('whichever series CloudWatch has no points of, nothing is found for want of them', () => {
  fc.assert(
    fc.property(fc.subarray([...ENDPOINT_METRIC_KEYS]), fc.boolean(), (keys, hasConnectHandler) => {
      const recent = Object.fromEntries(keys.map((key) => [key, []]));
      const authentication = ['federated'] as const;
      const bands = Object.fromEntries(keys.map((key) => [key, usually(1_000_000_000, 1)]));
      expect(found({ fact: { hasConnectHandler, authentication }, recent }, { bands })).toEqual([]);
    }),
  );
});
