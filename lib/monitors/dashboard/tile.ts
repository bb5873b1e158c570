/** What a dashboard is made of. Pure. */
import type { MetricName } from '../../core/measures.ts';
import type { Alarm, StackFact } from '../alarms.ts';
import type { Widget } from '../dashboardLimits.ts';

export interface DashboardFact extends StackFact {
  readonly homeRegion: string;
  readonly alarms: readonly Alarm[];
}

/** A widget that does not know its place yet. */
export type Tile = Omit<Widget, 'x' | 'y'>;

/** One of our own metrics. */
export const own = (
  region: string,
  name: MetricName,
  stat: string,
  label: string,
  yAxis = 'left',
) => ['VpnMedic', name, 'Region', region, { stat, yAxis, label }];

export const formula = (expression: string, label: string): readonly unknown[] => [
  { expression, label },
];

/** Horizontal annotations. */
export const lines = (...at: readonly (readonly [value: number, label: string])[]) => ({
  annotations: { horizontal: at.map(([value, label]) => ({ value, label })) },
});

export const graph = (
  region: string,
  name: string,
  period: number,
  metrics: readonly unknown[],
  more: Readonly<Record<string, unknown>>,
  width = 12,
): Tile => ({
  type: 'metric',
  width,
  height: 6,
  properties: { title: name, region, period, view: 'timeSeries', stacked: false, metrics, ...more },
});
