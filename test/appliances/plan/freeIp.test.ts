/** The private address that an Elastic address is associated with: none that another Elastic address has. */
import { expect, test } from '@jest/globals';
import { freeIpOf } from '../../../lib/appliances/plan/freeIp.ts';
import type { InterfaceFact } from '../../../lib/appliances/types/inventory.ts';
import { anInterface } from '../../builders/facts.ts';

const OWN = 'eipalloc-1';
const elastic = { publicIp: '203.0.113.9', allocationId: 'eipalloc-9' };
const lent = { publicIp: '198.51.100.9' };
const bare = { publicIp: null };
const link = (
  primary: Partial<InterfaceFact>,
  ...others: readonly { readonly publicIp: string | null; readonly allocationId?: string }[]
): InterfaceFact => ({
  ...anInterface('i-b1', { privateIp: '10.0.0.1', ...primary }),
  secondaryIps: others.map((one, index) => ({ privateIp: `10.0.0.${index + 2}`, ...one })),
});

test.each([
  ['a bare primary one first', link(bare, bare), '10.0.0.1'],
  ['a bare second one before a primary one that AWS lent an address', link(lent, bare), '10.0.0.2'],
  [
    'a primary one that AWS lent an address where no other is bare',
    link(lent, elastic),
    '10.0.0.1',
  ],
  ['a bare one behind others with Elastic addresses', link(elastic, elastic, bare), '10.0.0.3'],
  ['the one that has it already', link(bare, { ...elastic, allocationId: OWN }), '10.0.0.2'],
  ['none where each has another Elastic address', link(elastic, elastic), null],
  ['none without an IPv4 address', link({ ...bare, privateIp: null }), null],
])('%s', (_name, of, ip) => {
  expect(freeIpOf(of, OWN)).toBe(ip);
});

test('one that is taken by an earlier move of the same pass is passed over, on that interface alone', () => {
  const of = link(bare, bare);
  expect(freeIpOf(of, OWN, new Set([`${of.interfaceId} 10.0.0.1`]))).toBe('10.0.0.2');
  expect(freeIpOf(of, OWN, new Set(['eni-other 10.0.0.1']))).toBe('10.0.0.1');
});
