/** Our tags, good and bad: a good one is read exactly, a bad one is refused with the word that is wrong and what to write. */
import { describe, expect, test } from '@jest/globals';
import * as fc from 'fast-check';
import { canonicalCidr } from '../../lib/core/cidr.ts';
import {
  parseGroup,
  parseGroups,
  parsePools,
  parsePreferred,
  parsePriority,
} from '../../lib/core/tags.ts';
import { parseProbes } from '../../lib/probe/clauses.ts';

const probe = (text: string, kind: string, port: number, address: string | null = null) => ({
  text,
  kind,
  port,
  address,
});

const many = (count: number) => Array.from({ length: count }, (_, i) => `tcp:${i + 1}`).join(' ');

describe('vpn-medic:probe', () => {
  test.each([
    ['ike:500', [[probe('ike:500', 'ike', 500)]]],
    ['tcp:1', [[probe('tcp:1', 'tcp', 1)]]],
    ['tls:65535', [[probe('tls:65535', 'tls', 65_535)]]],
    ['openvpn:1194', [[probe('openvpn:1194', 'openvpn', 1_194)]]],
    ['openvpn-tcp:443', [[probe('openvpn-tcp:443', 'openvpn-tcp', 443)]]],
    ['http:8080', [[probe('http:8080', 'http', 8_080)]]],
    [
      'http:10.0.0.5:8080/healthz',
      [
        [
          {
            ...probe('http:10.0.0.5:8080/healthz', 'http', 8_080, '10.0.0.5'),
            path: '/healthz',
          },
        ],
      ],
    ],
    [
      'http:8080/healthz#UP@5 https:443#ok:1',
      [
        [
          {
            ...probe('http:8080/healthz#UP@5', 'http', 8_080),
            path: '/healthz',
            word: 'UP',
            everyMs: 5_000,
          },
        ],
        [{ ...probe('https:443#ok:1', 'https', 443), word: 'ok:1' }],
      ],
    ],
    [
      'https:443/a:1@15',
      [[{ ...probe('https:443/a:1@15', 'https', 443), path: '/a:1', everyMs: 15_000 }]],
    ],
    ['tcp:10.20.0.5:22', [[probe('tcp:10.20.0.5:22', 'tcp', 22, '10.20.0.5')]]],
    ['tcp:[fd00::1]:443', [[probe('tcp:[fd00::1]:443', 'tcp', 443, 'fd00::1')]]],
    ['  ike:500   tls:443 ', [[probe('ike:500', 'ike', 500)], [probe('tls:443', 'tls', 443)]]],
    ['ike:500,tls:443', [[probe('ike:500', 'ike', 500)], [probe('tls:443', 'tls', 443)]]],
    [
      'ike:500|tcp:10.20.0.5:22 tls:443',
      [
        [probe('ike:500', 'ike', 500), probe('tcp:10.20.0.5:22', 'tcp', 22, '10.20.0.5')],
        [probe('tls:443', 'tls', 443)],
      ],
    ],
  ])('"%s" is read', (text, value) => {
    expect(parseProbes(text)).toEqual({ ok: true, value });
  });

  test.each([
    ['', 'it is empty: write for example "ike:500 tcp:1194"'],
    ['   ', 'it is empty: write for example "ike:500 tcp:1194"'],
    [
      'udp:500',
      '"udp:500" is no probe: write one of tcp, tls, ike, openvpn, openvpn-tcp, http, https, wireguard, radius, then ":PORT"',
    ],
    [
      'IKE:500',
      '"IKE:500" is no probe: write one of tcp, tls, ike, openvpn, openvpn-tcp, http, https, wireguard, radius, then ":PORT"',
    ],
    [
      '500',
      '"500" is no probe: write one of tcp, tls, ike, openvpn, openvpn-tcp, http, https, wireguard, radius, then ":PORT"',
    ],
    ['ike', '"ike" has no port from 1 to 65535: write for example "ike:500"'],
    ['ike:', '"ike:" has no port from 1 to 65535: write for example "ike:500"'],
    ['ike:0', '"ike:0" has no port from 1 to 65535: write for example "ike:500"'],
    ['tcp:65536', '"tcp:65536" has no port from 1 to 65535: write for example "tcp:500"'],
    ['tcp:70000', '"tcp:70000" has no port from 1 to 65535: write for example "tcp:500"'],
    ['tcp:-1', '"tcp:-1" has no port from 1 to 65535: write for example "tcp:500"'],
    ['tcp:22x', '"tcp:22x" has no port from 1 to 65535: write for example "tcp:500"'],
    [
      'tcp:10.0.0.300:22',
      '"tcp:10.0.0.300:22" names no IP address: write 10.0.0.5 or [fd00::1], names are not looked up',
    ],
    [
      'tcp:[10.0.0.5]:22',
      '"tcp:[10.0.0.5]:22" names no IP address: write 10.0.0.5 or [fd00::1], names are not looked up',
    ],
    [
      'tcp:[fe80::1%eth0]:22',
      '"tcp:[fe80::1%eth0]:22" names no IP address: write 10.0.0.5 or [fd00::1], names are not looked up',
    ],
    [
      'tcp:vpn.example.com:22',
      '"tcp:vpn.example.com:22" names no IP address: write 10.0.0.5 or [fd00::1], names are not looked up',
    ],
    ['tcp:fd00::1:22', '"tcp:fd00::1:22" has no port from 1 to 65535: write for example "tcp:500"'],
    ['tcp:80#x', '"tcp:80#x" has a word, which tcp does not take: write "tcp:80"'],
    [
      'http:80#',
      '"http:80#" has no word of at most 64 of letters, digits and . _ = + : -: write for example "http:80/healthz#UP"',
    ],
    ['tcp:80/x', '"tcp:80/x" has a path, which tcp does not take: write "tcp:80"'],
    [
      'ike:500|',
      '"" is no probe: write one of tcp, tls, ike, openvpn, openvpn-tcp, http, https, wireguard, radius, then ":PORT"',
    ],
    ['ike:500 tcp:0', '"tcp:0" has no port from 1 to 65535: write for example "tcp:500"'],
    [
      'a:1 b:2',
      '"a:1" is no probe: write one of tcp, tls, ike, openvpn, openvpn-tcp, http, https, wireguard, radius, then ":PORT"',
    ],
  ])('"%s" is refused: %s', (text, why) => {
    expect(parseProbes(text)).toEqual({ ok: false, why });
  });

  test('eight probes are read', () => {
    expect(parseProbes(many(8)).ok).toBe(true);
  });
  test('nine are refused', () => {
    expect(parseProbes(many(9))).toEqual({ ok: false, why: 'it holds more than 8 probes' });
  });
  test('nine are refused however they are written: alternatives are knocked on too', () => {
    expect(parseProbes(many(9).replaceAll(' ', '|')).ok).toBe(false);
  });
});

