/** Goal: network ACLs are called closed only where no packet passes, on the way there or back. Method: entries by hand. */
import { describe, expect, test } from '@jest/globals';
import { throughAcls } from '../../../../lib/cli/check/reach/networkAcls.ts';
import type { AclEntry, NetworkAclFact } from '../../../../lib/core/securityGroupPort.ts';

const PROBES = { subnetId: 'subnet-p', name: 'probe-a', cidrs: ['10.0.9.0/24'] };
const APPLIANCE = { subnetId: 'subnet-a', name: 'hq-a', cidrs: ['10.0.0.10/32'] };
const OUTSIDE = { subnetId: null, name: 'the watching function', cidrs: ['0.0.0.0/0'] };
const IKE = { protocol: 'udp', port: 500 } as const;

const entry = (number: number, over: Partial<AclEntry> = {}): AclEntry => ({
  number,
  isEgress: false,
  isAllowed: true,
  protocol: '17',
  ports: null,
  cidr: '0.0.0.0/0',
  ...over,
});
const out = (number: number, over: Partial<AclEntry> = {}): AclEntry =>
  entry(number, { isEgress: true, ...over });
const EVERYTHING = [entry(100, { protocol: '-1' }), out(100, { protocol: '-1' })];

const acl = (subnetId: string, entries: readonly AclEntry[]): NetworkAclFact => ({
  aclId: `acl-${subnetId}`,
  subnetIds: [subnetId],
  entries,
});
const through = (appliance: readonly AclEntry[], probes: readonly AclEntry[] = EVERYTHING) =>
  throughAcls(PROBES, APPLIANCE, IKE, [acl('subnet-a', appliance), acl('subnet-p', probes)]);

describe('open', () => {
  test.each([
    ['everything is allowed', EVERYTHING],
    [
      'the port, and the ports of the answers, are allowed for the range of the probes alone',
      [entry(1, { ports: [500, 500], cidr: '10.0.9.0/24' }), out(1, { ports: [1_024, 65_535] })],
    ],
    [
      'two entries allow a half of the range each',
      [entry(1, { cidr: '10.0.9.0/25' }), entry(2, { cidr: '10.0.9.128/25' }), out(1)],
    ],
    [
      'two entries allow the ports of the answers together',
      [entry(1), out(1, { ports: [1_024, 40_000] }), out(2, { ports: [40_001, 65_535] })],
    ],
    ['it is denied only after it was allowed', [entry(1), entry(2, { isAllowed: false }), out(1)]],
    [
      'another port, protocol or range is denied first',
      [
        entry(1, { isAllowed: false, ports: [501, 600] }),
        entry(2, { isAllowed: false, protocol: '6' }),
        entry(3, { isAllowed: false, cidr: '10.0.8.0/24' }),
        entry(4),
        out(1),
      ],
    ],
  ])('when %s', (_what, entries) => {
    expect(through(entries)).toEqual({ kind: 'open' });
  });

  test('within one subnet, whatever its network ACL says', () => {
    const beside = { ...APPLIANCE, subnetId: 'subnet-p' };
    expect(throughAcls(PROBES, beside, IKE, [acl('subnet-p', [])])).toEqual({ kind: 'open' });
  });

  test('from outside, where the network ACL of the appliance is the only one', () => {
    expect(throughAcls(OUTSIDE, APPLIANCE, IKE, [acl('subnet-a', EVERYTHING)])).toEqual({
      kind: 'open',
    });
  });
});

describe('closed', () => {
  test.each<[string, readonly AclEntry[], readonly AclEntry[], string]>([
    [
      'at the appliance, on the way in',
      [out(1)],
      EVERYTHING,
      'acl-subnet-a of subnet-a lets no udp 500 in from probe-a',
    ],
    [
      'at the appliance, on the way back',
      [entry(1)],
      EVERYTHING,
      'acl-subnet-a of subnet-a lets no answers (udp 1024-65535) out to probe-a',
    ],
    [
      'at the probes, on the way out',
      EVERYTHING,
      [entry(1)],
      'acl-subnet-p of subnet-p lets no udp 500 out to hq-a',
    ],
    [
      'at the probes, on the way back',
      EVERYTHING,
      [out(1)],
      'acl-subnet-p of subnet-p lets no answers (udp 1024-65535) in from hq-a',
    ],
  ])('%s', (_where, appliance, probes, why) => {
    expect(through(appliance, probes)).toMatchObject({
      kind: 'closed',
      why: `the network ACL ${why}`,
    });
  });

  test('by an entry before the one that allows it; the command adds one before that, with a number that is free', () => {
    const denied = [entry(99), entry(100, { isAllowed: false }), entry(200), out(1)];
    expect(through(denied.slice(1))).toMatchObject({
      kind: 'closed',
      command:
        'aws ec2 create-network-acl-entry --network-acl-id acl-subnet-a --ingress --rule-number 99 --rule-action allow --protocol udp --port-range From=500,To=500 --cidr-block 10.0.9.0/24',
    });
    const taken = [entry(99, { protocol: '6' }), ...denied.slice(1)];
    expect(through(taken)).toMatchObject({ command: expect.stringContaining('--rule-number 98 ') });
  });

  test('by entries of the other family alone', () => {
    expect(through([entry(1, { cidr: '::/0' }), out(1)])).toMatchObject({ kind: 'closed' });
  });
});

describe('unknown, never closed and never open', () => {
  test.each([
    ['half of the range is allowed', [entry(1, { cidr: '10.0.9.0/25' }), out(1)]],
    [
      'one address of the range is denied',
      [entry(1, { isAllowed: false, cidr: '10.0.9.7/32' }), entry(2), out(1)],
    ],
    [
      'a part of the ports of the answers is allowed',
      [entry(1), out(1, { ports: [32_768, 60_999] })],
    ],
  ])('when %s', (_what, entries) => {
    expect(through(entries)).toMatchObject({ kind: 'unknown' });
  });

  test('when the network ACLs were not read, or not that of a subnet', () => {
    expect(throughAcls(PROBES, APPLIANCE, IKE, null)).toMatchObject({ kind: 'unknown' });
    expect(throughAcls(PROBES, APPLIANCE, IKE, [acl('subnet-a', EVERYTHING)])).toMatchObject({
      kind: 'unknown',
    });
  });

  test('when the range of the probes is not known', () => {
    const somewhere = { ...PROBES, cidrs: [] };
    const acls = [acl('subnet-a', EVERYTHING), acl('subnet-p', EVERYTHING)];
    expect(throughAcls(somewhere, APPLIANCE, IKE, acls)).toMatchObject({ kind: 'unknown' });
  });
});
