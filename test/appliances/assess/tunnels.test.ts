/** What is told of tunnels: far sides silent through every appliance, and appliances of which only the daemon is proven. */
import { describe, expect, test } from '@jest/globals';
import type { VantageObservation } from '../../../lib/appliances/types/world.ts';
import { parseProbes } from '../../../lib/probe/clauses.ts';
import { look, type Setting } from '../../builders/assess.ts';
import { anObservation } from '../../builders/evidence.ts';
import { lately } from '../../builders/probeHistory.ts';
import { anAppliance, aRoute } from '../../builders/world.ts';

const FAR = 'tcp:10.20.0.5:22';

const appliances = (probe: string) => {
  const parsed = parseProbes(probe);
  const probes = parsed.ok ? parsed.value : [];
  return ['i-a1', 'i-b1'].map((id) => anAppliance(id, { probes }));
};

/** Its own vantage: the daemon answers, and the far side as told. */
const own = (id: string, far: string): VantageObservation =>
  anObservation(
    { [`${id} ike:500`]: lately('+++++'), [`${id} ${FAR}`]: lately(far) },
    { id: `probe-${id}`, farSides: new Map([[`${id} ${FAR}`, `hq ${FAR}`]]) },
  );

const find = (reason: string, setting: Setting) =>
  look({ routes: [aRoute('rtb-1 10.20.0.0/16', 'i-a1')], ...setting }).findings.find(
    (one) => one.reason === reason,
  );

describe('a far side', () => {
  const probe = `ike:500 ${FAR}`;

  test('that is silent through both is critical, by its name and theirs', () => {
    const vantages = [own('i-a1', '+----'), own('i-b1', '+----')];
    const found = find('FarSideSilent', { appliances: appliances(probe), vantages });
    expect(found?.severity).toBe('critical');
    expect(found?.summary).toContain(`${FAR} answers through no appliance of group hq`);
  });

  test.each([
    ['answers through one of them', '+++++'],
    ['has missed there for 1 s only', '+++--'],
  ])('that %s is not told', (_what, other) => {
    const vantages = [own('i-a1', '+----'), own('i-b1', other)];
    expect(find('FarSideSilent', { appliances: appliances(probe), vantages })).toBeUndefined();
  });
});

describe('only the daemon is proven', () => {
  const daemon = (id: string) =>
    anObservation({ [`${id} ike:500`]: lately('+++++') }, { id: `probe-${id}` });

  test('of two appliances with the default probe: one information for their group', () => {
    const vantages = [daemon('i-a1'), daemon('i-b1')];
    const found = find('TunnelNotProven', { appliances: appliances('ike:500'), vantages });
    expect(found?.severity).toBe('info');
    expect(found?.summary).toContain('all 2 appliances of group hq');
    expect(found?.evidence).toHaveLength(2);
  });

  test('of one of two whose other is probed through its tunnel', () => {
    const vantages = [own('i-a1', '+++++'), daemon('i-b1')];
    const found = find('TunnelNotProven', { appliances: appliances(`ike:500 ${FAR}`), vantages });
    expect(found?.summary).toContain('1 of 2 appliances');
  });

  test('of none where both are probed through their tunnels', () => {
    const vantages = [own('i-a1', '+++++'), own('i-b1', '+++++')];
    expect(
      find('TunnelNotProven', { appliances: appliances(`ike:500 ${FAR}`), vantages }),
    ).toBeUndefined();
  });

  test('joined by |, although the far side answers: the clause is named', () => {
    const vantages = [own('i-a1', '+++++'), own('i-b1', '+++++')];
    const found = find('TunnelNotProven', { appliances: appliances(`ike:500|${FAR}`), vantages });
    expect(found?.summary).toContain(`The daemon alone satisfies ike:500|${FAR}`);
  });

  test('of a group without a route that could move: not told', () => {
    const vantages = [daemon('i-a1'), daemon('i-b1')];
    const setting = { appliances: appliances('ike:500'), vantages, routes: [] };
    expect(find('TunnelNotProven', setting)).toBeUndefined();
  });
});