describe('vpn-medic:priority', () => {
  test.each([
    ['0', 0],
    ['999', 999],
    [' 50 ', 50],
  ])('"%s" is read', (text, value) => {
    expect(parsePriority(text)).toEqual({ ok: true, value });
  });

  test.each(['', '-1', '1000', '1.5', 'low', '1 2', '0x1'])('"%s" is refused', (text) => {
    expect(parsePriority(text)).toMatchObject({
      ok: false,
      why: expect.stringContaining('write a whole number from 0 to 999, lower first'),
    });
  });
});

describe('vpn-medic:pool', () => {
  test.each([
    ['10.8.0.0/24', ['10.8.0.0/24']],
    ['10.8.0.77/24', ['10.8.0.0/24']],
    ['10.8.0.0/24 fd00:8::/64', ['10.8.0.0/24', 'fd00:8::/64']],
    ['10.8.0.0/24, 10.9.0.0/24', ['10.8.0.0/24', '10.9.0.0/24']],
    ['FD00:0008:0::/64', ['fd00:8::/64']],
  ])('"%s" is read', (text, value) => {
    expect(parsePools(text)).toEqual({ ok: true, value });
  });

  test.each([
    ['', 'it is empty: write for example "10.8.0.0/24"'],
    ['10.8.0.0', '"10.8.0.0" is no CIDR: write for example "10.8.0.0/24"'],
    ['10.8.0.0/33', '"10.8.0.0/33" is no CIDR: write for example "10.8.0.0/24"'],
    ['10.8.0/24', '"10.8.0/24" is no CIDR: write for example "10.8.0.0/24"'],
    ['10.8.0.0/', '"10.8.0.0/" is no CIDR: write for example "10.8.0.0/24"'],
    ['10.8.0.0/-1', '"10.8.0.0/-1" is no CIDR: write for example "10.8.0.0/24"'],
    ['fd00::/129', '"fd00::/129" is no CIDR: write for example "10.8.0.0/24"'],
    ['fe80::1%eth0/64', '"fe80::1%eth0/64" is no CIDR: write for example "10.8.0.0/24"'],
    ['10.8.0.0/24 office', '"office" is no CIDR: write for example "10.8.0.0/24"'],
  ])('"%s" is refused: %s', (text, why) => {
    expect(parsePools(text)).toEqual({ ok: false, why });
  });
});

