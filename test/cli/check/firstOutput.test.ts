/**
 * Goal: the first lines of check, with what the leader has found, come within 2 s on 50 appliances, whatever else hangs.
 * Method: the command over the simulated account, whose calls take as long as AWS's, in virtual time.
 */

import { expect, test } from '@jest/globals';
import { DEFAULT_POLICY } from '../../../lib/appliances/types/policy.ts';
import { Deployment } from '../../../lib/simulator/deployment.ts';
import { id } from '../../../lib/simulator/layout/words.ts';
import { layOut } from '../../../lib/simulator/layout.ts';
import { aGroupLayout } from '../../builders/oneGroup.ts';
import { cliOver, START_AT, simAccount, simulatedClients } from '../open.ts';

const HUNG_MS = 21_000;

test('on 50 appliances, with an endpoint service that hangs for 21 s, the leader’s verdict is on the screen within 2 s', async () => {
  const group = (index: number) =>
    aGroupLayout({ name: `g${index}`, destinations: [`10.${index}.0.0/16`] });
  const sim = simAccount(
    layOut({
      zones: ['a', 'b'],
      groups: Array.from({ length: 25 }, (_, index) => group(index)),
      tablesPerZone: 1,
      hasUntaggedTable: false,
      hasTableWithoutPreferred: false,
      takenAt: START_AT,
    }),
  );
  sim.faults.add({ kind: 'process-dead', instanceId: id('i', 1) }, 30_000, 1e9);
  new Deployment(sim, {
    seed: 1,
    policy: DEFAULT_POLICY,
    everyMs: 60_000,
    lifeMs: 90_000,
  }).start();
  await sim.clock.run(60_000);
  const { clients, ports } = simulatedClients(sim);
  const startedMs = sim.clock.monotonicMs();
  const atMs: number[] = [];
  const { out } = await cliOver(sim, ['check', '--state-table', 't'], {
    isWatched: false,
    clients: {
      ...clients,
      endpoints: async (...args) => {
        await ports.clock.sleep(HUNG_MS);
        return clients.endpoints(...args);
      },
    },
    clock: ports.clock,
    onOut: () => atMs.push(sim.clock.monotonicMs() - startedMs),
  });
  const [firstMs = Number.NaN, lastMs = Number.NaN] = atMs;
  expect(firstMs).toBeLessThanOrEqual(2_000);
  expect(lastMs).toBeGreaterThanOrEqual(HUNG_MS);
  const [opening = ''] = out.split('\n\n');
  expect(opening).toContain('50 appliances in 25 groups');
  expect(opening).toMatch(/! The leader has 2 open incidents: ApplianceDown g0-a, RouteAway g0-a/);
});
