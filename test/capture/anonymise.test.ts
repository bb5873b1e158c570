/** Goal: an anonymised capture names nobody and shows the same. Method: made-up accounts captured both ways, and single values. */
import { describe, expect, test } from '@jest/globals';
import { assert, integer, property, tuple } from 'fast-check';
import ipaddr from 'ipaddr.js';
import { parseDrillTimes } from '../../lib/appliances/state/drill.ts';
import { openAnonymiser } from '../../lib/capture/anonymise.ts';
import { parseQuiet } from '../../lib/core/quiet.ts';
import { parseSteps, readRepairTags } from '../../lib/core/repairTags.ts';
import { parseGroup, parsePools, parsePriority } from '../../lib/core/tags.ts';
import { parseProbes } from '../../lib/probe/clauses.ts';
import { withKeys } from '../../lib/probe/keyNames.ts';
import { EXAMPLES, takenOf } from '../examples/captures.ts';

const ACCOUNT = '111122223333';
const KEY = Buffer.alloc(32, 7);
const anonymous = (value: object): unknown => openAnonymiser(ACCOUNT, KEY)(value);

/** Of the ladder's further tags, as JSON: none has a fault. */
function isRead(text: string): boolean {
  const faults: string[] = [];
  const tags = new Map<string, string>([
    ['vpn-medic:repair', 'restart-service'],
    ['vpn-medic:service', 'strongswan'],
    ...Object.entries<string>(JSON.parse(text)),
  ]);
  readRepairTags(tags, ({ why }) => faults.push(why));
  return faults.length === 0;
}

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

  test.each([
    ['arn:aws:cloudwatch:eu-west-1:111122223333:alarm:Acme VPN is down'],
    ['arn:aws:sns:eu-west-1:111122223333:acme-oncall'],
    ['arn:aws:s3:::acme-bucket/acme/key'],
    ['arn:aws:iam::111122223333:role/acme/oncall'],
    ['arn:aws:logs:eu-west-1:111122223333:log-group:/acme/vpn:*'],
    ['sends to arn:aws:sns:eu-west-1:111122223333:acme-oncall, and no other'],
  ])('%s: no name of it stays', (arn) => {
    expect(JSON.stringify(anonymous({ Actions: [arn] }))).not.toMatch(/acme|oncall|1{4}2{4}/i);
  });

  test.each([
    ['arn:aws:directconnect:eu-west-1:900000000001:dxcon/dxcon-fh6ayh1d'],
    ['arn:aws:ec2:eu-west-1:900000000001:transit-gateway/tgw-07c2c492daaa34c85'],
    ['arn:aws:acm:eu-west-1:900000000001:certificate/625664c9-7f2a-a28e-b81d-4f6bff485878'],
  ])('%s: kind and id stay', (arn) => {
    const shown = Object(anonymous({ arn, OwnerId: '900000000001' })).arn;
    expect(shown.split(':').slice(5)).toEqual(arn.split(':').slice(5));
  });

  test("a load balancer's name is the same in its ARN and as CloudWatch writes it", () => {
    const { ResourceARN, Dimensions } = Object(
      anonymous({
        ResourceARN:
          'arn:aws:elasticloadbalancing:eu-west-1:111122223333:loadbalancer/net/acme/50dc6c495c0c9188',
        Dimensions: [{ Name: 'LoadBalancer', Value: 'net/acme/50dc6c495c0c9188' }],
      }),
    );
    expect(ResourceARN).toContain(`:loadbalancer/${Dimensions[0].Value}`);
    expect(ResourceARN).not.toContain('acme');
  });

  test.each([
    ['eu-west-1a', 'eu-west-1a'],
    ['10.0.0.7', '10.0.0.7'],
    ['vpn-0b1bb82b239f75924', 'vpn-0b1bb82b239f75924'],
    ['acme-prod', 'name-1'],
  ])('the dimension %s of a metric is shown as %s', (Value, shown) => {
    const pair = { Dimensions: [{ Name: 'Any', Value }] };
    expect(anonymous(pair)).toEqual({ Dimensions: [{ Name: 'Any', Value: shown }] });
  });

  test('names of Direct Connect, its buildings, of certificates and directories are replaced', () => {
    const shown = JSON.stringify(
      anonymous({
        connectionName: 'acme-dc',
        location: 'AcmeDC2',
        ownerAccount: '444455556666',
        tags: [{ key: 'Name', value: 'acme-vif' }],
        asnLong: 3_356,
        SubjectAlternativeNames: ['vpn.acme.example'],
        DirectoryDescriptions: [{ DirectoryId: 'd-926785f2c1', Name: 'corp.acme.example' }],
      }),
    );
    expect(shown).not.toMatch(/acme|4{4}5{4}|3356/i);
    expect(shown).toContain('d-926785f2c1');
  });

  test('the value of a filter by tag is replaced as the tag is, and a filter by id is not', () => {
    const filters = [
      { Name: 'tag:Name', Values: ['acme'] },
      { Name: 'vpc-id', Values: ['vpc-0318ca54e233a1ec7'] },
    ];
    const shown = Object(anonymous({ Filters: filters, Tags: [{ Key: 'Name', Value: 'acme' }] }));
    expect(shown.Filters[0].Values).toEqual([shown.Tags[0].Value]);
    expect(shown.Filters[1]).toEqual(filters[1]);
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

  test.each<readonly [string, string, (text: string) => boolean]>([
    ['group', 'acme', (text) => parseGroup(text).ok],
    ['pool', '10.8.0.0/24 8.8.8.0/24', (text) => parsePools(text).ok],
    ['priority', '200', (text) => parsePriority(text).ok],
    ['probe', 'ike:500|tcp:10.0.0.7:22@5', (text) => parseProbes(text).ok],
    ['probe-key', '/acme/a wireguard=/acme/b', (text) => withKeys([], text).ok],
    ['quiet', 'Mon-Fri 19:00-07:00 Europe/Paris', (text) => parseQuiet(text).ok],
    ['drill', 'Sun 03:00 Europe/Paris', (text) => parseDrillTimes(text).ok],
    ['repair', 'restart-service:ssh reboot', (text) => parseSteps(text).ok],
    ['service', 'acme-vpn.service', isRead],
    ['ssh-user', 'acme', isRead],
    ['host-key', `SHA256:${'A'.repeat(42)}E`, isRead],
  ])('the tag vpn-medic:%s, as in %s, is read after it as before', (name, value, isGood) => {
    const key = `vpn-medic:${name}`;
    const shown = Object(anonymous({ Tags: [{ Key: key, Value: value }] })).Tags[0].Value;
    const read = (text: string) =>
      isGood === isRead ? isRead(JSON.stringify({ [key]: text })) : isGood(text);
    expect([read(value), read(shown)]).toEqual([true, true]);
    expect(shown).not.toMatch(/acme|8\.8\.8|AAAA/);
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
