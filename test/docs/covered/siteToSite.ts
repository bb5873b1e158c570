/** Rows of Site-to-Site connections. */
import type { CoverageRow } from './row.ts';

const GATEWAYS = 'test/siteToSite/assess/gatewayFindings.test.ts';
/** Captured and replayed. */
const EXAMPLES = 'test/examples/siteToSite.test.ts';

export const CONNECTION_ROWS: readonly CoverageRow[] = [
  {
    of: 'Software-to-managed VPN',
    fails: 'the customer gateway is an appliance, and dies',
    does: 'one notification, of the appliance; its connections and their routes are named in it. Spokes of a transit VPC, whose connections all end on the hub, are the same case',
    reasons: ['ApplianceDown'],
    tests: ['test/watcher/scopes/connectionCauses.test.ts', EXAMPLES],
    missing: 'an appliance in another region than the connection',
  },
  {
    of: 'Transit gateway',
    fails: 'a static route leads to a connection that is down',
    does: 'it moves to a connection of its group, and back',
    reasons: ['ConnectionGroupDown', 'ConnectionRoutesAway', 'TransitRouteHeld'],
    tests: ['test/storm/transit.test.ts'],
    missing: null,
  },
  {
    of: 'Limits of routes',
    fails:
      'more than a customer gateway may announce (100 to a virtual private gateway, 1,000 elsewhere), than static routes of a connection (100), than a virtual private gateway (1,000) or a transit gateway (5,000) announces',
    does: 'found from 80 % on, and when the limit is reached. Older texts say 50 static routes: the quota page says 100',
    reasons: ['RouteLimitNear', 'TransitRoutesNearLimit'],
    tests: ['test/siteToSite/assess.test.ts', GATEWAYS, 'test/network/around.test.ts', EXAMPLES],
    missing: null,
  },
  {
    of: 'Idle tunnels',
    fails: 'AWS closes a tunnel that carries nothing',
    does: 'found after an hour, with what keeps it up',
    reasons: ['TunnelIdle'],
    tests: ['test/siteToSite/assess/tunnelTraffic.test.ts', EXAMPLES],
    missing: null,
  },
  {
    of: 'Dead peer detection',
    fails: 'nothing starts the tunnel again',
    does: 'listed, with the fix',
    reasons: ['DpdWithoutRestart'],
    tests: [GATEWAYS, EXAMPLES],
    missing: null,
  },
  {
    of: 'Throughput',
    fails: 'a tunnel is full, or all connections of a gateway together are',
    does: 'found at 80 % of 1.25 or 5 Gbps, of a tunnel, of a virtual private gateway and of a concentrator',
    reasons: ['TunnelSaturated', 'GatewaySaturated'],
    tests: ['test/siteToSite/assess/tunnelTraffic.test.ts', GATEWAYS, EXAMPLES],
    missing:
      'packets per second: AWS/VPN publishes bytes alone (https://docs.aws.amazon.com/vpn/latest/s2svpn/monitoring-cloudwatch-vpn.html)',
  },
  {
    of: 'Acceleration, IPv6, private IP',
    fails: 'the two tunnels are not set alike',
    does: 'listed; `check` shows the mode of each connection; the Direct Connect below a private connection is named as the cause when both are down',
    reasons: ['TunnelsDiffer', 'DirectConnectBelowDown'],
    tests: [
      GATEWAYS,
      'test/cli/check.test.ts',
      'test/network/around.test.ts',
      EXAMPLES,
      'test/examples/network.test.ts',
    ],
    missing: null,
  },
  {
    of: 'ECMP, AS path, MED',
    fails: 'the second connection of a site is never used, or answers come back another way',
    does: 'a transit gateway without ECMP under two connections of one site is listed; traffic that goes one way only is found, and traffic that goes out by one tunnel and comes back by another is listed',
    reasons: ['TransitEcmpOff', 'TunnelOneWay', 'TrafficAsymmetric'],
    tests: [GATEWAYS, 'test/siteToSite/assess/tunnelTraffic.test.ts', EXAMPLES],
    missing:
      'AS path and MED: no call of AWS shows them for a connection; which path is preferred is seen by its traffic alone',
  },
  {
    of: 'CloudHub',
    fails: 'two sites have one ASN, or the same prefix',
    does: 'listed',
    reasons: ['SiteAsnShared', 'SiteRangesOverlap'],
    tests: [GATEWAYS, EXAMPLES],
    missing:
      'prefixes that are learnt by BGP: DescribeVpnConnections gives their number, and route tables do not name the connection',
  },
  {
    of: 'Tunnel logs',
    fails: 'they are off',
    does: 'listed; where they are on, their last words are evidence of an outage',
    reasons: ['LogsOff'],
    tests: ['test/siteToSite/assess.test.ts', 'test/siteToSite/assess/logs.test.ts', EXAMPLES],
    missing: null,
  },
];
