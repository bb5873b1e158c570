/** Goal: the tag `vpn-medic:ignore` is enough; its value says why. */
import type { VpnConnection } from '@aws-sdk/client-ec2';
import { expect, test } from '@jest/globals';
import { connectionFact } from '../../../lib/aws/siteToSite/facts.ts';

test.each([
  ['with a reason', [{ Key: 'vpn-medic:ignore', Value: 'a test' }], 'a test'],
  ['without one', [{ Key: 'vpn-medic:ignore', Value: '' }], ''],
  ['not there', [], null],
])('%s', (_what, Tags, ignored) => {
  const raw: VpnConnection = { VpnConnectionId: 'vpn-0a', State: 'available', Tags: [...Tags] };
  expect(connectionFact(raw)).toMatchObject({ ignored });
});
