/** What CloudWatch takes of a dashboard: better refused when packaging than half drawn. */

/**
 * @throws {Error} listing every limit that is passed.
 * @see https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/cloudwatch_limits.html (read 2026-11-21)
 */
export function refuseOverLimits(widgets: readonly Widget[]): void {
  const metricCounts = widgets.map(metricCount);
  const total = metricCounts.reduce((sum, count) => sum + count, 0);
  const faults = [
    ...over('widgets', widgets.length, WIDGETS_MAX),
    ...over('metrics on all widgets', total, METRICS_MAX),
    ...widgets.flatMap((widget, index) => [
      ...over(`metrics on ${nameOf(widget)}`, metricCounts[index] ?? 0, METRICS_PER_WIDGET_MAX),
      ...over(`alarms on ${nameOf(widget)}`, lengthOf(widget.properties['alarms']), ALARMS_MAX),
      ...placeFaults(widget),
      ...searchesOf(widget).flatMap((search) =>
        over(`characters of a SEARCH on ${nameOf(widget)}`, search.length, SEARCH_LENGTH_MAX),
      ),
      ...over(`SEARCHes on ${nameOf(widget)}`, searchesOf(widget).length, SEARCHES_MAX),
    ]),
  ];
  if (faults.length > 0) throw new Error(`the dashboard is too large:\n${faults.join('\n')}`);
}

const WIDGETS_MAX = 500;
const METRICS_MAX = 2_500;
const METRICS_PER_WIDGET_MAX = 500;
const ALARMS_MAX = 100;
const SEARCH_LENGTH_MAX = 1_024;
const SEARCHES_MAX = 100;
const GRID_WIDTH = 24;
const HEIGHT_MAX = 1_000;

const over = (what: string, count: number, max: number): readonly string[] =>
  count > max
    ? [`${count} ${what}; CloudWatch takes ${max}: watch fewer regions in one stack`]
    : [];

function placeFaults(widget: Widget): readonly string[] {
  const { x, y, width, height } = widget;
  const isOnGrid =
    x >= 0 &&
    y >= 0 &&
    width >= 1 &&
    x + width <= GRID_WIDTH &&
    height >= 1 &&
    height <= HEIGHT_MAX;
  return isOnGrid
    ? []
    : [`${nameOf(widget)} does not fit on the grid: ${x},${y} ${width}x${height}`];
}

/** A SEARCH counts as the most series that it may find would be too many to count: as one. */
const metricCount = ({ properties }: Widget): number => lengthOf(properties['metrics']);

const searchesOf = ({ properties }: Widget): readonly string[] =>
  (Array.isArray(properties['metrics']) ? properties['metrics'] : [])
    .flat()
    .flatMap((part: unknown) =>
      typeof part === 'object' && part !== null && 'expression' in part
        ? [String(part.expression)]
        : [],
    )
    .filter((expression) => expression.startsWith('SEARCH('));

const lengthOf = (list: unknown): number => (Array.isArray(list) ? list.length : 0);

const nameOf = ({ type, properties }: Widget): string =>
  typeof properties['title'] === 'string' ? `"${properties['title']}"` : `a ${type} widget`;

export interface Widget {
  readonly type: 'metric' | 'text' | 'alarm' | 'custom';
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
  readonly properties: Readonly<Record<string, unknown>>;
}
