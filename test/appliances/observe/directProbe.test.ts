/** The probe of the appliance itself that stands beside far sides alone. */
import { expect, test } from '@jest/globals';
import { withDirectProbe } from '../../../lib/appliances/observe/directProbe.ts';
import { parseProbes } from '../../../lib/probe/clauses.ts';
import { VPC } from '../../builders/facts.ts';
import { anAppliance, aRoute } from '../../builders/world.ts';

const topology = {
  routes: [aRoute('rtb-1 10.20.0.0/16', 'i-a1')],
  localCidrs: new Map([[VPC, ['10.0.0.0/16']]]),
  prefixLists: new Map(),
};

test.each([
  ['tcp:10.20.0.5:22', 'tcp:10.20.0.5:22 ike:500'],
  ['tcp:10.20.0.5:22|tcp:10.20.0.6:22', 'tcp:10.20.0.5:22|tcp:10.20.0.6:22 ike:500'],
  ['ike:500|tcp:10.20.0.5:22', 'ike:500|tcp:10.20.0.5:22'],
  ['ike:500 tcp:10.20.0.5:22', 'ike:500 tcp:10.20.0.5:22'],
  ['tcp:10.0.3.4:22', 'tcp:10.0.3.4:22'],
])('a tag of %s is probed as %s', (tag, probed) => {
  const parsed = parseProbes(tag);
  const one = anAppliance('i-a1', { probes: parsed.ok ? parsed.value : [] });
  const { probes } = withDirectProbe(one, topology);
  expect(probes.map((clause) => clause.map(({ text }) => text).join('|')).join(' ')).toBe(probed);
  expect(probes.flat().some(({ isImplied }) => isImplied)).toBe(tag !== probed);
});

test('a tag that cannot be read stays without a probe', () => {
  expect(withDirectProbe(anAppliance('i-a1', { probes: [] }), topology).probes).toEqual([]);
});
