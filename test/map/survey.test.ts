/** The pass behind the map reads everything, and writes and notifies nothing. */
import { expect, test } from '@jest/globals';
import { DEFAULT_POLICY } from '../../lib/appliances/types/policy.ts';
import { known } from '../../lib/core/reading.ts';
import type { MapScene } from '../../lib/map/scene.ts';
import { type SurveyPorts, survey } from '../../lib/map/survey.ts';
import { defaultAccount } from '../../lib/simulator/defaults/account.ts';
import { rolesOf } from '../../lib/simulator/roles.ts';
import { START_AT, simAccount } from '../cli/open.ts';

const noEndpoints: SurveyPorts['endpoints'] = {
  endpoints: async () => known([], START_AT),
  associations: async () => new Map(),
};

async function surveyed(mode: 'act' | 'observe') {
  const account = simAccount();
  const [victim] = rolesOf(defaultAccount(START_AT)).appliances;
  account.faults.add({ kind: 'stopped', instanceId: victim?.instanceId ?? '' }, 0, 1e9);
  await account.clock.run(60_000);
  const { ports } = account.start('map');
  const seen: MapScene[] = [];
  const looking = survey(
    { ...ports, endpoints: noEndpoints },
    null,
    { ...DEFAULT_POLICY, mode },
    new AbortController().signal,
  );
  void looking.then((scene) => seen.push(scene));
  await account.clock.run(account.clock.monotonicMs() + 30_000, () => seen.length > 0);
  return { account, scene: await looking };
}

test('shows a stopped appliance and its lost routes, and writes and notifies nothing', async () => {
  const { account, scene } = await surveyed('act');
  expect(scene.appliances.filter(({ health }) => health === 'down')).toHaveLength(1);
  expect(
    scene.tables.flatMap(({ routeGroups }) => routeGroups).some(({ state }) => state === 'lost'),
  ).toBe(true);
  expect(account.log.writes).toEqual([]);
  expect(account.log.notifications).toEqual([]);
});

test('moves held only because the pass is read-only appear for a stack in observe mode alone', async () => {
  const rules = async (mode: 'act' | 'observe') =>
    (await surveyed(mode)).scene.held.map(({ rule }) => rule);
  expect(await rules('act')).not.toContain('observe');
  expect(await rules('observe')).toContain('observe');
});