describe('vpn-medic:group', () => {
  test('an instance has one', () => {
    expect(parseGroup(' hq ')).toEqual({ ok: true, value: 'hq' });
  });
  test.each([
    ['', 'it is empty: write the name of a group'],
    ['hq branch', 'it belongs to one group: write one name without spaces'],
    ['hq,branch', 'it belongs to one group: write one name without spaces'],
  ])('"%s" is refused on an instance: %s', (text, why) => {
    expect(parseGroup(text)).toEqual({ ok: false, why });
  });
  test('a table may have several, each counted once', () => {
    expect(parseGroups('hq branch hq')).toEqual({ ok: true, value: ['hq', 'branch'] });
  });
  test('but not none', () => {
    expect(parseGroups(' ')).toEqual({ ok: false, why: 'it is empty: write the names of groups' });
  });
});

describe('vpn-medic:preferred', () => {
  test.each(['i-0a1b2c3d', 'zone'])('one instance id or "zone" is read: %s', (value) => {
    expect(parsePreferred(` ${value} `)).toEqual({ ok: true, value });
  });
  test.each([
    ['', '"" is neither an instance id nor "zone": write for example "i-0a1b2c3d4e5f60718"'],
    [
      'vpn-a',
      '"vpn-a" is neither an instance id nor "zone": write for example "i-0a1b2c3d4e5f60718"',
    ],
    [
      'eni-0a1b',
      '"eni-0a1b" is neither an instance id nor "zone": write for example "i-0a1b2c3d4e5f60718"',
    ],
    [
      'zones',
      '"zones" is neither an instance id nor "zone": write for example "i-0a1b2c3d4e5f60718"',
    ],
    ['i-0a1b i-0a1c', 'it names two instances: a table has one preferred next hop'],
  ])('"%s" is refused: %s', (text, why) => {
    expect(parsePreferred(text)).toEqual({ ok: false, why });
  });
});

describe('any text whatever', () => {
  const likely = fc
    .array(
      fc.constantFrom(
        'tcp',
        'ike',
        ':',
        '|',
        '[',
        ']',
        ' ',
        ',',
        '0',
        '22',
        '70000',
        '/',
        '24',
        '08',
        '10.0.0.1',
        'fd00::1',
        '::ffff:10.0.0.1',
        'fe80::1%eth0',
        'i-0a',
        '-',
        '%',
      ),
      { maxLength: 12 },
    )
    .map((parts) => parts.join(''));
  const text = fc.oneof(likely, fc.string({ unit: 'binary', maxLength: 60 }));

  test.each([
    ['probes', parseProbes],
    ['pools', parsePools],
    ['a group', parseGroup],
    ['groups', parseGroups],
    ['a home', parsePreferred],
  ])('read as %s is returned, or refused with a reason', (_what, parse) => {
    fc.assert(
      fc.property(text, (written) => {
        const parsed = parse(written);
        expect(parsed.ok || parsed.why.length > 0).toBe(true);
      }),
      { numRuns: 300 },
    );
  });

  test('a CIDR that is read is read the same again', () => {
    fc.assert(
      fc.property(text, (written) => {
        const cidr = canonicalCidr(written);
        expect(cidr === null || canonicalCidr(cidr) === cidr).toBe(true);
      }),
      { numRuns: 500 },
    );
  });
});
