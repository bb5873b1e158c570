/** The metric catalogue: what every number means, who writes it, when it alarms. Alarms and dashboard follow it. */
import type { MetricName } from '../core/measures.ts';

export interface Metric {
  readonly name: MetricName;
  /** The function that writes it, always with the one dimension `Region`: each series is paid for. */
  readonly writtenBy: string;
  readonly says: string;
  readonly alarm: AlarmRule | null;
  /** Its function runs once for all regions: one alarm, of the stack's own region. */
  readonly isOfHome?: true;
  /** Only where several regions are watched: with one there is nowhere else to send users. */
  readonly isOfMany?: true;
}

export interface AlarmRule {
  /** Names the alarm and its section of the runbook. Frozen: CloudFormation would make a new one beside the old. */
  readonly id: string;
  readonly says: string;
  readonly statistic: 'Sum' | 'Maximum' | 'Minimum' | 'Average';
  readonly is: 'AtLeast' | 'Below';
  readonly threshold: number;
  readonly periodS: 60 | 300 | 900 | 3_600;
  /** In so many of as many periods in a row. */
  readonly periods: number;
  /** `ignore`: it stays as it was. */
  readonly whenMissing: 'breaching' | 'notBreaching' | 'ignore';
  /** `watchdog`: notifies on-call without any of our functions. `none`: only shown on the dashboard; a notification has the details. */
  readonly calls: 'watchdog' | 'none';
}

/** One thing at least is down within 5 minutes, as polls find it: shown on the dashboard, and sent to no topic. */
const FOR_THE_DASHBOARD = {
  statistic: 'Maximum',
  is: 'AtLeast',
  threshold: 1,
  periodS: 300,
  periods: 1,
  whenMissing: 'notBreaching',
  calls: 'none',
} as const satisfies Partial<AlarmRule>;

