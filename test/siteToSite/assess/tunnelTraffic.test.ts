/** A tunnel's byte counters judged: one way, idle, full, unlike itself, missing. Tables on both sides of every boundary. */
import { describe, expect, test } from '@jest/globals';
import { known, unknown } from '../../../lib/core/reading.ts';
import { baselineWord } from '../../../lib/siteToSite/assess/tunnelMetrics.ts';
import { assessConnections } from '../../../lib/siteToSite/assess.ts';
import { CONNECTION_POLICY as POLICY } from '../../../lib/siteToSite/types/policy.ts';
import type { TunnelPoints } from '../../../lib/siteToSite/types/world.ts';
import {
  aConnection,
  aWorldOf,
  DOWN,
  found,
  HOUR,
  historyOf,
  MINUTE,
  metricsOf,
  NOTHING,
  T1,
  T2,
  traffic,
  WINDOW,
} from '../../builders/connections.ts';
import { NOW } from '../../builders/facts.ts';

interface Scene {
  readonly one: TunnelPoints;
  readonly two?: TunnelPoints;
  readonly history?: ReturnType<typeof historyOf> | null;
  readonly over?: Parameters<typeof aConnection>[1];
}
const QUIET = POLICY.quietBytes;
const BUSY = POLICY.busyBytes;

/** Of a transit gateway, so that nothing but traffic is found. */
const seen = ({ one, two = traffic([]), history = null, over }: Scene, withInfo = false) =>
  found(
    aWorldOf([aConnection('a', over), aConnection('b')], {
      ...metricsOf({ [T1]: one, [T2]: two }),
      histories: history === null ? new Map() : new Map([[T1, history]]),
    }),
    NOTHING,
    NOW,
    withInfo,
  );

describe('one way', () => {
  const both = historyOf(1e8, 1e8);
  const quietSibling = traffic([], [0, 0]);
  const lost = [
    [0, BUSY],
    [QUIET, BUSY],
    [0, BUSY],
  ] as const;
  const sent = (
    list: readonly (readonly [number | null, number | null])[],
    more: Partial<Scene> = {},
  ) =>
    seen({ one: traffic(list), two: quietSibling, history: both, ...more }).filter((line) =>
      line.startsWith('TunnelOneWay'),
    );
  test('15 minutes out and nothing in, though it used to hear: told', () => {
    expect(sent(lost)).toEqual([`TunnelOneWay ${T1} warning`]);
  });
  test.each<[string, readonly (readonly [number | null, number | null])[], Partial<Scene>]>([
    ['10 minutes', [[BUSY, BUSY], ...lost.slice(1)], {}],
    ['a byte more than background came in', [[QUIET + 1, BUSY], ...lost.slice(1)], {}],
    ['hardly anything went out', [[0, BUSY - 1], ...lost.slice(1)], {}],
    ['a gap is no silence', [[null, BUSY], ...lost.slice(1)], {}],
    ['it never heard anything', lost, { history: historyOf(0, 1e8) }],
    ['its history is not read yet', lost, { history: null }],
    ['the answers come through the other tunnel', lost, { two: traffic([[BUSY, 0]], [0, 0]) }],
    [
      'the other tunnel’s counters have a gap: answers may come there',
      lost,
      { two: traffic([[null, null]], [0, 0]) },
    ],
    ['the tunnel is down: that is told instead', lost, { over: { one: DOWN } }],
  ])('not told: %s', (_, list, more) => {
    expect(sent(list, more)).toEqual([]);
  });
  test('told: the other tunnel is down, so no answer comes there', () => {
    expect(sent(lost, { over: { two: DOWN }, two: traffic([[null, null]], [0, 0]) })).toEqual([
      `TunnelOneWay ${T1} warning`,
    ]);
  });
});

describe('asymmetric', () => {
  const out = traffic([[QUIET, BUSY]], [0, BUSY]);
  const back = traffic([[BUSY, QUIET]], [BUSY, 0]);
  const listed = (scene: Scene) =>
    seen(scene, true).filter((line) => line.startsWith('TrafficAsymmetric'));
  test('15 minutes out by one tunnel alone and in by the other alone: listed', () => {
    expect(listed({ one: out, two: back })).toMatchObject(
      [/^TrafficAsymmetric site.* info$/].map((one) => expect.stringMatching(one)),
    );
  });
  test.each<[string, Scene]>([
    ['both ways by one', { one: traffic([[BUSY, BUSY]], [BUSY, BUSY]), two: back }],
    ['out by both', { one: out, two: out }],
    ['hardly anything comes back', { one: out, two: traffic([[BUSY - 1, 0]], [BUSY - 1, 0]) }],
    ['one period with a gap', { one: out, two: traffic([[null, null]], [BUSY, 0]) }],
    ['the other is down', { one: out, two: back, over: { two: DOWN } }],
  ])('not: %s', (_, scene) => {
    expect(listed(scene)).toEqual([]);
  });
});

