/** Goal: the command counts what is there, says what it could not count, and reaches AWS only when it must. Method: run in this process. */
import { describe, expect, test } from '@jest/globals';
import * as v from 'valibot';
import { known, unknown } from '../../lib/core/reading.ts';
import { anEndpoint } from '../builders/endpoints.ts';
import { NOW } from '../builders/facts.ts';
import { cli, emptyEndpoints, emptyMetrics, simAccount, simulatedClients } from './open.ts';

const Report = v.object({
  version: v.literal(1),
  of: v.string(),
  inventory: v.record(v.string(), v.number()),
  objections: v.array(v.string()),
  listUsd: v.number(),
  afterFreeUsd: v.number(),
  lines: v.array(v.object({ item: v.string(), listUsd: v.number(), source: v.string() })),
});
const reportOf = (out: string) => v.parse(Report, JSON.parse(out));

test('--sim needs no AWS, and shows its five appliances', async () => {
  const { exit, out } = await cli(['cost', '--sim']);
  expect(exit).toBe(0);
  expect(out).toContain('5 appliances');
  expect(out).toMatch(/USD a month at list prices/);
});

test('counts that are named replace those that are found', async () => {
  const named = ['--connections', '100', '--endpoints', '10', '--json'];
  const { out } = await cli(['cost', '--sim', ...named]);
  const { inventory, lines } = reportOf(out);
  expect(inventory).toMatchObject({
    applianceCount: 5,
    connectionCount: 100,
    tunnelCount: 200,
    endpointCount: 10,
  });
  expect(lines.some(({ item }) => item === 'state and bytes of tunnels')).toBe(true);
});

test('twice the memory costs the watcher once more, and nothing else changes', async () => {
  const of = async (...more: readonly string[]) =>
    reportOf((await cli(['cost', '--sim', '--json', ...more])).out);
  const [usual, doubled] = [await of(), await of('--watch-memory-mb', '512')];
  const ofWatcher = usual.lines.filter(({ item }) => item === 'watchAppliances');
  const time = Math.max(...ofWatcher.map(({ listUsd }) => listUsd));
  expect(doubled.listUsd - usual.listUsd).toBeCloseTo(time, 6);
});

test('fewer seconds of watching cost less, and more events of instances more', async () => {
  const of = async (...more: readonly string[]) =>
    reportOf((await cli(['cost', '--sim', '--json', ...more])).out).listUsd;
  expect(await of('--watch-seconds', '12')).toBeLessThan(await of());
  expect(await of('--instance-events', '100000')).toBeGreaterThan(await of());
});

test.each([
  [['--sim', '--capture', 'x.jsonl'], 'exclude each other'],
  [['--sim', '--endpoints', 'many'], '--endpoints many: write a whole number'],
])('%j is refused', async (argv, words) => {
  const { exit, err } = await cli(['cost', ...argv]);
  expect(exit).toBe(1);
  expect(err).toContain(words);
});

describe('of an account', () => {
  const account = simAccount();
  const { clients } = simulatedClients(account);
  const clock = { now: () => NOW };
  const run = async (over: Partial<typeof clients>) =>
    cli(['cost', '--json'], { clients: { ...clients, ...over }, env: { AWS_REGION: 'eu-west-1' } });

  test('counts appliances, endpoints and series', async () => {
    const running = run({
      endpoints: async () => ({
        ...emptyEndpoints(clock),
        endpoints: async () => known([anEndpoint({ hasConnectHandler: true })], NOW),
      }),
      watchTags: async () => ({
        watched: async () =>
          known([{ arn: 'arn:aws:route53:::healthcheck/hc-1', ignore: null, quiet: null }], NOW),
      }),
      metrics: async (region) => ({
        ...emptyMetrics(clock),
        series: async ({ namespace, metricName }) =>
          known(
            metricName === 'HealthCheckStatus' && region === 'us-east-1'
              ? ['hc-1', 'hc-2'].map((HealthCheckId) => ({
                  namespace,
                  metricName,
                  dimensions: { HealthCheckId },
                }))
              : [],
            NOW,
          ),
      }),
    });
    await account.clock.run(account.clock.monotonicMs() + 5_000);
    const { exit, out } = await running;
    expect(exit).toBe(0);
    // Of two health checks one is tagged.
    expect(reportOf(out).inventory).toEqual({
      applianceCount: 5,
      connectionCount: 0,
      tunnelCount: 0,
      connectionGroupCount: 0,
      endpointCount: 1,
      handlerCount: 1,
      federatedCount: 0,
      tableSeriesCount: 1,
    });
  });

  test('a gateway of last resort keeps the poll of connections running, as a group does', async () => {
    const ec2 = await clients.ec2('eu-west-1');
    const tag = { resourceType: 'vpn-gateway', key: 'vpn-medic:group', value: 'hq' };
    const running = run({
      ec2: async () => ({
        ...ec2,
        tags: async () => known([{ ...tag, resourceId: 'vgw-0a' }], NOW),
      }),
    });
    await account.clock.run(account.clock.monotonicMs() + 5_000);
    const { inventory, lines } = reportOf((await running).out);
    expect(inventory).toMatchObject({ applianceCount: 0, connectionGroupCount: 1 });
    expect(lines.some(({ item }) => item.includes('every 10 s'))).toBe(true);
  });

  test('what cannot be read is an objection and exit 1, not a zero', async () => {
    const running = run({
      endpoints: async () => ({
        ...emptyEndpoints(clock),
        endpoints: async () => unknown('ec2:DescribeClientVpnEndpoints denied', NOW),
      }),
    });
    await account.clock.run(account.clock.monotonicMs() + 5_000);
    const { exit, out } = await running;
    expect(exit).toBe(1);
    expect(reportOf(out).objections).toEqual([
      'endpoints are not counted: ec2:DescribeClientVpnEndpoints denied',
    ]);
  });
});
