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
  RouteTargetGone: {
    subjects: ['table'],
    severities: ['info', 'warning'],
    title: 'Route to a gateway that is gone',
    meaning:
      'A route of a VPC route table leads to a transit gateway, a virtual private gateway or a VPC endpoint, and EC2 calls it a blackhole: the attachment to the VPC, the gateway or the endpoint is gone. A route to an impaired endpoint that carries `vpn-medic:watch` is named in `PrivateLinkImpaired` instead. Listed; notified as a warning where the route table carries `vpn-medic:watch`. Read once an hour.',
    confirm:
      '`aws ec2 describe-route-tables --route-table-ids rtb-…`: `State` of the route; `aws ec2 describe-transit-gateway-attachments` for the VPC.',
    action: 'Attach the gateway to the VPC again, or remove the route.',
    hint: 'Attach the gateway to the VPC again, or remove the route (aws ec2 delete-route).',
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
      'A VPC endpoint that carries `vpn-medic:watch` is not available (not accepted, rejected, expired, failed, or its service is gone), lies in fewer than two subnets, or leads to an AWS service with private DNS off, so that the usual names do not lead to it. Routes that lead to it are named. Read once an hour.',
    confirm: '`aws ec2 describe-vpc-endpoints --vpc-endpoint-ids vpce-…`',
    action:
      "Have the service's owner accept it, add a subnet of a second zone, or switch private DNS on.",
    hint: 'aws ec2 describe-vpc-endpoints shows its state; add a subnet or switch private DNS on with aws ec2 modify-vpc-endpoint.',
  },
  RangesOverlap: {
    subjects: ['gateway'],
    severities: ['info'],
    title: 'Ranges that reach each other overlap',
    meaning:
      'Two VPCs on one transit gateway overlap, or a route to a site lies inside the range of a VPC on the same gateway: of the transit gateway tables whatever leads to a VPN or Direct Connect, of a virtual private gateway the static routes of its connections. What is behind the overlapped part does not get an answer. VPCs that are kept apart by route tables may have the same range. Ranges of VPCs of other accounts are not seen. Listed, not notified. Read once an hour.',
    confirm: 'The pairs in the evidence; the routes of the tables that both are associated with.',
    action:
      'Renumber one, or keep them apart by route tables; translate addresses where both must stay.',
    hint: 'Renumber one of them, or keep both apart by route tables of the gateway.',
  },
  TransitRoutesNearLimit: {
    subjects: ['table'],
    severities: ['warning'],
    title: 'Transit gateway announces nearly too many routes',
    meaning:
      'The route table of a transit gateway that connections are associated with has 80 % of the 5,000 routes that are announced to a customer gateway. Beyond that they are left out, and the sites do not learn them. Read once an hour, of at most 12 tables.',
    confirm: '`aws ec2 search-transit-gateway-routes --filters Name=state,Values=active`',
    action: 'Propagate less into that table, or summarise by static routes.',
    hint: 'Propagate less into that route table, or summarise what it holds by static routes.',
  },
  BackupPreferred: {
    subjects: ['table'],
    severities: ['info'],
    title: 'VPN is preferred to Direct Connect',
    meaning:
      'A route table of a transit gateway has a route over a VPN that lies inside a wider one over Direct Connect: the more specific one takes the traffic. Where the VPN is the backup of that Direct Connect, the preference is wrong; where it leads to another site, all is well. Two equal routes cannot be compared: AWS shows the one that is used, and takes a static route before what Direct Connect propagates. At a virtual private gateway AWS does not show where a route was learnt. Listed, not notified. Read once an hour.',
    confirm: "The table's routes; what the customer devices announce on both ways.",
    action:
      'Announce the same prefixes on both ways; give a static VPN route a wider range than Direct Connect has.',
    hint: 'Where the VPN is only the backup, announce the same prefixes on both, or make its static routes wider.',
  },
  DirectConnectBackupMissing: {
    subjects: ['gateway'],
    severities: ['info'],
    title: 'Direct Connect without a backup',
    meaning:
      'Every virtual interface that leads to a virtual private gateway or transit gateway ends on one Direct Connect device, and no VPN connection on that gateway has a tunnel up: the backup is missing, or has never been proven. A private connection runs over Direct Connect and is no backup of it. Gateways with interfaces of another region are not judged. On which device of your own both end AWS does not show. Listed, not notified. Read once an hour.',
    confirm: '`aws directconnect describe-virtual-interfaces`: `awsLogicalDeviceId`.',
    action:
      'Add an interface at another location, or a VPN connection; bring up the one that is there.',
    hint: 'Add a virtual interface on another device, or a VPN connection to the same gateway, and prove it by a drill.',
  },
  BackupInUse: {
    subjects: ['gateway'],
    severities: ['info'],
    title: 'Traffic on the backup of Direct Connect',
    meaning:
      'No virtual interface of a gateway is up, and a VPN connection on it is. Listed; what is down is notified where it carries `vpn-medic:watch` (`DirectConnectBgpDown`). Read once an hour.',
    confirm: '`aws directconnect describe-virtual-interfaces`; the traffic of the connection.',
    action: 'Watch the load on the VPN, and call the provider.',
    hint: 'Watch the load on the VPN connection, and have the Direct Connect repaired.',
  },
  DirectConnectBelowDown: {
    subjects: ['gateway'],
    severities: ['critical'],
    title: 'Direct Connect below private connections down',
    meaning:
      'Private-IP connections are down, and so is every virtual interface of the Direct Connect gateway that carries them. One notification, of the Direct Connect; the connections and their routes are named in it. Interfaces of other regions are not seen: with one of them nothing is concluded. Read in each pass while such a connection has been down for less than an hour, else once an hour.',
    confirm: '`aws directconnect describe-virtual-interfaces`: state and BGP.',
    action:
      'As for `DirectConnectDown`. The connections come up by themselves when the way below does.',
    hint: 'aws directconnect describe-virtual-interfaces, then the router, then the provider.',
  },
  NetworkUnread: {
    subjects: ['region'],
    severities: ['info'],
    title: 'A part of the networks cannot be read',
    meaning:
      'Peerings, route tables, gateways, attachments, PrivateLink endpoints or Direct Connect of a region could not be read at the last look, or there is more than one look reads: five Direct Connect gateways, and 16 calls for these (two each) and for the route tables of transit gateways (one for 1,000 routes). What was found of them stays as it was. Listed, not notified.',
    confirm: 'The evidence names the call and the error.',
    action: "Denied: grant the action to the function's role. The next look is ten minutes later.",
    hint: 'If it says "denied": grant the action to the role of pollConnections (PollConnectionsRole).',
  },
} as const satisfies Readonly<Record<string, FindingEntry>>;
