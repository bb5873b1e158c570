/** Appliances that answer only those who hold a key can be probed, and a name in a probe is called a name. */
import { expect, test } from '@jest/globals';
import { parseProbes } from '../../../lib/probe/clauses.ts';
import { withKeys } from '../../../lib/probe/keyNames.ts';

test.each(['wireguard:51820', 'openvpn:1194', 'openvpn-tcp:443', 'radius:1812'])(
  '24: %s is a probe, and vpn-medic:probe-key names its key',
  (text) => {
    const parsed = parseProbes(text);
    expect(parsed).toMatchObject({ ok: true });
    const clauses = parsed.ok ? parsed.value : [];
    expect(withKeys(clauses, '/vpn-medic/probe/hq')).toMatchObject({
      ok: true,
      value: [[{ text, keyName: '/vpn-medic/probe/hq' }]],
    });
  },
);

test('24: https is a probe without a key', () => {
  const parsed = parseProbes('https:443');
  expect(withKeys(parsed.ok ? parsed.value : [], '/k')).toEqual(parsed);
});

test.each([
  ['wg:51820', 'is no probe: write one of tcp, tls, ike'],
  ['ping:10.20.0.5', 'is no probe: write one of tcp, tls, ike'],
  ['tcp:vpn.example.com:443', 'names no IP address: write 10.0.0.5 or [fd00::1]'],
])('24: %s is refused, and the reason is the true one', (text, why) => {
  expect(parseProbes(text)).toMatchObject({ ok: false, why: expect.stringContaining(why) });
});
