/**
 * Goal: endpoints are probed in every run of a minute, and nothing that is paid for is asked more often than it is
 * published. Method: an hour of runs of the function, and each call counted.
 */
import { describe, expect, test } from '@jest/globals';
import { measured } from '../../../lib/core/metric.ts';
import { known, unknown } from '../../../lib/core/reading.ts';
import { pollEndpointsAndMetrics } from '../../../lib/watcher/scopes/endpointsAndMetrics.ts';
import { anAssociation, anEndpoint, wellSurroundings } from '../../builders/endpoints.ts';
import { ACCOUNT } from '../../builders/facts.ts';
import { calm, somePorts } from '../../builders/ports.ts';

const MINUTE_MS = 60_000;
const POLICY = { fall: 3, probeIntervalMs: 1_000, mode: 'act' } as const;
const DX = 'arn:aws:directconnect:eu-west-1:111122223333:dxcon/dxcon-1';

interface Account {
  readonly endpointIds: readonly string[];
  /** Minutes from `darkFrom` on nothing answers. */
  readonly darkFrom?: number;
  readonly hasStore?: boolean;
  /** In this minute AWS Health tells of the Direct Connect. */
  readonly toldAt?: number;
}

async function anHour({ endpointIds, darkFrom = 60, hasStore = true, toldAt = 60 }: Account) {
  const ports = somePorts();
  const { clock } = ports;
  const counts: Record<string, number> = {};
  const count = (name: string, by = 1) => {
    counts[name] = (counts[name] ?? 0) + by;
  };
  let minute = 0;
  const region = (name: string) => ({
    ...ports,
    region: name,
    store: {
      read: async (...args: Parameters<typeof ports.store.read>) =>
        hasStore ? ports.store.read(...args) : unknown('throttled', clock.now()),
      write: async (...args: Parameters<typeof ports.store.write>) => {
        count('writes');
        return ports.store.write(...args);
      },
    },
    endpoints: {
      endpoints: async () => {
        const ids = name === 'eu-west-1' ? endpointIds : [];
        return known(
          ids.map((endpointId) => anEndpoint({ endpointId })),
          clock.now(),
        );
      },
      associations: async (ids: readonly string[]) =>
        new Map(
          ids.map((id) => [id, known([anAssociation('a'), anAssociation('b')], clock.now())]),
        ),
      sessions: async () => known([], clock.now()),
    },
    surroundings: wellSurroundings(clock),
    endpointProbes: {
      send: async () => {
        count('probes');
        return minute >= darkFrom
          ? ({ kind: 'down', why: 'no answer', tookMs: 2_500 } as const)
          : ({ kind: 'up', tookMs: 20 } as const);
      },
    },
    watchTags: {
      watched: async () => known([{ arn: DX, ignore: null, quiet: null }], clock.now()),
    },
    metrics: {
      series: async ({ namespace }: { readonly namespace: string }) => {
        count('lists');
        const active = (Endpoint: string) => ({
          namespace,
          metricName: 'ActiveConnectionsCount',
          dimensions: { Endpoint },
        });
        const state = {
          namespace,
          metricName: 'ConnectionState',
          dimensions: { ConnectionId: 'dxcon-1' },
        };
        const all =
          namespace === 'AWS/ClientVPN'
            ? endpointIds.map(active)
            : namespace === 'AWS/DX'
              ? [state]
              : [];
        return known(name === 'eu-west-1' ? all : [], clock.now());
      },
      points: async (
        queries: readonly { readonly namespace: string }[],
        window: Parameters<typeof measured>[1],
      ) => {
        for (const { namespace } of queries) count(`series of ${namespace}`);
        return queries.map(() => known(measured([], window, false), clock.now()));
      },
    },
  });
  for (minute = 0; minute < 60; minute += 1) {
    const startedMs = clock.monotonicMs();
    let isOver = false;
    const running = pollEndpointsAndMetrics(
      region,
      {
        accountId: ACCOUNT,
        regions: ['eu-west-1'],
        policy: POLICY,
        ...(minute === toldAt && { look: { region: 'eu-west-1', health: [] } }),
      },
      calm(),
    ).finally(() => {
      isOver = true;
    });
    await clock.run(startedMs + MINUTE_MS, () => isOver);
    await running;
    await clock.run(startedMs + MINUTE_MS);
  }
  return { counts, sent: ports.notifications.sent };
}

describe('an hour of runs', () => {
  test('each endpoint is probed 60 times, its metrics are asked for as often as they are published', async () => {
    const { counts } = await anHour({ endpointIds: ['cvpn-endpoint-1', 'cvpn-endpoint-2'] });
    expect(counts['probes']).toBe(2 * 60);
    // Active connections every five minutes, and their two weeks once an hour.
    expect(counts['series of AWS/ClientVPN']).toBeLessThanOrEqual(2 * (12 + 1 + 1));
    expect(counts['series of AWS/ClientVPN']).toBeGreaterThanOrEqual(2 * 12);
    expect(counts['series of AWS/DX']).toBeLessThanOrEqual(12 + 1);
    expect(counts['series of AWS/DX']).toBeGreaterThanOrEqual(12);
  });

  test('without an endpoint no run in between takes a lease', async () => {
    const none = (await anHour({ endpointIds: [] })).counts['writes'] ?? 0;
    const one = (await anHour({ endpointIds: ['cvpn-endpoint-1'] })).counts['writes'] ?? 0;
    // A lease is taken and released.
    expect(one - none).toBeGreaterThanOrEqual(2 * 47);
    expect(none).toBeLessThan(200);
  });

  test('without the state table metrics are asked for in one minute of five', async () => {
    const { counts } = await anHour({ endpointIds: [], hasStore: false });
    expect(counts['series of AWS/DX']).toBe(12);
  });

  test('what AWS Health tells has the metrics of its region judged once more', async () => {
    const usual = (await anHour({ endpointIds: [] })).counts['series of AWS/DX'] ?? 0;
    const { counts } = await anHour({ endpointIds: [], toldAt: 32 });
    expect(counts['series of AWS/DX']).toBe(usual + 1);
  });

  test('an endpoint that goes dark is notified by the next run', async () => {
    const { sent } = await anHour({ endpointIds: ['cvpn-endpoint-1'], darkFrom: 31 });
    expect(sent.map(({ state, incidentId }) => `${state} ${incidentId.split('/').at(-1)}`)).toEqual(
      // The Direct Connect connection of this account has a series without a value.
      ['opened WatchSilent', 'opened EndpointUnreachable'],
    );
  });
});
