/** Findings that several subjects have in common. */

import type { FindingEntry } from './entry.ts';

export const SHARED_FINDINGS = {
  SightLost: {
    subjects: ['region', 'zone'],
    severities: ['critical', 'warning', 'info'],
    title: 'Inventory cannot be read',
    meaning:
      'A part of the inventory cannot be read: throttled, denied, or EC2 fails. A gap over the whole region holds every write; a gap in one zone holds only moves towards that zone (S1). A clock jump counts as a gap for one tick. Metrics of a region that a policy of the organisation denies on purpose are listed, not notified.',
    confirm: 'The evidence names the call and the error.',
    action:
      "Denied: grant the action to the function's role. Throttled: find the tool that uses up the account's API request quota.",
  },
  ProbeNeverAnswered: {
    subjects: ['appliance', 'endpoint'],
    severities: ['warning'],
    title: 'Probe never answered',
    meaning:
      'A probe has never been answered from any vantage, so a missing answer proves nothing, and no route is moved to that appliance. Where it could never be sent at all (no route from there, IPv6 from a function without it, a function that cannot be invoked), the notification gives the reason.',
    confirm: 'From a host at the vantage: `nc -vz ADDRESS PORT`, or `ike-scan`.',
    action:
      'Allow the probe in the security group and on the host, or correct `vpn-medic:probe`. OpenVPN with `tls-auth` or `tls-crypt` answers only packets that its key has sealed: name the key in `vpn-medic:probe-key`.',
  },
  TrafficOffBaseline: {
    subjects: ['tunnel', 'endpoint'],
    severities: ['warning'],
    title: 'Traffic unusual for the hour',
    meaning:
      'Three periods of 5 minutes in a row lay outside what is usual at this hour of the week (median of 14 days, four spreads to each side) by more than 250 MB an hour (at a Client VPN endpoint: 100 MB). Until there are 3 days of history nothing is reported (`vpn-medic check` says "learning"). A tunnel that takes over from its sibling is explained by that, and not notified.',
    confirm:
      "The tunnel's or endpoint's bytes against the same hour last week; `vpn-medic check` lists an endpoint's top users.",
    action:
      'Below: find out what has stopped, or takes another path. Above: find out what has begun.',
  },
  NotYetUp: {
    subjects: ['connection', 'endpoint'],
    severities: ['info'],
    title: 'Never up yet',
    meaning:
      'It was made while vpn-medic watched, and has not carried traffic since. Listed by `check`, not notified: a connection is often made days before its customer device is configured. An endpoint that still has no active association.',
    action: 'Nothing while it is being set up; else delete it.',
    hint: 'Configure the customer device, or delete the connection: it is billed by the hour.',
  },
  LongDown: {
    subjects: ['connection', 'site', 'endpoint'],
    severities: ['warning'],
    title: 'Down for more than two weeks',
    meaning:
      'A connection, all connections of a site, or a Client VPN endpoint has been down for more than 14 days: it is not in use. Notified once, and continues `ConnectionDown`, `SiteDown`, `EndpointUnavailable` or `EndpointUnreachable` when that lasts so long.',
    action: 'Delete it if it is not needed. If it is kept on purpose, tag it `vpn-medic:ignore`.',
    hint: 'Delete it if it is not needed, or tag it vpn-medic:ignore with the reason.',
  },
} as const satisfies Readonly<Record<string, FindingEntry>>;
