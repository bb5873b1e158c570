/** Findings of transit gateway routes that lead over Site-to-Site connections. */
import type { FindingEntry } from './entry.ts';

export const TRANSIT_FINDINGS = {
  ConnectionGroupDown: {
    subjects: ['group'],
    severities: ['critical'],
    title: 'Every connection of a group is down',
    meaning:
      'All Site-to-Site connections of a group (`vpn-medic:group`) are known to be down, so the transit gateway routes of the group have no connection to move to. No route is moved. The connections are named in the evidence, and are not notified one by one.',
    confirm:
      "`aws ec2 describe-vpn-connections --query 'VpnConnections[].[VpnConnectionId,VgwTelemetry]'` (never without the query: the whole reply shows the pre-shared keys).",
    action:
      'Bring one of the connections back: the routes move to it within seconds, and to their preferred connection when that has been up for the hold-down.',
  },
  ConnectionRoutesAway: {
    subjects: ['connection'],
    severities: ['warning'],
    title: 'Transit gateway routes failed over',
    meaning:
      'Transit gateway routes lead over another connection than the preferred one. Notified when they fail back, and when they were moved without a failure.',
    action:
      'Nothing: they fail back when the preferred connection has been up for the hold-down. To keep them where they are, tag the table `vpn-medic:preferred` with the id of the connection that carries them.',
    hint: 'Nothing: they fail back by themselves after the hold-down.',
  },
  TransitRouteHeld: {
    subjects: ['group'],
    severities: ['critical'],
    title: 'Transit gateway routes held on a connection that is down',
    meaning:
      'Static transit gateway routes lead over a connection that is down, and no other member of the group is fit to carry them; the notification says why for each member.',
    confirm:
      '`aws ec2 search-transit-gateway-routes --transit-gateway-route-table-id TABLE --filters Name=type,Values=static`: which attachment each route leads to. The notification names the rule that holds them.',
    action:
      'Follow the reason: bring another connection up, attach it, or admit it by `vpn-medic:members` on the table.',
  },
  TransitRouteRewritten: {
    subjects: ['route'],
    severities: ['warning'],
    title: 'Transit gateway route pointed back at a dead connection',
    meaning:
      'After a failover another program or person pointed the route back at a connection that is still down. It was moved again. Each time traffic is lost until then.',
    confirm:
      '`aws cloudtrail lookup-events --lookup-attributes AttributeKey=EventName,AttributeValue=ReplaceTransitGatewayRoute`: the events that are not of the role of vpn-medic.',
    action:
      'Let one tool alone write the route: take the table out of the other one, or remove the tag `vpn-medic:group` from it.',
    hint: 'Find what writes it: aws cloudtrail lookup-events --lookup-attributes AttributeKey=EventName,AttributeValue=ReplaceTransitGatewayRoute',
  },
  TransitWriteFailed: {
    subjects: ['group'],
    severities: ['critical'],
    title: 'Transit gateway route writes fail',
    meaning:
      'Writes of transit gateway routes have no effect: EC2 refuses them (the summary quotes its answer), or it accepts them and reading back still shows the old attachment. They are tried again, at least once a minute.',
    confirm:
      '`aws ec2 search-transit-gateway-routes --transit-gateway-route-table-id tgw-rtb-… --filters Name=type,Values=static`',
    action:
      'If an action is denied: the role of `pollConnections` may write only tables that are tagged `vpn-medic:group`, so look at that tag first. If writes do not show: look for another tool that writes the same route.',
  },
  ConnectionNotAdmitted: {
    subjects: ['connection'],
    severities: ['warning'],
    title: 'A connection that joined a group gets no routes yet',
    meaning:
      'A connection was tagged as a member of a group after the group was first seen. Any principal that may tag could lead traffic elsewhere by that, so no route moves to it until it is admitted: it has carried a route of the group, or the tag `vpn-medic:members` of the transit gateway route table names it.',
    action: 'If it belongs there, admit it: the notification has the command.',
  },
  TransitUnread: {
    subjects: ['region'],
    severities: ['warning'],
    title: 'Transit gateway routes cannot be read',
    meaning:
      "For 2 minutes transit gateway route tables, their static routes or attachments could not be read; the evidence quotes AWS's answer. No route of them is moved meanwhile.",
    confirm: 'The same call with your credentials.',
    action:
      'Denied: grant the action to the role of `pollConnections`. Throttled: find what else calls it.',
  },
} as const satisfies Readonly<Record<string, FindingEntry>>;
