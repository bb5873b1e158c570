/** Rows of VPCs, peerings, gateways and Direct Connect. */
import type { CoverageRow } from './row.ts';

const TESTS = [
  'test/network/assess.test.ts',
  'test/aws/network/port.test.ts',
  'test/examples/network.test.ts',
];

export const NETWORK_ROWS: readonly CoverageRow[] = [
  {
    of: 'Direct Connect',
    fails: 'a connection or the BGP session of a virtual interface is down',
    does: 'found for those that are tagged `vpn-medic:watch`',
    reasons: ['DirectConnectDown', 'DirectConnectBgpDown'],
    tests: ['test/metrics/assess.test.ts'],
    missing: 'the map; the backup: missing, on the same device, or in use',
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
    does: 'pools of appliances with each other; client ranges of endpoints with their VPC, its peers and each other; static routes of the sites of one gateway',
    reasons: ['PoolsOverlap', 'ClientRangeOverlap', 'SiteRangesOverlap'],
    tests: [
      'test/appliances/assess.test.ts',
      'test/clientVpn/assess/surroundings.test.ts',
      'test/siteToSite/assess/gatewayFindings.test.ts',
    ],
    missing: 'VPCs on one transit gateway; sites with VPCs',
  },
];
