/** Goal: an anonymised capture names nobody and shows the same. Method: made-up accounts captured both ways, single values, and the replay of both. */
import { describe, expect, test } from '@jest/globals';
import { assert, integer, property, tuple } from 'fast-check';
import ipaddr from 'ipaddr.js';
import { openAnonymiser } from '../../lib/capture/anonymise.ts';
import { openCapture } from '../../lib/capture/parse.ts';
import type { Capture } from '../../lib/capture/types.ts';
import { playCaptures } from '../cases/play.ts';
import { broken } from '../examples/broken.ts';
import { EXAMPLES, takenOf } from '../examples/captures.ts';

const ACCOUNT = '111122223333';
const KEY = Buffer.alloc(32, 7);
const anonymous = (value: object): unknown => openAnonymiser(ACCOUNT, KEY)(value);
const parse = (text: string): Capture => {
  const reader = openCapture('capture');
  for (const line of text.split('\n')) reader.line(line);
  return reader.end().captures[0];
};

describe('one value', () => {
  test('an account number is replaced, in fields, in ARNs, and wherever else it stands', () => {
    const shown = JSON.stringify(
      anonymous({
        OwnerId: '444455556666',
        Arn: 'arn:aws:iam::111122223333:instance-profile/acme-vpn',
        Message: 'account 111122223333 may not, 444455556666 may',
      }),
    );
    expect(shown).not.toMatch(/1{4}2{4}|4{4}5{4}|acme/);
    expect(shown).toContain('account 900000000002 may not, 900000000001 may');
  });

  test('a count of 12 digits that is no account stays', () => {
    expect(anonymous({ IngressBytes: '555566667777' })).toEqual({ IngressBytes: '555566667777' });
  });

  test('a name is the same in every tag and every line, and an id stays', () => {
    const shown = openAnonymiser(ACCOUNT, KEY);
    const tag = (Key: string, Value: string) => Object(shown({ Tags: [{ Key, Value }] })).Tags[0];
    const { Value: group } = tag('vpn-medic:group', 'acme');
    expect(group).not.toContain('acme');
    expect(tag('vpn-medic:group', 'acme other').Value.split(' ')[0]).toBe(group);
    expect(tag('vpn-medic:members', 'i-0123456789abcdef0 acme').Value).toBe(
      `i-0123456789abcdef0 ${group}`,
    );
  });

  test('the grammar of a tag stays: kinds, ports, private addresses, zone', () => {
    const tag = (Key: string, Value: string) =>
      Object(anonymous({ Tags: [{ Key, Value }] })).Tags[0];
    expect(tag('vpn-medic:probe', 'ike:500 tcp:10.0.0.7:22@5').Value).toBe(
      'ike:500 tcp:10.0.0.7:22@5',
    );
    expect(tag('vpn-medic:preferred', 'zone').Value).toBe('zone');
    expect(tag('vpn-medic:quiet', 'Mon-Fri 19:00-07:00 Europe/Paris').Value).toBe(
      'Mon-Fri 19:00-07:00 Europe/Paris',
    );
  });

  test.each([
    ['10.1.2.3'],
    ['172.16.0.0/12'],
    ['192.168.1.1'],
    ['169.254.10.1'],
    ['100.64.0.1'],
    ['0.0.0.0/0'],
    ['fd00::1'],
  ])('%s is private or everywhere, and stays', (address) => {
    expect(anonymous({ CidrBlock: address })).toEqual({ CidrBlock: address });
  });

  test.each([['8.8.8.8'], ['203.0.113.9'], ['54.72.0.0/15'], ['2600:1f18::7']])(
    '%s is public, and is replaced',
    (address) => {
      expect(JSON.stringify(anonymous({ CidrBlock: address }))).not.toContain(address);
    },
  );

  test('a name that AWS makes of an address is replaced with it', () => {
    expect(
      JSON.stringify(anonymous({ Name: 'ec2-8-8-4-4.compute-1.amazonaws.com' })),
    ).not.toContain('8-8-4-4');
  });

  test('a CRL, which names its authority, is left out', () => {
    const line = {
      operation: 'ExportClientVpnClientCertificateRevocationList',
      output: { CertificateRevocationList: 'PEM' },
    };
    expect(JSON.stringify(anonymous(line))).not.toContain('PEM');
  });
});

test('an address lies in a range after it as before, and no public one becomes private', () => {
  const octet = integer({ min: 0, max: 255 });
  const address = tuple(integer({ min: 11, max: 99 }), octet, octet, octet);
  assert(
    property(address, integer({ min: 8, max: 32 }), (octets, bits) => {
      const text = octets.join('.');
      const range = `${ipaddr.IPv4.networkAddressFromCIDR(`${text}/${bits}`).toString()}/${bits}`;
      const [shown, shownRange] = Object(anonymous({ all: [text, range] })).all;
      const parsed = ipaddr.IPv4.parse(shown);
      expect(parsed.range()).toBe('unicast');
      expect(parsed.match(ipaddr.IPv4.parseCIDR(shownRange))).toBe(true);
    }),
    { numRuns: 200 },
  );
});

test.each(EXAMPLES.map((made) => [made.file, made] as const))(
  '%s, anonymised, holds none of its names, public addresses and account',
  async (_file, made) => {
    const plain = await takenOf(made);
    const shown = await takenOf(made, { anonymise: true });
    const tagged = [...plain.matchAll(/"Key":"Name","Value":"([^"]+)"/g)].map(([, name]) => name);
    const addresses = plain.match(/(?:203\.0\.113|198\.51\.100)\.\d+/g) ?? [];
    for (const word of new Set([made.account, ...addresses])) expect(shown).not.toContain(word);
    for (const name of new Set(tagged)) expect(shown).not.toContain(`"${name}"`);
  },
);

test.each(EXAMPLES.map((made) => [made.file, made] as const))(
  '%s with everything broken: detected and notified are the same, anonymised or not',
  async (_file, made) => {
    const sick = broken(made);
    const shapes = async (anonymise: boolean) => {
      const { timeline } = await playCaptures([parse(await takenOf(sick, { anonymise }))]);
      return timeline
        .map(({ at, kind, reason, severity }) => [at, kind, reason, severity].join(' '))
        .toSorted();
    };
    const plain = await shapes(false);
    expect(plain.length).toBeGreaterThan(0);
    expect(await shapes(true)).toEqual(plain);
  },
);
