/** Findings of resources that are judged by their metrics alone. */

import type { FindingEntry } from './entry.ts';

export const METRIC_FINDINGS = {
  TargetsUnhealthy: {
    subjects: ['metric'],
    severities: ['warning'],
    title: 'Load balancer targets unhealthy',
    meaning:
      'A target group of a network load balancer has no healthy target in one of its zones, or fewer than it has zones.',
    confirm: '`aws elbv2 describe-target-health --target-group-arn …`',
    action: 'Repair the targets. Where a target fails only its health check, the check is wrong.',
    hint: 'aws elbv2 describe-target-health says which target fails, and why.',
  },
  WatchSilent: {
    subjects: ['metric'],
    severities: ['warning'],
    title: 'Watched, and nothing to judge',
    meaning:
      'A resource is tagged `vpn-medic:watch`, and CloudWatch has nothing of it that could be judged: it is of another kind, it has had no such metric for two hours, or its metrics have stopped. A target group has none without a registered target.',
    confirm: '`aws cloudwatch list-metrics --recently-active PT3H --namespace …`',
    action:
      'Register targets. Take the tag away from what was deleted or is of another kind: targets of network load balancers, Route 53 health checks, Direct Connect connections and virtual interfaces, and transit gateways are judged.',
    hint: 'See whether it is there and in use (a target group needs a registered target); else take the tag vpn-medic:watch away.',
  },
  ListenerPortClosed: {
    subjects: ['metric'],
    severities: ['warning'],
    title: 'Port of a load balancer closed',
    meaning:
      'Security groups close a port of a network load balancer: of a listener, or to a target for traffic or health checks. Only `check` looks, at load balancers and target groups that are tagged `vpn-medic:watch`. A rule that admits some clients counts as open, and network ACLs are not looked at.',
    confirm: '`aws ec2 describe-security-groups --group-ids sg-…`',
    action: 'Each line of the evidence ends with the command that opens the port.',
    hint: 'Each line of the evidence ends with the command that opens the port.',
  },
  HealthCheckFailing: {
    subjects: ['metric'],
    severities: ['warning'],
    title: 'Health check failing',
    meaning:
      'A Route 53 health check is unhealthy: DNS leaves its records out of the answers. Its metrics are in us-east-1 alone.',
    confirm: '`aws route53 get-health-check-status --health-check-id …`',
    action: 'Repair what it checks, or delete the check if nothing is left behind it.',
    hint: 'aws route53 get-health-check-status --health-check-id … names the checkers that fail.',
  },
  DirectConnectDown: {
    subjects: ['metric'],
    severities: ['warning'],
    title: 'Direct Connect down',
    meaning:
      'A Direct Connect connection is down. Traffic takes the remaining paths, for example a VPN.',
    confirm: '`aws directconnect describe-connections`; the optical levels in CloudWatch.',
    action: 'Call the provider; watch the load on the VPN meanwhile.',
    hint: 'aws directconnect describe-connections, then the optical levels in CloudWatch, then the provider.',
  },
  DirectConnectBgpDown: {
    subjects: ['metric'],
    severities: ['warning'],
    title: 'Direct Connect BGP session down',
    meaning:
      'The BGP session of a Direct Connect virtual interface is down: no routes are learnt over it.',
    confirm: '`aws directconnect describe-virtual-interfaces`',
    action: 'Check the session on the router; exceeding a prefix limit closes it too.',
    hint: "aws directconnect describe-virtual-interfaces, then the router's own view of the session.",
  },
  TransitGatewayBlackhole: {
    subjects: ['metric'],
    severities: ['warning'],
    title: 'Transit gateway drops packets: blackhole',
    meaning:
      'A transit gateway has dropped more than 300 packets in each of two periods of five minutes, because their route is a blackhole.',
    confirm:
      '`aws ec2 search-transit-gateway-routes --transit-gateway-route-table-id … --filters Name=state,Values=blackhole`',
    action: 'Remove the route, or bring back the attachment that it leads to.',
    hint: 'aws ec2 search-transit-gateway-routes --filters Name=state,Values=blackhole shows the routes.',
  },
  TransitGatewayNoRoute: {
    subjects: ['metric'],
    severities: ['warning'],
    title: 'Transit gateway drops packets: no route',
    meaning:
      'A transit gateway has dropped more than 300 packets in each of two periods of five minutes, because no route matched them.',
    confirm: 'Flow logs of the transit gateway name the packets.',
    action: 'Add or propagate the route, or stop the sender.',
    hint: 'Compare the route tables of the transit gateway with the attachments that are up.',
  },
} as const satisfies Readonly<Record<string, FindingEntry>>;
