/** Rows of VPCs, peerings, gateways and Direct Connect. */
import type { CoverageRow } from './row.ts';

const TESTS = [
  'test/network/assess.test.ts',
  'test/aws/network/port.test.ts',
  'test/examples/network.test.ts',
];

const AROUND = 'test/network/around.test.ts';

export const NETWORK_ROWS: readonly CoverageRow[] = [
  {
    of: 'Direct Connect',
    fails: 'a connection or the BGP session of a virtual interface is down',
    does: 'found for those that are tagged `vpn-medic:watch`, with what AWS Health says of them; private connections over a Direct Connect gateway that has no interface up are one notification, of the gateway',
    reasons: ['DirectConnectDown', 'DirectConnectBgpDown', 'DirectConnectBelowDown'],
    tests: [
      'test/metrics/assess.test.ts',
      'test/watcher/events/directConnect.test.ts',
      AROUND,
      'test/examples/network.test.ts',
    ],
    missing: 'with more than five Direct Connect gateways what they lead to is not read',
  },
  {
    of: 'Direct Connect with a VPN as its backup, CloudHub with Direct Connect',
    fails: 'the backup is missing, never proven, on the same device, preferred, or in use',
    does: 'listed for each gateway that Direct Connect leads to',
    reasons: ['DirectConnectBackupMissing', 'BackupPreferred', 'BackupInUse'],
    tests: [AROUND, 'test/aws/network/port.test.ts', 'test/examples/network.test.ts'],
    missing:
      'on which device of your own both end, and at a virtual private gateway which of both a route was learnt from: no call of AWS shows them; of two equal routes of a transit gateway it shows the one that is used (https://docs.aws.amazon.com/vpc/latest/tgw/how-transit-gateways-work.html)',
  },
  {
    of: 'Route propagation',
    fails: 'it is off, and no static route leads to the gateway',
    does: 'tables with subnets that have neither are listed; which subnets talk to a site AWS does not say. Public subnets are left out',
    reasons: ['PropagationOff'],
    tests: TESTS,
    missing: null,
  },
  {
    of: 'VPC peering',
    fails: 'a route leads to a peering that is gone, not accepted, or has no way back',
    does: 'listed; a warning where the route table carries `vpn-medic:watch`',
    reasons: ['PeeringRouteBroken'],
    tests: TESTS,
    missing: null,
  },
  {
    of: 'Routes of VPCs to gateways and endpoints',
    fails: 'the attachment, gateway or endpoint that a route leads to is gone',
    does: 'listed; a warning where the route table carries `vpn-medic:watch`; routes to an impaired PrivateLink endpoint are named in its finding',
    reasons: ['RouteTargetGone'],
    tests: TESTS,
    missing: null,
  },
  {
    of: 'PrivateLink',
    fails:
      'an endpoint is not available, is in one subnet, its service is gone, or private DNS is off',
    does: 'found for those that carry `vpn-medic:watch`',
    reasons: ['PrivateLinkImpaired'],
    tests: TESTS,
    missing: null,
  },
  {
    of: 'Address ranges',
    fails: 'two that can reach each other overlap',
    does: 'pools of appliances with each other; client ranges of endpoints with their VPC, its peers and each other; static routes of the sites of one gateway; VPCs on one transit gateway; routes to a site inside a VPC of the same gateway',
    reasons: ['PoolsOverlap', 'ClientRangeOverlap', 'SiteRangesOverlap', 'RangesOverlap'],
    tests: [
      AROUND,
      'test/appliances/assess.test.ts',
      'test/clientVpn/assess/surroundings.test.ts',
      'test/siteToSite/assess/gatewayFindings.test.ts',
      'test/examples/siteToSite.test.ts',
    ],
    missing: null,
  },
  {
    of: 'Reading all of this',
    fails: 'a call is denied, or fails',
    does: 'one line of information names each part that could not be read; what was found there stands',
    reasons: ['NetworkUnread'],
    tests: [AROUND, 'test/network/assess.test.ts', 'test/examples/network.test.ts'],
    missing: null,
  },
];