describe('idle', () => {
  const isStatic = { isStatic: true } as const;
  const nothing = traffic([], [QUIET, QUIET]);
  const notified = (scene: Scene) =>
    seen(scene, true).filter((line) => line.startsWith('TunnelIdle'));
  test('neither way for an hour, both tunnels: a warning for each', () => {
    expect(notified({ one: nothing, two: nothing, over: isStatic })).toEqual([
      `TunnelIdle ${T1} warning`,
      `TunnelIdle ${T2} warning`,
    ]);
  });
  test('a spare beside a busy one is only listed', () => {
    expect(notified({ one: nothing, over: isStatic })).toEqual([`TunnelIdle ${T1} info`]);
  });
  test.each<[string, Scene]>([
    ['with BGP, whose keepalives hold it open', { one: nothing, two: nothing }],
    [
      'a byte more than background in one of twelve periods',
      { one: traffic([[QUIET + 1, 0]], [0, 0]), over: isStatic },
    ],
    ['a gap', { one: traffic([[null, null]], [0, 0]), over: isStatic }],
    ['down', { one: nothing, over: { ...isStatic, one: DOWN } }],
  ])('not: %s', (_, scene) => {
    expect(notified(scene)).toEqual([]);
  });
});

describe('saturated', () => {
  /** 80 % of 1.25 Gbps for 5 minutes: 37.5 GB, half each way. */
  const half = (0.8 * 1.25e9 * 300) / 8 / 2;
  const full = (bytes: number) =>
    traffic([
      [bytes, bytes],
      [bytes, bytes],
      [bytes, bytes],
    ]);
  test.each<[string, Scene, boolean]>([
    ['80 % for 15 minutes', { one: full(half) }, false],
    ['a byte more', { one: full(half + 1) }, true],
    [
      'for 10 minutes',
      {
        one: traffic([
          [half + 1, half + 1],
          [half + 1, half + 1],
        ]),
      },
      false,
    ],
    ['of a large tunnel a quarter', { one: full(half + 1), over: { bandwidth: 'large' } }, false],
    ['a large tunnel at 80 %', { one: full(4 * half + 1), over: { bandwidth: 'large' } }, true],
  ])('%s: %j', (_, scene, isFull) => {
    expect(seen(scene).includes(`TunnelSaturated ${T1} warning`)).toBe(isFull);
  });
  test('with the trend of the hour', () => {
    const rising = traffic(
      [
        [half + 1, half + 1],
        [half + 1, half + 1],
        [half + 1, half + 1],
      ],
      [half / 2, half / 2],
    );
    const { findings } = assessConnections(
      aWorldOf([aConnection('a')], metricsOf({ [T1]: rising })),
      NOTHING,
      NOW,
    );
    const [finding] = findings.filter(({ reason }) => reason === 'TunnelSaturated');
    expect(finding?.evidence.join()).toContain('rising, from 40 % to 60 %');
  });
});

describe('off its baseline', () => {
  /** 1.2 GB an hour; the band is four spreads of 10 %. */
  const usual = historyOf(6e8, 6e8);
  const rate = (bytesAnHour: number) => bytesAnHour / 12 / 2;
  const flat = (bytesAnHour: number, count = 3) =>
    Array.from({ length: count }, () => [rate(bytesAnHour), rate(bytesAnHour)] as const);
  const at = (bytesAnHour: number, count = 3) =>
    traffic(flat(bytesAnHour, count), [rate(1.2e9), rate(1.2e9)]);
  const notified = (scene: Scene) =>
    seen(scene).filter((line) => line.startsWith('TrafficOffBaseline'));
  test.each<[string, TunnelPoints, boolean]>([
    ['as usual', at(1.2e9), false],
    ['40 % more', at(1.68e9), false],
    ['41 % more', at(1.7e9), true],
    ['41 % less', at(0.7e9), true],
    ['twice as much for two periods', at(2.4e9, 2), false],
  ])('%s: %j', (_, one, isOff) => {
    expect(notified({ one, history: usual })).toEqual(
      isOff ? [`TrafficOffBaseline ${T1} warning`] : [],
    );
  });
  test('less than 250 MB an hour off is no finding, however unusual', () => {
    const small = historyOf(1e6, 1e6);
    expect(notified({ one: traffic(flat(2.4e8), [rate(2e6), rate(2e6)]), history: small })).toEqual(
      [],
    );
    expect(
      notified({ one: traffic(flat(2.6e8), [rate(2e6), rate(2e6)]), history: small }),
    ).toHaveLength(1);
  });
  test('in the first three days it is learning, and says nothing', () => {
    expect(notified({ one: at(1e10), history: historyOf(6e8, 6e8, 71) })).toEqual([]);
    expect(notified({ one: at(1e10), history: historyOf(6e8, 6e8, 72) })).toHaveLength(1);
  });
  test.each([
    [
      'it came back 20 minutes ago, so only part of the hour is its own',
      { one: { changedAt: NOW - 20 * MINUTE } },
      1,
    ],
    [
      'it came back 10 minutes ago: too few periods since',
      { one: { changedAt: NOW - 10 * MINUTE } },
      0,
    ],
    [
      'its sibling came back 10 minutes ago: until then it carried both',
      { two: { changedAt: NOW - 10 * MINUTE } },
      0,
    ],
  ])('%s', (_, over, count) => {
    expect(notified({ one: at(2.4e9, 12), history: usual, over })).toHaveLength(count);
  });
  test('a tunnel that took over from its sibling is explained by that', () => {
    expect(notified({ one: at(2.4e9), history: usual, over: { two: DOWN } })).toEqual([]);
  });
  test('the bands of the coming hours are remembered, with how many days they rest on', () => {
    const world = aWorldOf([aConnection('a')], { histories: new Map([[T1, usual]]) });
    const { memory } = assessConnections(world, NOTHING, NOW);
    expect(memory.tunnels[T1]?.usual).toMatchObject({ dayCount: 14, hadBoth: true });
    expect(memory.tunnels[T1]?.usual?.bands[0]).toEqual([1.2e9, 1.2e8]);
    const reach = (memory.tunnels[T1]?.usual?.bands.length ?? 0) * HOUR;
    expect((memory.tunnels[T1]?.usual?.from ?? 0) + reach).toBeGreaterThan(
      NOW + POLICY.historyEveryMs + HOUR,
    );
  });
  test.each([
    [null, 'not read yet'],
    [{ dayCount: 2, from: NOW, bands: [], hadBoth: false }, 'learning (2 of 3 days)'],
  ])('in words: %j is %s', (usualMemory, word) => {
    const { memory } = assessConnections(aWorldOf([aConnection('a')]), NOTHING, NOW);
    const tunnel = memory.tunnels[T1];
    expect(baselineWord(tunnel === undefined ? undefined : { ...tunnel, usual: usualMemory })).toBe(
      word,
    );
  });
});

