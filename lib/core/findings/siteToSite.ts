/** Findings of Site-to-Site connections, their tunnels and sites. */

import type { FindingEntry } from './entry.ts';

export const CONNECTION_FINDINGS = {
  ConnectionDown: {
    subjects: ['connection'],
    severities: ['critical'],
    title: 'Connection down',
    meaning:
      'No tunnel of a Site-to-Site connection carries traffic: both are down, or BGP is down on them, or AWS accepts no route from them (and no static route leads to the connection). How it is lost may change; it stays one incident. Once notified it stays open until a tunnel is known to be up again; a missing API answer neither opens nor resolves it. An AWS Health line in the evidence says that AWS replaced an endpoint.',
    confirm:
      "`aws ec2 describe-vpn-connections --vpn-connection-ids ID --query 'VpnConnections[].VgwTelemetry'` (never without the query: the whole reply shows the pre-shared keys).",
    action:
      'Check whether the customer device and its line are up. With the default options (`StartupAction` add) AWS never starts IKE: the customer device must.',
  },
  ConnectionPending: {
    subjects: ['connection'],
    severities: ['warning'],
    title: 'Connection pending for long',
    meaning: 'A connection has been `pending` for more than an hour.',
    confirm: '`aws ec2 describe-vpn-connections --query` of its `State`.',
    action: 'Delete it and make it again; if that does not help, ask AWS Support.',
    hint: 'Delete it and make it again; if that does not help, ask AWS Support.',
  },
  TunnelDown: {
    subjects: ['tunnel'],
    severities: ['warning'],
    title: 'Tunnel down',
    meaning:
      'A tunnel is down. While both are down, `ConnectionDown` is notified and this one only stays open.',
    confirm:
      'As for `ConnectionDown`. VPN logs, where they are on, show the IKE exchange that failed.',
    action:
      "Look at the customer device's log for this outside address: pre-shared key, proposals, DPD, a changed public address.",
  },
  BgpDown: {
    subjects: ['tunnel'],
    severities: ['warning'],
    title: 'BGP down',
    meaning:
      'IPsec is up and BGP is not (`DOWN`, `IPSEC IS UP`) on a tunnel. When no tunnel of the connection carries traffic, `ConnectionDown` is notified instead.',
    confirm: "On the customer device: the BGP neighbour's state for the inside address.",
    action:
      'Neighbour addresses, ASN, hold timer, and TCP 179 inside the tunnel. More than 100 announced routes end the session on a virtual private gateway: see `RouteLimitNear`.',
    hint: 'On the customer device, look at the BGP session of this tunnel (neighbour address, ASN, TCP 179 inside the tunnel).',
  },
  NoRoutesAccepted: {
    subjects: ['tunnel', 'connection'],
    severities: ['warning'],
    title: 'No BGP route accepted',
    meaning: 'BGP is up and AWS has accepted no route: AWS sends no traffic into this tunnel.',
    confirm: "The customer device's advertised routes for this neighbour.",
    action:
      'Correct the export filter. If another tunnel is meant to carry all traffic, announce the same routes with a longer AS path rather than none.',
    hint: 'Check what the customer device announces on this session, and its export filters.',
  },
  TunnelFlapping: {
    subjects: ['tunnel'],
    severities: ['warning'],
    title: 'Tunnel flapping',
    meaning:
      'Three or more changes within an hour, counted from "last status change" and from the TunnelState metric, whichever counted more. Both miss short flaps. While it flaps, `TunnelDown` is notified only after 5 minutes of being down.',
    confirm: "VPN logs; the tunnel's TunnelState graph.",
    action:
      'Compare lifetimes, rekey and DPD timers of both sides, then check the line for packet loss.',
    hint: 'Compare DPD and rekey timers of both sides, then the line under the tunnel; VPN logs show every change.',
  },
  TunnelOneWay: {
    subjects: ['tunnel'],
    severities: ['warning'],
    title: 'Tunnel carries traffic one way',
    meaning:
      'For over 15 minutes AWS has sent into the tunnel and nothing has come back, neither here nor through the other tunnel, though the last two weeks had traffic in both directions.',
    confirm:
      'TunnelDataIn and TunnelDataOut of both tunnels; a ping from the VPC to a host of the site.',
    action:
      'Check the return path on the remote side: routes, firewall, NAT, traffic selectors of phase 2.',
    hint: 'On the remote side, check the return path: routes, firewall, NAT, and the traffic selectors of phase 2.',
  },
  TunnelIdle: {
    subjects: ['tunnel'],
    severities: ['warning', 'info'],
    title: 'Tunnel idle',
    meaning:
      'A tunnel with static routes has carried nothing for an hour (20 kB in 5 minutes count as nothing: ARP and status checks). AWS closes idle tunnels, and by default only the customer device starts them again. A standby tunnel beside a busy one is only listed.',
    confirm: 'TunnelDataIn and TunnelDataOut.',
    action:
      "Send keep-alive traffic: a ping from the customer network to a host in the VPC every few seconds, or the device's SLA monitor.",
    hint: 'Send keep-alive traffic through it: a ping from the customer network to a host in the VPC every few seconds, or the SLA monitor of the device.',
  },
  TunnelSaturated: {
    subjects: ['tunnel'],
    severities: ['warning'],
    title: 'Tunnel saturated',
    meaning:
      'For 15 minutes both directions together have been over 80 % of what a tunnel can carry (1.25 Gbps, 5 Gbps for large tunnels). The trend of the hour is in the evidence.',
    confirm: "The tunnel's graphs; drops on the customer device.",
    action:
      'Spread the load: ECMP over several tunnels on a transit gateway, large tunnels, or Direct Connect.',
  },
  RouteLimitNear: {
    subjects: ['tunnel', 'connection', 'gateway'],
    severities: ['warning'],
    title: 'Near a limit of routes',
    meaning:
      '80 % of the routes that a customer gateway may announce (100 on a virtual private gateway, 1,000 elsewhere): beyond the limit AWS ends the BGP session. Or of the static routes of a connection (100), or of the routes that a virtual private gateway announces to each customer gateway (1,000, counted as the routes of all its other connections): beyond that they are left out without a word.',
    confirm: '`AcceptedRouteCount` in the telemetry; the static routes of the connections.',
    action: 'Summarise on the customer device, or the static routes.',
    hint: 'Summarise routes on the customer device, or announce a default route instead.',
  },
  DpdWithoutRestart: {
    subjects: ['connection'],
    severities: ['info'],
    title: 'Nothing restarts a dead tunnel',
    meaning:
      "When dead peer detection times out, AWS ends the IKE session (`clear`, AWS's default) or does nothing (`none`), and AWS does not start IKE either (`StartupAction` add): only the customer device brings the tunnel back. Listed, not notified.",
    confirm: "`DpdTimeoutAction` and `StartupAction` of the tunnel's options.",
    action:
      'Set `DPDTimeoutAction=restart`, or `StartupAction=start` with IKEv2 and a customer gateway that has a fixed address, one tunnel at a time: each change takes that tunnel down.',
    hint: 'aws ec2 modify-vpn-tunnel-options … --tunnel-options DPDTimeoutAction=restart, one tunnel at a time; or see that the customer device starts IKE by itself.',
  },
  TunnelsDiffer: {
    subjects: ['connection'],
    severities: ['info'],
    title: 'The two tunnels are set differently',
    meaning:
      'The options of the two tunnels of a connection differ (IKE versions, DH groups, integrity, DPD, start of IKE, logs, lifecycle control): one may come up where the other does not. Listed, not notified.',
    confirm: "The tunnels' options.",
    action: 'Set both alike, one tunnel at a time: each change takes that tunnel down.',
    hint: 'Set both alike (ModifyVpnTunnelOptions), one tunnel at a time: each change takes that tunnel down.',
  },
  GatewaySaturated: {
    subjects: ['gateway'],
    severities: ['warning'],
    title: 'Gateway saturated',
    meaning:
      'For 15 minutes the connections of one virtual private gateway (1.25 Gbps together) or of one VPN concentrator (5 Gbps) have carried over 80 % of what it can, though no single tunnel may be full. The limit of packets per second cannot be seen: CloudWatch has bytes of a tunnel and no packets.',
    confirm: 'The sum of TunnelDataIn and TunnelDataOut of its connections.',
    action: 'Move connections to a transit gateway, whose tunnels have no limit together.',
    hint: 'Move some of its connections to a transit gateway, whose tunnels have no limit together.',
  },
  TrafficAsymmetric: {
    subjects: ['site'],
    severities: ['info'],
    title: 'Answers come back by another tunnel',
    meaning:
      'For over 15 minutes one tunnel of a site has carried traffic out alone, and another one in alone. AWS chooses the tunnel of its own direction by AS path, MED and prefix, which no call shows; the customer device chooses the other. That is fine as long as no firewall on the way keeps state. Listed, not notified.',
    confirm: 'TunnelDataIn and TunnelDataOut of the tunnels.',
    action:
      'Prefer the same tunnel on both sides: AS path prepending or MED towards AWS, local preference on the device; or allow asymmetric routing there.',
    hint: 'Prefer the same tunnel on both sides (AS path prepending or MED towards AWS, local preference on the device), or allow asymmetric routing.',
  },
  TransitEcmpOff: {
    subjects: ['site'],
    severities: ['info'],
    title: 'Second connection of a site is not used',
    meaning:
      'A site has two connections or more on one transit gateway, whose `VpnEcmpSupport` is off: of equal paths one carries everything. Which path is preferred otherwise (AS path, MED) AWS does not show. Listed, not notified.',
    confirm: '`aws ec2 describe-transit-gateways`: `VpnEcmpSupport`.',
    action:
      'Switch it on where both shall carry traffic; only paths that are learnt by BGP are used together. As a standby it is fine as it is.',
    hint: 'aws ec2 modify-transit-gateway --transit-gateway-id … --options VpnEcmpSupport=enable, where both shall carry traffic.',
  },
  SiteAsnShared: {
    subjects: ['gateway'],
    severities: ['info'],
    title: 'Two sites with one ASN',
    meaning:
      'Customer gateways of several sites on one virtual private gateway have the same BGP ASN. What one site announces carries that ASN in its path, and the other refuses it as a loop: the sites do not reach each other over the gateway (CloudHub). Listed, not notified.',
    confirm: '`aws ec2 describe-customer-gateways`: `BgpAsn`.',
    action: 'Give each site an ASN of its own, or allow the own ASN in the path on the devices.',
    hint: 'Where the sites shall reach each other, give each an ASN of its own, or allow its own ASN in paths (allowas-in) on the devices.',
  },
  SiteRangesOverlap: {
    subjects: ['gateway'],
    severities: ['info'],
    title: 'Two sites with one range',
    meaning:
      'Static routes of two sites on one gateway overlap: the more specific one takes the traffic, and of equal ones one does. Both ranges are in the evidence. Prefixes that are learnt by BGP are not shown for a connection by AWS. Listed, not notified.',
    confirm: "The connections' static routes.",
    action:
      'Renumber one, or give each what it alone has. Where both lead to the same place, tag them with one `vpn-medic:site`.',
    hint: 'Give each site the ranges that it alone has; where both lead to one place, tag both connections with the same vpn-medic:site.',
  },
  CustomerGatewayShared: {
    subjects: ['site', 'connection'],
    severities: ['info'],
    title: 'One customer device for every connection',
    meaning:
      'Every connection of a gateway ends on one customer device (one outside address): it is a single point of failure. Listed by `check`, not notified.',
    confirm: "The customer gateways' addresses.",
    action: 'Add a connection that ends on a second device.',
    hint: 'Add a second connection that ends on another customer device.',
  },
  SingleTunnelUsed: {
    subjects: ['connection'],
    severities: ['warning'],
    title: 'Only one tunnel configured',
    meaning:
      'A tunnel had been down for more than a week when it was first seen, and both have not been up together since: the customer device is probably configured for one tunnel only, or brings up one at a time. A change from one tunnel to the other is no incident of its own. If it is so by design, tag the connection `vpn-medic:tunnels=1`. When AWS replaces the other endpoint, the connection goes down.',
    confirm: "The customer device's configuration.",
    action:
      'Configure the second tunnel. `vpn-medic:ignore` on the connection would silence all of it, so leave it open until then.',
    hint: 'Configure the second tunnel on the customer device.',
  },
  TunnelMaintenancePending: {
    subjects: ['tunnel'],
    severities: ['warning'],
    title: 'Tunnel maintenance pending',
    meaning:
      'AWS wants to replace a tunnel endpoint, and tunnel lifecycle control waits for your approval until the date in the notification.',
    confirm:
      '`aws ec2 get-vpn-tunnel-replacement-status --vpn-connection-id ID --vpn-tunnel-outside-ip-address IP`.',
    action:
      'At a quiet hour, with the other tunnel up: `aws ec2 replace-vpn-tunnel … --apply-pending-maintenance`. With default options the customer device must start IKE afterwards. vpn-medic does this itself only in the window of the tag `vpn-medic:maintenance` on the connection, such as `Sun 02:00-04:00 Europe/Paris`: one tunnel after the other, each while the other one has been up with routes for five minutes.',
  },
  TunnelReplaced: {
    subjects: ['tunnel'],
    severities: ['info'],
    title: 'Tunnel replaced',
    meaning:
      'AWS Health says that an endpoint was replaced, and both tunnels are up again. Listed for a day; while something is wrong the same line is part of that notification instead.',
    confirm: 'AWS Health Dashboard.',
    action: 'Nothing.',
    hint: 'Nothing. If traffic suffered, configure both tunnels on the customer device.',
  },
  TunnelUnknown: {
    subjects: ['tunnel'],
    severities: ['warning'],
    title: 'Tunnel state unknown',
    meaning:
      'For 15 minutes AWS has not said whether a tunnel is up, or reports a state that vpn-medic does not know (it is quoted). That is neither up nor down.',
    confirm: 'As for `ConnectionDown`.',
    action: 'If the state is clear to you, act on it, and report it as an issue of vpn-medic.',
  },
  TunnelMetricMissing: {
    subjects: ['tunnel'],
    severities: ['info'],
    title: 'Tunnel has no metrics',
    meaning:
      'CloudWatch shows no metrics of a tunnel that has been there for over an hour. Its state is read from EC2 and still judged; its traffic is not. Listed, not notified.',
    confirm: 'CloudWatch, namespace AWS/VPN.',
    action: 'Nothing, unless it lasts for days.',
    hint: 'Nothing by itself: state is read from EC2. If it lasts for days, ask AWS Support about AWS/VPN metrics.',
  },
  ConnectionUnattached: {
    subjects: ['connection'],
    severities: ['info'],
    title: 'Connection not attached to a gateway',
    meaning: 'A connection is available, and no gateway is attached to it. Listed, not notified.',
    confirm: '`GatewayAssociationState` of the connection.',
    action: 'Attach or delete it.',
    hint: 'Attach it to a gateway, or delete it: it costs money by the hour.',
  },
  WeakCrypto: {
    subjects: ['tunnel'],
    severities: ['info'],
    title: 'Weak cryptography allowed',
    meaning:
      "A tunnel's options allow DH group 2, SHA-1, or IKEv1 only. AWS's defaults allow the first two. Listed, not notified.",
    confirm: '`GetActiveVpnTunnelStatus` shows what was negotiated.',
    action:
      'Restrict the options in a maintenance window, one tunnel at a time: each change takes that tunnel down.',
    hint: 'In a maintenance window, restrict the tunnel options to IKEv2, SHA2 and DH group 14 or higher, one tunnel at a time: each change takes that tunnel down.',
  },
  LogsOff: {
    subjects: ['connection'],
    severities: ['info'],
    title: 'Tunnel logs are off',
    meaning:
      'A tunnel of the connection writes no tunnel logs, or, where routes are learnt by BGP, no BGP logs: each has a switch of its own. Listed, not notified.',
    confirm: "The tunnel's log options.",
    action: 'Switch them on, one tunnel at a time: each change takes that tunnel down.',
    hint: 'Switch them on (ModifyVpnTunnelOptions, LogOptions: LogEnabled, BgpLogEnabled), one tunnel at a time: each change takes that tunnel down.',
  },
  SiteDown: {
    subjects: ['site'],
    severities: ['critical'],
    title: 'Site down',
    meaning:
      "All connections (two or more) of one site are down: no path to it is left. A site is the tag `vpn-medic:site` on connections or customer gateways, else the customer device's address.",
    confirm: 'Call the site.',
    action: 'Power and line first, then the customer device.',
    hint: 'Check power and line at the site first; then the customer device.',
  },
  RedundancyLost: {
    subjects: ['site'],
    severities: ['warning'],
    title: 'Site has one tunnel left',
    meaning:
      'A site with several connections has exactly one tunnel known to be up; all others are known to be down.',
    confirm: "`vpn-medic check` lists the site's tunnels.",
    action: 'Bring one of the others back before anything else is changed there.',
    hint: 'Bring one of the others back before anything else is changed at this site.',
  },
  ConnectionsUnread: {
    subjects: ['region'],
    severities: ['warning'],
    title: 'Connections cannot be read',
    meaning:
      "For 2 minutes connections (or customer gateways) of a region could not be read; the evidence quotes AWS's answer. They are not judged meanwhile; other regions are not affected.",
    confirm: 'The same call with your credentials.',
    action:
      'Denied: grant the action to the role of `pollConnections`. Not accepted: the region is not enabled for the account; enable it or take it out of `regions`. Throttled: find what else calls it.',
  },
  MetricsUnread: {
    subjects: ['region'],
    severities: ['warning'],
    title: 'Metrics cannot be read',
    meaning:
      "For 10 minutes no CloudWatch metric of a region's tunnels could be read. State is still judged, traffic is not; what was found before stays open.",
    confirm: "The evidence quotes AWS's answer.",
    action:
      'Denied: grant `cloudwatch:ListMetrics` and `cloudwatch:GetMetricData` to the role of `pollConnections`.',
    hint: 'If it says "denied": grant cloudwatch:ListMetrics and cloudwatch:GetMetricData to the role of pollConnections (PollConnectionsRole).',
  },
} as const satisfies Readonly<Record<string, FindingEntry>>;
