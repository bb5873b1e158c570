/** Goal: a dashboard that CloudWatch draws whole. Method: the body is read back, and pushed over each limit. */
import { describe, expect, test } from '@jest/globals';
import { alarmsOf, type StackFact } from '../../lib/monitors/alarms.ts';
import { dashboardBody } from '../../lib/monitors/dashboard.ts';
import { refuseOverLimits, type Widget } from '../../lib/monitors/dashboardLimits.ts';
import { aStack, fn } from './stack.ts';

const textOf = (stack: StackFact) =>
  dashboardBody({ ...stack, homeRegion: 'eu-west-1', alarms: alarmsOf(stack) });
const widgetsOf = (stack: StackFact): readonly Widget[] => JSON.parse(textOf(stack)).widgets;
const titles = (widgets: readonly Widget[]) => widgets.map(({ properties }) => properties['title']);

describe('the body', () => {
  test('lies on the grid, no widget over another', () => {
    const taken = new Set<string>();
    for (const { x, y, width, height } of widgetsOf(aStack())) {
      for (let column = x; column < x + width; column += 1) {
        for (let row = y; row < y + height; row += 1) {
          expect(taken.has(`${column},${row}`)).toBe(false);
          expect(column).toBeLessThan(24);
          taken.add(`${column},${row}`);
        }
      }
    }
  });

  test('begins with the state in words and the lights of the paths, then the map; the medic’s own alarms are last', () => {
    const all = titles(widgetsOf(aStack()));
    expect(all.slice(0, 3)).toEqual(['State', 'VPN paths', 'VPN map']);
    expect(all.at(-1)).toBe("The medic's own alarms");
    const [first, lights] = widgetsOf(aStack());
    expect(first?.properties['params']).toEqual({ region: 'eu-west-1', show: 'state' });
    expect(lights?.properties['alarms']).toHaveLength(5);
  });

  test('has every alarm of the stack once, by its ARN', () => {
    const shown = widgetsOf(aStack()).flatMap(({ properties }) => properties['alarms'] ?? []);
    expect(shown.map(String).toSorted()).toEqual(
      alarmsOf(aStack())
        .map(
          ({ name }) =>
            `arn:\${AWS::Partition}:cloudwatch:eu-west-1:\${AWS::AccountId}:alarm:${name}`,
        )
        .toSorted(),
    );
  });

  test('has state and map of each region when there is their function, and neither when there is none', () => {
    const both = titles(widgetsOf(aStack({ regions: ['eu-west-1', 'us-east-1'] })));
    for (const title of ['State', 'VPN map']) {
      expect(both).toEqual(expect.arrayContaining([`${title}, eu-west-1`, `${title}, us-east-1`]));
    }
    const without = titles(widgetsOf(aStack({ functions: [fn('watchAppliances')] })));
    expect(without[0]).toBe('VPN paths');
    expect(without).not.toContain('VPN map');
    expect(without).not.toContain('State');
  });

  test('names on no graph a metric as the code does, and has a line with words on each', () => {
    const graphs = widgetsOf(aStack()).filter(({ type }) => type === 'metric');
    expect(graphs.length).toBeGreaterThan(10);
    for (const { properties } of graphs) {
      const { metrics, annotations, title } = Object(properties);
      const labels = JSON.stringify(metrics).match(/"label":"[^"]*"/g) ?? [];
      expect([
        title,
        labels.filter((label) => /"label":"([A-Z][a-z]+[A-Z]|")/.test(label)),
      ]).toEqual([title, []]);
      expect([title, annotations?.horizontal?.length > 0]).toEqual([title, true]);
    }
  });

  test('finds tunnels and endpoints by SEARCH in each watched region, so that new ones show by themselves', () => {
    const widgets = widgetsOf(aStack({ regions: ['eu-west-1', 'us-east-1'] }));
    for (const metric of ['TunnelState', 'TunnelDataIn', 'ActiveConnectionsCount']) {
      const on = widgets.filter(({ properties }) =>
        JSON.stringify(properties['metrics'] ?? []).includes(`MetricName=\\"${metric}\\"`),
      );
      expect(on.map(({ properties }) => properties['region'])).toEqual(['eu-west-1', 'us-east-1']);
    }
  });

  test('names nothing that Fn::Sub would take for a variable, besides account and partition', () => {
    const variables = [...textOf(aStack()).matchAll(/\$\{([^!}][^}]*)\}/g)].map(
      ([, name = '']) => name,
    );
    expect([...new Set(variables)].toSorted()).toEqual(['AWS::AccountId', 'AWS::Partition']);
  });

  test('adds up what all functions cost, each by its own memory', () => {
    const [cost] = widgetsOf(
      aStack({ functions: [fn('watchAppliances'), { ...fn('mapWidget'), memoryMb: 512 }] }),
    ).filter(({ properties }) => properties['title'] === 'Lambda, USD a day');
    const [[{ expression }]] = JSON.parse(JSON.stringify(cost?.properties['metrics']));
    const usd = (ms: readonly number[]) =>
      String(expression)
        .split('+FILL')
        .map((part, index) => Number(part.split('*')[1]) * (ms[index] ?? 0))
        .reduce((sum, one) => sum + one, 0);
    // 256 MB for 66 s of every minute, a day: 23,760 GB-s at 13.3334 millionths.
    expect(usd([66_000 * 1_440, 0])).toBeCloseTo(0.3168, 4);
    expect(usd([0, 1_000])).toBeCloseTo(0.5 * 0.0000133334, 9);
  });
});

describe('limits', () => {
  const widget = (properties: Readonly<Record<string, unknown>>): Widget => ({
    type: 'metric',
    x: 0,
    y: 0,
    width: 24,
    height: 6,
    properties: { title: 'w', ...properties },
  });
  const many = <T>(count: number, one: T): readonly T[] => Array.from({ length: count }, () => one);
  const metrics = (count: number) => widget({ metrics: many(count, ['a', 'b']) });
  const search = (length: number) =>
    widget({ metrics: [[{ expression: `SEARCH('${'x'.repeat(length - 9)}'` }]] });

  test.each<readonly [string, readonly Widget[], readonly Widget[]]>([
    ['widgets', many(500, widget({})), many(501, widget({}))],
    ['metrics on all widgets', many(5, metrics(500)), [...many(5, metrics(500)), metrics(1)]],
    ['metrics on "w"', [metrics(500)], [metrics(501)]],
    ['alarms on "w"', [widget({ alarms: many(100, 'a') })], [widget({ alarms: many(101, 'a') })]],
    ['characters of a SEARCH', [search(1_024)], [search(1_025)]],
    ['grid', [widget({})], [{ ...widget({}), x: 1 }]],
  ])('%s: what CloudWatch takes passes, one more is refused by name', (name, fits, tooMuch) => {
    expect(() => refuseOverLimits(fits)).not.toThrow();
    expect(() => refuseOverLimits(tooMuch)).toThrow(name);
  });

  test('are all listed at once', () => {
    expect(() => refuseOverLimits([metrics(501), search(1_025)])).toThrow(
      /501 metrics[^]*1025 char/,
    );
  });

  test('eight regions fit on one dashboard, and too many are refused when packaging', () => {
    const regions = (count: number) =>
      Array.from({ length: count }, (_, index) => `eu-west-${index}`);
    expect(() => textOf(aStack({ regions: regions(8) }))).not.toThrow();
    expect(() => textOf(aStack({ regions: regions(30) }))).toThrow('watch fewer regions');
  });
});
