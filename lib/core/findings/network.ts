/** Findings of VPCs and what leads out of them. */
import type { FindingEntry } from './entry.ts';

export const NETWORK_FINDINGS = {
  PeeringRouteBroken: {
    subjects: ['table'],
    severities: ['info', 'warning'],
    title: 'Route to a peering that carries nothing',
    meaning:
      'A route of a VPC route table leads to a peering connection that is deleted, rejected, expired or not accepted yet, or to one whose other VPC, of this account and region too, has no route back. Listed; notified as a warning where the route table carries `vpn-medic:watch`. Read once an hour.',
    confirm: '`aws ec2 describe-vpc-peering-connections`, and the route tables of both VPCs.',
    action: 'Remove the route, accept the peering, or add the route back in the other VPC.',
    hint: 'Remove the route, accept the peering (aws ec2 accept-vpc-peering-connection), or add the route back in the other VPC.',
  },
  PropagationOff: {
    subjects: ['gateway'],
    severities: ['info', 'warning'],
    title: 'Route tables without a way to the gateway',
    meaning:
      'A virtual private gateway is attached to a VPC, and route tables with subnets there have neither its propagated routes nor a static route to it: what lives in these subnets does not reach the sites behind it. Tables of public subnets (a default route to an internet gateway) are left out. Listed; notified as a warning where the gateway carries `vpn-medic:watch`. Read once an hour.',
    confirm: '`PropagatingVgws` and the routes of the tables that the evidence names.',
    action: 'Switch propagation on, or add a static route. Where it is meant so, leave it.',
    hint: 'aws ec2 enable-vgw-route-propagation --route-table-id … --gateway-id …, where these subnets shall reach the sites.',
  },
  PrivateLinkImpaired: {
    subjects: ['privateLink'],
    severities: ['warning'],
    title: 'PrivateLink endpoint impaired',
    meaning:
      'A VPC endpoint that carries `vpn-medic:watch` is not available (not accepted, rejected, expired, failed, or its service is gone), lies in fewer than two subnets, or leads to an AWS service with private DNS off, so that the usual names do not lead to it. Read once an hour.',
    confirm: '`aws ec2 describe-vpc-endpoints --vpc-endpoint-ids vpce-…`',
    action:
      "Have the service's owner accept it, add a subnet of a second zone, or switch private DNS on.",
    hint: 'aws ec2 describe-vpc-endpoints shows its state; add a subnet or switch private DNS on with aws ec2 modify-vpc-endpoint.',
  },
} as const satisfies Readonly<Record<string, FindingEntry>>;
