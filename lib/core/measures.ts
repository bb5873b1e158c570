/** Names of everything that vpn-medic measures. What each means and when it alarms: lib/monitors/catalogue.ts. */

/** Rare ones are left out while they are zero: a series costs by the hour in which it has points. */
export const METRICS = {
  Heartbeat: 'steady',
  TickMs: 'steady',
  SightLost: 'rare',
  AppliancesDown: 'steady',
  RoutesMoved: 'rare',
  MovesHeld: 'rare',
  TimeToRestoreMs: 'rare',
  NoticesFailed: 'rare',
  EventsLost: 'rare',
  TunnelsDown: 'steady',
  EndpointsDown: 'steady',
  RegionDown: 'rare',
  CrlLeftMs: 'steady',
  CrlsExpiring: 'steady',
  CrlLooks: 'rare',
  CrlsPublished: 'rare',
  CrlsRefused: 'rare',
} as const;

export type MetricName = keyof typeof METRICS;

/** One series for each resource, only where the deployment asks for it (`metricDimensions`): 1 while it is down, else 0. */
export type ResourceMetricName = 'ApplianceDown' | 'TunnelDown';

/** What one entry of the log may measure. */
export type Measures = Partial<Readonly<Record<MetricName, number>>>;

/** The last word of a name is its unit. */
export const unitOf = (name: string): 'Milliseconds' | 'Count' =>
  name.endsWith('Ms') ? 'Milliseconds' : 'Count';