/** At most twenty: what a small account pays for at $0.30 each a month. */
export const CATALOGUE: readonly Metric[] = [
  {
    name: 'Heartbeat',
    writtenBy: 'watchAppliances',
    says: 'one for each pass over all appliances',
    alarm: {
      id: 'HeartbeatMissing',
      says: 'vpn-medic has not checked the appliances for 3 minutes: routes do not fail over now',
      statistic: 'Sum',
      is: 'Below',
      threshold: 1,
      periodS: 60,
      periods: 3,
      whenMissing: 'breaching',
      calls: 'watchdog',
    },
  },
  {
    name: 'TickMs',
    writtenBy: 'watchAppliances',
    says: 'how long a pass took, from the first read to the last decision',
    alarm: null,
  },
  {
    name: 'SightLost',
    writtenBy: 'watchAppliances',
    says: 'parts of the account that a pass could not read; each holds writes',
    alarm: {
      id: 'SightLost',
      says: 'a part of the account could not be read for 5 minutes: nothing there is repaired',
      statistic: 'Maximum',
      is: 'AtLeast',
      threshold: 1,
      periodS: 60,
      periods: 5,
      whenMissing: 'notBreaching',
      calls: 'watchdog',
    },
  },
  {
    name: 'AppliancesDown',
    writtenBy: 'watchAppliances',
    says: 'appliances that are down',
    alarm: {
      id: 'AppliancesDown',
      says: 'an appliance is down',
      statistic: 'Maximum',
      is: 'AtLeast',
      threshold: 1,
      periodS: 60,
      periods: 1,
      whenMissing: 'notBreaching',
      calls: 'none',
    },
  },
  {
    name: 'RoutesMoved',
    writtenBy: 'watchAppliances',
    says: 'routes written and read back: away from a dead appliance, or failed back',
    alarm: {
      id: 'RoutesMoved',
      says: 'routes have moved within the last 5 minutes',
      statistic: 'Sum',
      is: 'AtLeast',
      threshold: 1,
      periodS: 300,
      periods: 1,
      whenMissing: 'notBreaching',
      calls: 'none',
    },
  },
  {
    name: 'MovesHeld',
    writtenBy: 'watchAppliances',
    says: 'moves that a safety rule held back',
    alarm: null,
  },
  {
    name: 'TimeToRestoreMs',
    writtenBy: 'watchAppliances',
    says: 'from the last good answer of an appliance to its last route read back elsewhere',
    alarm: null,
  },
  {
    name: 'NoticesFailed',
    writtenBy: 'watchAppliances',
    says: 'notifications that could not be published to a topic; each is tried again',
    alarm: {
      id: 'NoticesUntold',
      says: 'a notification could not be sent for 3 minutes: run vpn-medic check',
      statistic: 'Maximum',
      is: 'AtLeast',
      threshold: 1,
      periodS: 60,
      periods: 3,
      whenMissing: 'notBreaching',
      calls: 'watchdog',
    },
  },
  {
    name: 'EventsLost',
    writtenBy: 'watchAppliances',
    says: 'incident changes that the event bus did not get; notifications do not depend on it',
    alarm: {
      id: 'EventsLost',
      says: 'the event bus did not get every change of an incident: automation that reads it has missed one',
      statistic: 'Sum',
      is: 'AtLeast',
      threshold: 1,
      periodS: 300,
      periods: 1,
      whenMissing: 'notBreaching',
      calls: 'watchdog',
    },
  },
  {
    name: 'TunnelsDown',
    writtenBy: 'pollConnections',
    says: 'Site-to-Site tunnels that are down',
    alarm: {
      id: 'TunnelsDown',
      says: 'a Site-to-Site tunnel is down',
      ...FOR_THE_DASHBOARD,
    },
  },
  {
    name: 'EndpointsDown',
    writtenBy: 'pollEndpoints',
    says: 'Client VPN endpoints that accept no connections',
    alarm: {
      id: 'EndpointsDown',
      says: 'a Client VPN endpoint accepts no connections',
      ...FOR_THE_DASHBOARD,
    },
  },
  {
    name: 'RegionDown',
    writtenBy: 'pollEndpoints',
    says: '1 while no Client VPN endpoint of the region answers; where several regions are watched',
    isOfMany: true,
    alarm: {
      // A Route 53 health check may follow it by its name.
      id: 'RegionDown',
      says: 'no Client VPN endpoint of the region answers',
      ...FOR_THE_DASHBOARD,
    },
  },
  {
    name: 'CrlLeftMs',
    writtenBy: 'publishCrl',
    says: 'until the first of the published CRLs expires',
    isOfHome: true,
    alarm: null,
  },
  {
    name: 'CrlsExpiring',
    writtenBy: 'publishCrl',
    says: 'published CRLs that have expired, or whose `CrlExpiring` is critical',
    isOfHome: true,
    alarm: {
      id: 'CrlLifeShort',
      says: 'a published CRL is about to expire, by its life, or has expired: clients that are checked against it cannot connect then',
      statistic: 'Maximum',
      is: 'AtLeast',
      threshold: 1,
      periodS: 3_600,
      periods: 1,
      // A function that stops says nothing of the CRL: the alarm must not end by it.
      whenMissing: 'ignore',
      calls: 'watchdog',
    },
  },
  {
    name: 'CrlLooks',
    writtenBy: 'publishCrl',
    says: 'one for each check of inbox and published copies',
    isOfHome: true,
    alarm: {
      id: 'CrlChecksMissing',
      says: 'vpn-medic has not completed a check of CRLs for 3 hours, whatever the reason: new CRLs are not published',
      statistic: 'Sum',
      is: 'Below',
      threshold: 1,
      periodS: 3_600,
      periods: 3,
      whenMissing: 'breaching',
      calls: 'watchdog',
    },
  },
  {
    name: 'CrlsPublished',
    writtenBy: 'publishCrl',
    says: 'CRLs published',
    alarm: null,
  },
  {
    name: 'CrlsRefused',
    writtenBy: 'publishCrl',
    says: 'CRLs refused; the last good one stays published',
    alarm: null,
  },
];
