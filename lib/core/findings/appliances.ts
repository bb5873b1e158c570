/** Findings of appliances, their probes and their routes. */

import type { FindingEntry } from './entry.ts';

export const APPLIANCE_FINDINGS = {
  ApplianceDown: {
    subjects: ['appliance'],
    severities: ['critical', 'warning'],
    title: 'Appliance down',
    meaning:
      'An appliance is down: EC2 reports that it is not running or fails a status check, its interface is not in use, or its probes were unanswered `fall` times in a row for at least `(fall - 1)` intervals while the same vantages reached other appliances. Its routes have moved, unless the notification says which rule held them.',
    confirm:
      '`vpn-medic check`; the last lines of the notification show the last five answers of each probe and the state in EC2.',
    action:
      'Bring the instance or its VPN service back. Routes fail back by themselves after `rise` good answers and the hold-down.',
  },
  ApplianceDegraded: {
    subjects: ['appliance'],
    severities: ['warning'],
    title: 'Status check fails, probes answer',
    meaning:
      'A status check of EC2 fails while the probes of the appliance answer. The two witnesses contradict each other: its routes stay, no route fails back to it, and it gets routes only when no other appliance is healthy.',
    confirm: '`aws ec2 describe-instance-status --instance-ids i-…`, and try the VPN by hand.',
    action: 'Stop and start the instance at a quiet hour, so that it gets another host.',
    hint: 'Stop and start the instance at a quiet hour, so that it gets another host.',
  },
  Ipv6Down: {
    subjects: ['appliance'],
    severities: ['critical', 'warning'],
    title: 'IPv6 down, IPv4 answers',
    meaning:
      'An appliance answers, and not by IPv6: a probe of its own IPv6 address is silent, or an interface that carried routes lost its IPv6 address. Its IPv6 routes alone move.',
    action: 'Bring its IPv6 address or daemon back.',
    hint: 'Bring its IPv6 address or daemon back.',
  },
  LateAnswers: {
    subjects: ['appliance'],
    severities: ['warning'],
    title: 'Appliance answers too late',
    meaning:
      'An appliance answers its probes, and later than `probeTimeoutMs`. The notification says after how long. It is slow, not known to be dead: a route that leads to it stays, unless it was moved before the late answer was seen (answers later than the silence that is called down); no route is moved to it, and none fails back to it, until it answers in time; no repair is started. While a target is silent, one probe a second has three times the timeout, which tells slow from dead.',
    confirm: 'The evidence shows the last answers of each probe with their times.',
    action:
      'Find out what slows it down: CPU, the bandwidth allowance of the instance type (`bw_in_allowance_exceeded` and `conntrack_allowance_exceeded` of `ethtool -S`), a bad line to a probe from outside. If it always takes so long, deploy with a greater `probeTimeoutMs`.',
  },
  ApplianceUnknown: {
    subjects: ['appliance'],
    severities: ['info'],
    title: 'Appliance state unknown',
    meaning:
      'The state is not known: probes could not be sent, or no other appliance answered in the same probe burst. Unknown is not down: nothing moves.',
    confirm: 'Check whether `SightLost`, `VantageBlind` or `NothingAnswers` is open too.',
    action: 'Nothing if it passes within a minute.',
    hint: 'Nothing if this passes within a minute; otherwise check the vantages.',
  },
  ZoneDown: {
    subjects: ['zone'],
    severities: ['critical'],
    title: 'Zone down',
    meaning:
      'Every appliance of an Availability Zone (two or more) is down while another zone is healthy. Those that EC2 reports as not running, or that are tagged `vpn-medic:ignore`, do not count. Routes move to the healthy zones, spread over their appliances.',
    confirm: 'AWS Health Dashboard for the zone.',
    action:
      'Watch the load of the remaining appliances. Routes fail back only after the zone has been healthy for the hold-down.',
  },
  GroupDown: {
    subjects: ['group'],
    severities: ['critical'],
    title: 'Group down',
    meaning: 'Every appliance of a group is down. No healthy next hop is left, so nothing moves.',
    confirm: 'Try one appliance by hand.',
    action:
      'Bring any one of them back: within seconds of its third good answer the routes of the others move to it.',
    hint: 'Bring any one of them back: its routes follow by themselves within seconds.',
  },
  MassFailureSuspect: {
    subjects: ['group', 'vpc'],
    severities: ['critical'],
    title: 'Mass failure suspected',
    meaning:
      'Of the appliances of a group or VPC that were well a minute before, three or more and 55 % or more fell silent within a minute, across two or more zones. A fault of the probe path, or of something they share, is more likely than so many failures. Only what EC2 itself confirms is moved there (S3). Appliances that were dead before, that EC2 reports as stopped, or that are tagged `vpn-medic:ignore` do not count.',
    confirm: "Try two of them by hand, from a place other than the probes'.",
    action:
      'If they answer you: repair the probe path. If not: look for what they share (security group, remote side, software roll-out).',
    hint: 'Check what they share: the probe path, a security group, the remote side, the region.',
  },
  NothingAnswers: {
    subjects: ['region'],
    severities: ['critical'],
    title: 'No appliance answers',
    meaning:
      'No appliance answers any probe. A failure of all appliances and a failure of all probes look the same, so nothing moves because of probes alone. The notification adds what EC2 reports.',
    confirm: 'Try one appliance by hand.',
    action:
      'If it answers you, look at the path of the probes (egress, security groups, the log of the probe functions).',
    hint: 'Try one appliance by hand: if it answers you, check the probe path; if not, check what they share.',
  },
  StateLost: {
    subjects: ['region'],
    severities: ['warning'],
    title: 'State table cannot be used',
    meaning:
      'The state table cannot be read or written. Routes move only where EC2 itself confirms a failure; a notification may be sent twice.',
    confirm: 'The evidence names the error.',
    action:
      'Check that the table of `VPN_MEDIC_STATE_TABLE` exists and that the role may `dynamodb:BatchGetItem` and `dynamodb:PutItem` on it.',
    hint: 'Check that the table of VPN_MEDIC_STATE_TABLE exists and that the role may read and write it.',
  },
  StateRefused: {
    subjects: ['region'],
    severities: ['warning'],
    title: 'Stored state not believed',
    meaning:
      'An item of the state table, or an entry of it, breaks its bounds: its form, its size, its dates. It was left out, and the rest is used. The leader overwrites its own state within seconds; what operators wrote (pins, acknowledgements, admissions) stays until it is written again.',
    confirm:
      'The evidence names the items. `aws dynamodb get-item` shows them; CloudTrail data events of the table show who wrote them.',
    action:
      'Find out who wrote them: only the roles of vpn-medic and operators may. Then write pins and admissions again by `vpn-medic pin` and `vpn-medic admit`.',
    hint: 'Find out who wrote to the state table: CloudTrail data events show it.',
  },
  VantageBlind: {
    subjects: ['vantage'],
    severities: ['warning'],
    title: 'Vantage reaches no appliance',
    meaning:
      'One vantage gets no answer from any appliance while others do. Its missing answers are ignored. A vantage that probes through a tunnel alone is not meant: its silence is a death, or `FarSideSilent`.',
    confirm: "The probe function's log.",
    action: "Check its subnet's route to the appliances and its security group.",
    hint: "Look at the probe function's log, its subnet's routes, and its security group.",
  },
  VantageUnread: {
    subjects: ['vantage'],
    severities: ['warning'],
    title: 'Probe function settings cannot be read',
    meaning:
      'The settings of a probe function cannot be read, so its subnets are not known. Its probes of the appliances themselves still count; its probes of addresses behind a tunnel do not.',
    confirm:
      'The evidence names the error. `aws lambda get-function-configuration --function-name NAME`',
    action:
      "Grant `lambda:GetFunctionConfiguration` on it to the function's role, and check that `VPN_MEDIC_PROBE_FUNCTIONS` names it correctly.",
    hint: "Grant lambda:GetFunctionConfiguration on it to the function's role.",
  },
  VantageRefused: {
    subjects: ['appliance'],
    severities: ['warning'],
    title: 'Probes are refused, as by a ban',
    meaning:
      'An appliance that has answered a vantage before refuses it for 10 s or longer, and does not look dead: it accepts each connection (`tls`, `openvpn-tcp`) and closes it without an answer, or it answers another vantage. Probably it has banned the address of the probes, which come often and never log in. No route is moved because of it. While no vantage is answered no route is moved to it either, and a death of it is seen only by what EC2 reports, or once it accepts no connection any more.',
    confirm:
      'On the appliance: `occtl show ip bans` (ocserv), `fail2ban-client status JAIL`, `nft list ruleset`. From another address: `openssl s_client -connect ADDRESS:443`.',
    action:
      'Exempt the addresses of the probes from bans, or give the probe a slower pace: `tls:443@20`. docs/probes.md lists the limits of each daemon. If another address is refused too, restart the service: then it is no ban.',
    hint: 'Exempt the addresses of the probes from bans, or slow the probe down as in vpn-medic:probe="tls:443@20" (docs/probes.md).',
  },
  ProbeImpossible: {
    subjects: ['appliance'],
    severities: ['warning'],
    title: 'Probe impossible',
    meaning:
      'No vantage can reach any address of the appliance (private address, no probe subnet). Only the EC2 status checks judge it.',
    action:
      'Deploy a probe function in its VPC, or write a reachable address in `vpn-medic:probe`.',
  },
  ProbeCannotProve: {
    subjects: ['appliance'],
    severities: ['warning'],
    title: 'Probe proves nothing',
    meaning:
      "The address of the probe lies behind the tunnel, no vantage's subnet routes to it through this appliance, and no other probe proves the appliance. No route moves to it, and none fails back to it.",
    action:
      'Add a probe of the appliance itself: `ike:500 tcp:10.20.0.5:22`. To prove the tunnel as well, give it a probe subnet whose route table always leads through it (see docs/probes.md).',
  },
  FarSideSilent: {
    subjects: ['group'],
    severities: ['critical'],
    title: 'Far side silent through every appliance',
    meaning:
      'An address behind the tunnels answered before, and answers through no appliance of the group now. Either every tunnel carries nothing, or the far side is down: the two look alike, so no route moves for it. While it answers through one appliance, the same silence through another one is a death of that one and moves its routes.',
    confirm:
      'The evidence shows the last answers through each appliance. Try another address of the far side.',
    action:
      'Look at the far side first, then at the tunnels of the appliance that carries the routes.',
    hint: 'Look at the far side first, then at the tunnels of the appliance that carries the routes.',
  },
  TunnelNotProven: {
    subjects: ['group'],
    severities: ['info'],
    title: 'Only the daemon is proven',
    meaning:
      'The probes of these appliances test the daemon and nothing behind it. A tunnel that is dead behind a living daemon is not seen: routes stay, and traffic is lost without a notification. After a death of the daemon routes fail back when it answers, though nothing proves that the tunnel came back with it; with the parameter `failback=proven` they wait for a person.',
    action:
      'Give each appliance a probe subnet of its own whose route table always leads through it, and write both probes as two clauses, not joined by `|`: `ike:500 tcp:10.20.0.5:22`. The steps are in docs/probes.md, "Prove the tunnel".',
    hint: 'Give each a probe subnet whose own route table leads through it, and tag both probes: vpn-medic:probe="ike:500 tcp:ADDRESS-BEHIND-THE-TUNNEL:PORT" (docs/probes.md, "Prove the tunnel").',
  },
  ProbeCertificateEnding: {
    subjects: ['appliance'],
    severities: ['warning', 'critical'],
    title: 'Certificate ends soon',
    meaning:
      'The certificate that an `https` probe saw, or that was read behind a `tls` probe (every three hours), ends within 30 days (warning; valid for less than 120 days: within a quarter of that time) or 7 days (critical; less than 84 days: a twelfth), has ended, or begins in the future. Life is judged without it: no route moves because of a certificate.',
    confirm: '`openssl s_client -connect ADDRESS:PORT </dev/null | openssl x509 -noout -dates`',
    action: 'Renew the certificate and reload the service that shows it.',
    hint: 'Renew the certificate and reload the service that shows it.',
  },
  ProbeKeyMissing: {
    subjects: ['appliance'],
    severities: ['warning'],
    title: 'Key of a probe is missing',
    meaning:
      'A probe needs a key, and it cannot be used: `vpn-medic:probe-key` names none, Parameter Store does not have it or does not give it to the role that probes, its text is no key of that kind, or it was changed and the daemon has not answered the new one yet. Such a probe proves neither life nor death.',
    confirm:
      'The evidence names the reason. `aws ssm describe-parameters --parameter-filters Key=Name,Values=NAME` shows that it is there and its version.',
    action:
      "Write the key, let the role of the watcher or of the probe functions read it (deploy parameter `probeKeyNames`), and give the probe functions' subnets a way to Systems Manager. A new key counts within 15 minutes. After a change of keys check that the daemon knows the new one.",
    hint: 'Write the key where vpn-medic:probe-key says, and let the probing role read it (probeKeyNames).',
  },
  SourceDestCheckOn: {
    subjects: ['appliance'],
    severities: ['warning'],
    title: 'Source/destination check is on',
    meaning: 'The interface drops packets that it should forward. No route is moved to it.',
    action:
      '`aws ec2 modify-network-interface-attribute --network-interface-id eni-… --no-source-dest-check`',
  },
  ScheduledEvent: {
    subjects: ['appliance'],
    severities: ['warning'],
    title: 'AWS scheduled an instance event',
    meaning: 'AWS will reboot, stop or retire the instance.',
    action:
      'Stop and start it at a quiet hour before that; its routes move to another appliance by themselves.',
    hint: 'Stop and start it at a quiet hour before that; its routes move to another appliance by themselves.',
  },
  ApplianceLeaving: {
    subjects: ['appliance'],
    severities: ['warning', 'critical'],
    title: 'Planned leave',
    meaning:
      'An appliance is about to end, or is drained: EC2 takes its Spot capacity back in two minutes or recommends to leave it, its auto scaling group terminates it, an event that EC2 has scheduled is less than an hour away, or an operator ran `vpn-medic drain`. Its routes move to another appliance first, while it still works, so that no traffic is lost; no route moves to it or fails back to it meanwhile. Critical: routes of it end with it and no other appliance can take them.',
    confirm:
      '`vpn-medic drain` without arguments lists what leaves and why; `vpn-medic check` shows the routes that still lead to it.',
    action:
      'Nothing, when no route leads to it any more. While routes stay: bring another member of its group up, they follow within seconds of its third good answer. If it does not end after all, its routes fail back by themselves when the notice is over.',
    hint: 'Nothing, unless routes stay: then bring another member up.',
  },
  DrillRunning: {
    subjects: ['group'],
    severities: ['warning'],
    title: 'Drill',
    meaning:
      'A drill runs, by the tag `vpn-medic:drill` or `vpn-medic drill GROUP`: the routes of one member lead to its peers for a while, and then back. It begins only when all members are well, every route is at its preferred next hop, nothing is open about the group, nothing critical in the region, no maintenance window and no quiet hours; the first unanswered probe of any member ends it, and its routes go back.',
    confirm: '`vpn-medic drill` lists the drills of each group with what was measured.',
    action: 'Nothing, or `vpn-medic drill GROUP --cancel` to end it now.',
    hint: 'Nothing; to end it now: vpn-medic drill GROUP --cancel',
  },
  DrillFailed: {
    subjects: ['group'],
    severities: ['warning'],
    title: 'Drill failed',
    meaning:
      'The last drill of a group was not begun at its time, or ended before its time, or its routes did not go back. Its summary says why, which routes moved, how many probes were not answered, and the outage that was measured. It is over when a later drill passes.',
    confirm:
      '`vpn-medic drill` lists the drills of each group; `vpn-medic check` shows where its routes lead now.',
    action:
      'Find out why: a failover of this group would have met the same. Then drill it again at a quiet hour: `vpn-medic drill GROUP`.',
    hint: 'Find out why, then drill it again: vpn-medic drill GROUP',
  },
  DrillOverdue: {
    subjects: ['group'],
    severities: ['warning'],
    title: 'Not drilled for 14 days',
    meaning:
      'A group is tagged `vpn-medic:drill`, and no drill of it has passed for 14 days: that its routes can move is not proven.',
    confirm:
      '`vpn-medic drill` lists the drills of each group, with the reasons of those that were not begun.',
    action:
      'Remove the reason, or choose another time in the tag; drill it now with `vpn-medic drill GROUP`.',
  },
  RouteAway: {
    subjects: ['appliance'],
    severities: ['warning'],
    title: 'Routes failed over',
    meaning:
      'Routes lead to another appliance than the preferred one. Notified when they fail back, and when they were moved without a failure (a person or another tool moved them).',
    action:
      'Nothing: they fail back when the preferred appliance has answered `rise` times and the hold-down has passed; `FailbackHeld` says when its tunnel has to be proven first.',
    hint: 'Nothing: they fail back by themselves after the hold-down.',
  },
  FailbackHeld: {
    subjects: ['appliance'],
    severities: ['warning'],
    title: 'Failback waits for a proof of the tunnel',
    meaning:
      'An appliance answers again, and its routes stay on another one. It died without a word of EC2 (a daemon that ended or hung) and the parameter is `failback=proven`, or its tunnel was lost right after a failback, or its tag asks for a probe through the tunnel that does not answer: its daemon alone does not prove that the tunnel is back, and routes to a dead tunnel lose every packet. Traffic flows through the other appliance meanwhile.',
    confirm:
      '`vpn-medic check` shows the probes of the appliance; test the tunnel by hand, from the appliance to a host of the far side.',
    action:
      'When the tunnel carries traffic: `vpn-medic failback INSTANCE`, or `GROUP` for all of its appliances. To let the probes decide next time, give the appliance a probe through its tunnel (docs/probes.md, "Prove the tunnel"); with `failback=probe` its daemon is enough, at the risk of a dead tunnel. After a failback that was undone, only an operator lets the routes go back.',
  },
  RoutePinned: {
    subjects: ['group'],
    severities: ['warning'],
    title: 'Route pinned',
    meaning:
      'One of two cases; the notification says which. Routes failed over three times within an hour: they stay where they are until an operator acknowledges it. Or an operator pinned them to an appliance (`vpn-medic pin`): the notification says who, why and until when, and the pin ends by itself. In both cases they still move away from a next hop that is down.',
    confirm: "`vpn-medic pin` without arguments lists the operators' pins.",
    action:
      "After flapping: repair what flaps, then `vpn-medic ack GROUP`. An operator's pin: nothing, or `vpn-medic unpin GROUP` to end it now.",
  },
  RouteStranded: {
    subjects: ['route'],
    severities: ['critical'],
    title: 'Route without a healthy next hop',
    meaning:
      "A client pool's route leads to its owner, and the owner is down. No other appliance can carry it.",
    action: 'Bring the owner back, or let its clients connect elsewhere.',
  },
  Paused: {
    subjects: ['region'],
    severities: ['warning'],
    title: 'Writes paused',
    meaning:
      'An operator has stopped every write of vpn-medic in every region (`vpn-medic pause`): routes, repairs, publication and import of CRLs. What would be done is held with the rule `paused`. Notified when the pause begins and when it ends; it ends by itself, after 24 hours at most.',
    confirm: '`vpn-medic incidents` shows who paused it, why and until when.',
    action: 'Nothing, or `vpn-medic resume` to end it now.',
    hint: 'It ends by itself; to end it now: vpn-medic resume',
  },
  RouteRewritten: {
    subjects: ['route'],
    severities: ['warning'],
    title: 'Another tool points a route back at a dead appliance',
    meaning:
      'After a failover another program or person pointed the route back at an appliance that is still down. It was moved again. Each time traffic is lost until then.',
    confirm:
      '`aws cloudtrail lookup-events --lookup-attributes AttributeKey=EventName,AttributeValue=ReplaceRoute`: the events that are not of the role of vpn-medic.',
    action:
      'Let one tool alone write the route: take the table out of the other one, or remove the tag `vpn-medic:group` from it.',
    hint: 'Find what writes it: aws cloudtrail lookup-events --lookup-attributes AttributeKey=EventName,AttributeValue=ReplaceRoute',
  },
  MemberJoined: {
    subjects: ['appliance'],
    severities: ['warning'],
    title: 'New member of a group',
    meaning:
      'An appliance joined a group after the group was first seen, and may carry its routes from now on. The notification says by what it was admitted: the instance profile or auto scaling group of a member that has carried, the tag `vpn-medic:members` of a route table, an operator, `joinPolicy=any`, or a route of the group that its owner pointed at it.',
    confirm: '`vpn-medic admit` without arguments lists what operators said.',
    action: 'Nothing, if it is meant; otherwise `vpn-medic admit INSTANCE --revoke`.',
  },
  MemberNotAdmitted: {
    subjects: ['appliance'],
    severities: ['warning'],
    title: 'Tagged for a group, not admitted',
    meaning:
      'An appliance is tagged for a group and is not admitted to it: it is watched, and no route moves to it, whatever fails. A tag alone is not enough, because any principal that may tag an instance could take the routes of a group. Members that were there when the group was first seen are admitted where a route led to them, or where they share the instance profile or auto scaling group of one of those.',
    confirm:
      '`aws ec2 describe-instances --instance-ids i-…` shows the instance profile and the tag `aws:autoscaling:groupName`; compare with a member that carries routes.',
    action:
      'If it belongs to the group: `vpn-medic admit INSTANCE`. If not: take the tag `vpn-medic:group` off it, and find out who set it (CloudTrail, `CreateTags`).',
  },
  WriteFailed: {
    subjects: ['group'],
    severities: ['critical'],
    title: 'Route writes fail',
    meaning:
      'Route writes of a group have no effect: EC2 refuses them (the summary quotes its answer, for example `ec2:ReplaceRoute denied`), or it accepts them and reading back still shows the old next hop. They are tried again, at least once a minute.',
    confirm:
      'The evidence lists each route, how often it was tried, and its present next hop. `aws ec2 describe-route-tables --route-table-ids rtb-…`',
    action:
      "If an action is denied: grant it to the function's role; the stack's role may write only tables that are tagged `vpn-medic:group`, so look at that tag first. If writes do not show: look for another tool that writes the same route.",
  },
} as const satisfies Readonly<Record<string, FindingEntry>>;
