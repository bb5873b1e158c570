/** Rows of software VPN servers, and of the load balancers and DNS before them. */
import type { CoverageRow } from './row.ts';

export const APPLIANCE_ROWS: readonly CoverageRow[] = [
  {
    of: 'Software VPN on EC2',
    fails: 'an appliance dies: its instance, its daemon, its tunnel',
    does: 'routes move to a proven peer and come back; where tunnels are probed through, a tunnel that is dead behind a living daemon counts too',
    reasons: ['ApplianceDown', 'RouteAway', 'TunnelNotProven', 'FarSideSilent'],
    tests: ['test/storm/storm.test.ts', 'test/appliances/assess/tunnels.test.ts'],
    missing: null,
  },
  {
    of: 'Software VPN on EC2',
    fails: 'its service must be restarted, or the instance rebooted, or stopped and started',
    does: 'the repair ladder: `restart-service` by Systems Manager (Linux and Windows) or over SSH, `reboot`, `stop-start`, `replace` of a member of an auto scaling group, each with evidence before and after',
    reasons: ['RepairUnderway', 'RepairHeld', 'RepairSpent'],
    tests: ['test/storm/repairs.test.ts', 'test/repairs/step.test.ts'],
    missing: 'no Windows was there to try it on',
  },
  {
    of: 'Software VPN on EC2',
    fails: 'failover has never been tried',
    does: '`vpn-medic drill`, and drills by the tag `vpn-medic:drill`: a planned failover and failback, and what came of it',
    reasons: ['DrillRunning', 'DrillFailed', 'DrillOverdue'],
    tests: ['test/storm/drills.test.ts', 'test/appliances/assess/drills.test.ts'],
    missing: null,
  },
  {
    of: 'Software VPN on EC2',
    fails: 'its certificate ends',
    does: 'found 30 days before, critical 7 days before: `https` probes read the dates; behind a `tls` probe they are read every three hours, by a handshake that counts neither as up nor as down',
    reasons: ['ProbeCertificateEnding'],
    tests: [
      'test/appliances/assess/certificates.test.ts',
      'test/appliances/observe/certificateReads.test.ts',
      'test/probe/kinds/tls.test.ts',
      'test/lab/daemons.test.ts',
    ],
    missing: 'certificates of IKE are sent encrypted (RFC 7296, 1.2), and no probe sees them',
  },
  {
    of: 'Software VPN on EC2',
    fails: 'a security group closes the port that is probed',
    does: '`check` names the closed port of each tagged probe, to whom it is closed, and the command that opens it; so it does for the listeners, targets and health checks of network load balancers that are tagged `vpn-medic:watch`',
    reasons: ['ProbeNeverAnswered', 'ProbeImpossible', 'ListenerPortClosed'],
    tests: [
      'test/cli/check/reach.test.ts',
      'test/cli/check/listenerPorts.test.ts',
      'test/aws/loadBalancers.test.ts',
      'test/lab/dnsAndListeners.test.ts',
    ],
    missing:
      'network ACLs before load balancers and their targets; a capture holds no load balancers',
  },
  {
    of: 'RADIUS, NPS',
    fails: 'the server does not answer',
    does: 'the probe `radius:1812` (Status-Server with a shared secret)',
    reasons: ['ApplianceDown', 'ProbeKeyMissing'],
    tests: ['test/probe/kinds/radius.test.ts', 'test/lab/keyedDaemons.test.ts'],
    missing: null,
  },
  {
    of: 'Software VPN on EC2',
    fails: 'the zone that is left is too small for the traffic of both',
    does: '`plan --fail zone:NAME` says which routes would move where, and compares the busiest five minutes of the last week with what the instance types of those left carry (`CapacityShort`)',
    reasons: ['GroupWithoutSpare'],
    tests: ['test/cli/plan.test.ts', 'test/cli/plan/capacity.test.ts'],
    missing:
      'packets per second and the CPU of the VPN itself: EC2 gives a bandwidth for each type, and no number of packets (https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/ec2-instance-network-bandwidth.html). A capture holds no week of traffic',
  },
  {
    of: 'Network Load Balancer',
    fails: 'a zone has no healthy target, also while another zone has some',
    does: 'found for target groups that are tagged `vpn-medic:watch`',
    reasons: ['TargetsUnhealthy'],
    tests: ['test/metrics/assess.test.ts', 'test/cases/managed/watch.test.ts'],
    missing: null,
  },
  {
    of: 'Route 53',
    fails: 'a health check fails, or a region is down',
    does: 'health checks that are tagged `vpn-medic:watch` are judged; a region whose endpoints all fall silent is found, and is in the alarm `STACK-RegionDown-REGION`, which a health check of the kind CloudWatch alarm can follow (output `RegionAlarms`); `check` lists TCP endpoints without a health check or a record; how to set it up and rehearse it is in [operations.md](operations.md#region-failover)',
    reasons: [
      'HealthCheckFailing',
      'RegionDown',
      'EndpointNotHealthCheckable',
      'HealthCheckMissing',
    ],
    tests: [
      'test/metrics/assess.test.ts',
      'test/clientVpn/assess.test.ts',
      'test/monitors/alarms.test.ts',
      'test/watcher/scopes/endpoints.test.ts',
      'test/cli/check/dns.test.ts',
      'test/aws/route53.test.ts',
      'test/lab/dnsAndListeners.test.ts',
    ],
    missing:
      'records of other accounts and providers; more than 50 pages of 300 records. A capture holds nothing of Route 53',
  },
  {
    of: 'CRLs',
    fails: 'what clients download is not what was published',
    does: 'publishCrl downloads each list from its public address after each publication and every 15 minutes, and compares; `crl check` of a certificate fetches the list at the address that it names, judges it and compares it with the published one',
    reasons: ['CrlServedDiffers', 'CrlServedUnknown'],
    tests: ['test/watcher/scopes/crls.test.ts', 'test/cli/crl.test.ts', 'test/lab/crl.test.ts'],
    missing: null,
  },
];
