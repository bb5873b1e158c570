/** Rows of Client VPN endpoints. */
import type { CoverageRow } from './row.ts';

const TESTS = [
  'test/clientVpn/assess/surroundings.test.ts',
  'test/aws/clientVpn/surroundings.test.ts',
  'test/examples/surroundings.test.ts',
];
const STORM = 'test/storm/endpoints.test.ts';

export const ENDPOINT_ROWS: readonly CoverageRow[] = [
  {
    of: 'Endpoint',
    fails: 'logins fail',
    does: 'failed logins above what is usual at this hour; where the directory is the cause, one notification, of the directory; the reasons are counted from the connection log, without users',
    reasons: ['AuthFailuresHigh', 'DirectoryImpaired'],
    tests: ['test/clientVpn/assess.test.ts', 'test/clientVpn/observe/failedLogins.test.ts', STORM],
    missing:
      'reasons of failed mutual authentication: AWS does not log them (https://docs.aws.amazon.com/vpn/latest/clientvpn-admin/connection-logging.html)',
  },
  {
    of: 'Directory (Managed AD, Simple AD, AD Connector)',
    fails: 'it is impaired: no login succeeds',
    does: 'its stage is read every 15 minutes, of endpoints that log in by it',
    reasons: ['DirectoryImpaired'],
    tests: [...TESTS, STORM],
    missing: null,
  },
  {
    of: 'Server certificate (ACM)',
    fails: 'it expires, is revoked, or its renewal fails',
    does: 'its dates and the state of its renewal, every 15 minutes',
    reasons: ['ServerCertificateExpiring', 'ServerCertificateRenewalFailed'],
    tests: [...TESTS, STORM],
    missing: null,
  },
  {
    of: 'Authorization rules, routes',
    fails: 'there are none, one failed, or one leads to a subnet that is gone',
    does: 'found',
    reasons: ['AuthorizationRulesMissing', 'AuthorizationRuleFailed', 'EndpointRouteFailed'],
    tests: [...TESTS, STORM],
    missing: null,
  },
  {
    of: 'Client range',
    fails: 'it overlaps a VPC, a peer, or another endpoint',
    does: 'found, with both ranges; endpoints of one region are compared',
    reasons: ['ClientRangeOverlap'],
    tests: TESTS,
    missing: null,
  },
  {
    of: 'Connection log',
    fails: 'it is off, so that failed logins leave no trace',
    does: 'listed',
    reasons: ['ConnectionLogOff'],
    tests: TESTS,
    missing: null,
  },
  {
    of: 'Split tunnel, session limit, banner',
    fails: 'a full tunnel leads to no egress',
    does: '`check` shows the three of each endpoint; a full tunnel whose default route is missing, or ends in a subnet without one, is listed',
    reasons: ['FullTunnelWithoutEgress'],
    tests: [...TESTS, 'test/cli/check/endpoints.test.ts'],
    missing: null,
  },
];