describe('what metrics do not say', () => {
  const old = (
    world: Parameters<typeof assessConnections>[0],
    laterMs: number,
    more: object = {},
  ) => {
    const first = assessConnections(world, NOTHING, NOW).memory;
    const next = { ...world, ...more, at: NOW + laterMs };
    return found(next, first, NOW + laterMs, true).filter((line) =>
      line.startsWith('TunnelMetricMissing'),
    );
  };
  const listed = (...ids: readonly string[]) => ({ series: known(ids, NOW) });
  const pair = [aConnection('a'), aConnection('b')];
  test.each([
    [HOUR, []],
    [HOUR + 1, [`TunnelMetricMissing ${T1} info`]],
  ])('no series after %i ms', (laterMs, expected) => {
    expect(old(aWorldOf([aConnection('a')], listed(T2)), laterMs)).toEqual(expected);
  });
  test('a series without a point is missing, never down and never idle', () => {
    const silent: TunnelPoints = { state: [], bytesIn: [], bytesOut: [], droppedCount: 0 };
    const world = aWorldOf([aConnection('a', { isStatic: true })], {
      ...listed(T1, T2),
      ...metricsOf({ [T1]: silent, [T2]: traffic([]) }),
    });
    expect(old(world, HOUR + 1)).toEqual([`TunnelMetricMissing ${T1} info`]);
    const memory = assessConnections(world, NOTHING, NOW).memory;
    expect(found(world, memory, NOW + MINUTE)).toEqual([]);
  });
  test('not listed yet at all: nothing is missing', () => {
    expect(old(aWorldOf(pair), 2 * HOUR)).toEqual([]);
  });

  const denied = unknown('cloudwatch:GetMetricData denied (AccessDenied)', NOW);
  const unread = { metrics: { ...WINDOW, tunnels: new Map([[T1, denied]]) } };
  test.each([
    [9, []],
    [10, ['MetricsUnread eu-west-1 warning']],
  ])('unread for %i minutes: state is judged all the same', (minutes, expected) => {
    const world = aWorldOf([aConnection('a', { one: DOWN }), aConnection('b')], unread);
    const memory = assessConnections(world, NOTHING, NOW).memory;
    const now = NOW + minutes * MINUTE;
    expect(found({ ...world, at: now }, memory, now)).toEqual([
      ...expected,
      `TunnelDown ${T1} warning`,
    ]);
  });
  test('what was found stays while it cannot be read', () => {
    const full = traffic([
      [4e10, 4e10],
      [4e10, 4e10],
      [4e10, 4e10],
    ]);
    const first = assessConnections(aWorldOf(pair, metricsOf({ [T1]: full })), NOTHING, NOW).memory;
    expect(found(aWorldOf(pair, unread), first, NOW + 20 * MINUTE)).toEqual([
      `TunnelSaturated ${T1} warning`,
    ]);
  });
});

describe('flaps in the metric', () => {
  const state = (...values: readonly number[]): TunnelPoints => ({
    ...traffic([]),
    state: values.map((value, index) => ({ at: NOW - (values.length - index) * MINUTE, value })),
  });
  test.each([
    ['two changes', [1, 0, 1, 1], []],
    ['three', [1, 0, 1, 0], [`TunnelFlapping ${T1} warning`]],
    [
      'a fraction is a period with a failure in it',
      [1, 0.5, 1, 0.9],
      [`TunnelFlapping ${T1} warning`],
    ],
    ['all up', [1, 1, 1, 1], []],
  ])('%s', (_, values, expected) => {
    expect(seen({ one: state(...values) })).toEqual(expected);
  });
});
