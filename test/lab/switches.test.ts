/**
 * Goal: what is switched off is in no part of the stack, and the rest is as it was. Method: packaged templates in which any
 * two switches are on and off in all four ways, against the one with everything: a part refers to one other part.
 */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, jest, test } from '@jest/globals';
import { SWITCHES, type Switch } from '../../lib/core/switches.ts';
import { packaged } from './stack/package.ts';
import type { PackagedTemplate } from './stack/template.ts';

// A hang guard: five packages, each with a build, on two busy cores.
jest.setTimeout(900_000);

/** In the ids of rules, so that it has to be one. */
const STAGE = 'prod';
const INSIDE = { repairSubnets: 'subnet-0a1b2c3d4e5f60718', repairSecurityGroups: 'sg-0a1b2c3d' };

/** What belongs to each, by the ids that CloudFormation shows: resources, then words of the dashboard. */
const PARTS: Readonly<Record<Switch, { readonly ids: RegExp; readonly tiles: readonly string[] }>> =
  {
    crl: { ids: /Crl/, tiles: ['Days left of our published CRLs', 'publishCrl'] },
    repair: { ids: /[Rr]epair/, tiles: ['repairAppliance'] },
    connections: { ids: /[Pp]ollConnections|Tunnel/, tiles: ['AWS/VPN', 'pollConnections'] },
    endpoints: { ids: /[Pp]ollEndpoints|EndpointsDown/, tiles: ['AWS/ClientVPN', 'pollEndpoints'] },
  };

let folder = '';
let all: PackagedTemplate;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'vpn-medic-switches-'));
  all = await packaged(join(folder, 'all'), STAGE, INSIDE);
});

afterAll(() => rm(folder, { recursive: true, force: true }));

/** With everything: each pair of switches both on, one off, the other off, and both off. */
const CASES: readonly (readonly Switch[])[] = SWITCHES.map((on) =>
  SWITCHES.filter((one) => one !== on),
);

test('any two switches are in some package on and off in all four ways', () => {
  const packages: readonly (readonly Switch[])[] = [[], ...CASES];
  for (const [index, one] of SWITCHES.entries()) {
    for (const other of SWITCHES.slice(index + 1)) {
      const ways = packages.map((off) => `${off.includes(one)} ${off.includes(other)}`);
      expect(new Set(ways).size).toBe(4);
    }
  }
});

test.each(CASES.map((off) => [off.join(' and '), off] as const))(
  'without %s nothing of it is deployed, and everything else is',
  async (_, off) => {
    const values = Object.fromEntries(off.map((name) => [name, 'false']));
    const template = await packaged(join(folder, off.join('-')), STAGE, { ...INSIDE, ...values });
    const isOff = (id: string) => off.some((name) => PARTS[name].ids.test(id));
    const expected = Object.keys(all.Resources).filter((id) => !isOff(id));
    expect(expected.length).toBeLessThan(Object.keys(all.Resources).length);
    expect(Object.keys(template.Resources).toSorted()).toEqual(expected.toSorted());
    expect(danglingIn(template)).toEqual([]);
    const dashboard = JSON.stringify(template.Resources['Dashboard']);
    for (const name of SWITCHES) {
      for (const words of PARTS[name].tiles) {
        expect([words, dashboard.includes(words)]).toEqual([words, !off.includes(name)]);
      }
    }
    const watcher = JSON.stringify(template.Resources['WatchAppliancesRole']);
    expect(watcher.includes('-repairAppliance')).toBe(!off.includes('repair'));
    const outputs = Object.keys(template.Outputs);
    expect(outputs.filter((id) => /^(Crl|Publisher)/.test(id)).length > 0).toBe(
      !off.includes('crl'),
    );
    expect(outputs.includes('RepairFunctionName')).toBe(!off.includes('repair'));
  },
);

/** Logical ids that are referred to and not there. */
function danglingIn({ Resources, Outputs }: PackagedTemplate): readonly string[] {
  const text = JSON.stringify({ Resources, Outputs });
  const named = [
    ...[...text.matchAll(/\{"Ref":"(\w+)"\}/g)].map(([, id = '']) => id),
    ...[...text.matchAll(/"Fn::GetAtt":\["(\w+)"/g)].map(([, id = '']) => id),
    ...[...text.matchAll(/\$\{(\w+)(?:\.\w+)*\}/g)].map(([, id = '']) => id),
  ];
  return [...new Set(named)].filter((id) => !(id in Resources));
}
