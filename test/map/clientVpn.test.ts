/** Client VPN endpoints on the map, as EC2 says them. */
import { expect, test } from '@jest/globals';
import { known, unknown } from '../../lib/core/reading.ts';
import { mapEndpoints } from '../../lib/map/clientVpn.ts';
import { anAssociation, anObservation } from '../builders/endpoints.ts';
import { NOW, REGION } from '../builders/facts.ts';

test.each([
  ['available in two zones', {}, 'well'],
  ['available in one zone', { associations: known([anAssociation('a')], NOW) }, 'well'],
  ['without an association', { associations: known([], NOW) }, 'down'],
  [
    'with an association that is not active',
    { associations: known([anAssociation('a', 'associating')], NOW) },
    'down',
  ],
  ['pending', { fact: { state: 'pending' } }, 'down'],
  ['with associations that cannot be read', { associations: unknown('denied', NOW) }, 'unsure'],
  ['in an unknown state', { fact: { state: 'unknown' } }, 'unsure'],
] as const)('an endpoint %s', (_what, over, health) => {
  expect(mapEndpoints([anObservation(over)])).toMatchObject([{ health }]);
});

test('an endpoint that is being deleted is not shown', () => {
  expect(mapEndpoints([anObservation({ fact: { state: 'deleting' } })])).toEqual([]);
});

test('it names the zones of its active associations, and itself by its id when it has no name', () => {
  const associations = known(
    [anAssociation('b'), anAssociation('a'), anAssociation('c', 'disassociated')],
    NOW,
  );
  expect(mapEndpoints([anObservation({ associations, fact: { name: '' } })])).toMatchObject([
    { zones: [`${REGION}a`, `${REGION}b`], name: expect.stringMatching(/^cvpn-endpoint-/) },
  ]);
});
