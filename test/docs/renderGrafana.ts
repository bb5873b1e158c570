/** Writes examples/grafana/vpn-medic.json, a Grafana dashboard of every metric of the catalogue: `npm run docs:grafana`. */
import { writeFile } from 'node:fs/promises';
import { type ResourceMetricName, unitOf } from '../../lib/core/measures.ts';
import { CATALOGUE, type Metric } from '../../lib/monitors/catalogue.ts';

export const GRAFANA = new URL('../../examples/grafana/vpn-medic.json', import.meta.url);

const [PANEL_WIDTH, PANEL_HEIGHT, PANELS_A_ROW] = [8, 7, 3];

/** The CloudWatch data source and the region are chosen in Grafana. */
export const grafanaDashboard = (): string =>
  `${JSON.stringify(
    {
      title: 'vpn-medic',
      uid: 'vpn-medic',
      tags: ['vpn'],
      timezone: 'utc',
      schemaVersion: 39,
      refresh: '1m',
      time: { from: 'now-6h', to: 'now' },
      templating: { list: [SOURCE, REGION] },
      panels: [...CATALOGUE.map(panelOf), ...RESOURCES.map(resourcePanel)],
    },
    null,
    2,
  )}\n`;

const SOURCE = { name: 'source', label: 'Data source', type: 'datasource', query: 'cloudwatch' };
const REGION = {
  name: 'region',
  label: 'Watched region',
  type: 'query',
  datasource: { type: 'cloudwatch', uid: '${source}' },
  query: {
    queryType: 'dimensionValues',
    namespace: 'VpnMedic',
    metricName: 'Heartbeat',
    dimensionKey: 'Region',
    region: 'default',
  },
  refresh: 2,
};

function panelOf(metric: Metric, index: number) {
  const { name, says, alarm } = metric;
  const isCount = unitOf(name) === 'Count';
  return {
    id: index + 1,
    type: 'timeseries',
    title: name,
    description: says,
    datasource: { type: 'cloudwatch', uid: '${source}' },
    gridPos: placeOf(index),
    fieldConfig: {
      defaults: {
        unit: isCount ? 'short' : 'ms',
        min: 0,
        thresholds: { mode: 'absolute', steps: stepsOf(alarm) },
        custom: { thresholdsStyle: { mode: alarm === null ? 'off' : 'line' } },
      },
      overrides: [],
    },
    targets: [
      {
        refId: 'A',
        queryMode: 'Metrics',
        metricQueryType: 0,
        metricEditorMode: 0,
        namespace: 'VpnMedic',
        metricName: name,
        dimensions: { Region: '$region' },
        statistic: alarm?.statistic ?? (isCount ? 'Sum' : 'Maximum'),
        period: String(alarm?.periodS ?? 60),
        region: 'default',
        matchExact: true,
      },
    ],
  };
}

const placeOf = (index: number) => ({
  x: (index % PANELS_A_ROW) * PANEL_WIDTH,
  y: Math.floor(index / PANELS_A_ROW) * PANEL_HEIGHT,
  w: PANEL_WIDTH,
  h: PANEL_HEIGHT,
});

const SAYS: Readonly<Record<ResourceMetricName, string>> = {
  ApplianceDown: '1 while the appliance is down',
  TunnelDown: '1 while the tunnel is down',
};
const RESOURCES: readonly ResourceMetricName[] = ['ApplianceDown', 'TunnelDown'];

/** A line for each resource; empty unless the deployment has `metricDimensions=resource`. */
const resourcePanel = (name: ResourceMetricName, index: number) => ({
  id: CATALOGUE.length + index + 1,
  type: 'timeseries',
  title: `${name} by resource`,
  description: `${SAYS[name]}; only with metricDimensions=resource`,
  datasource: { type: 'cloudwatch', uid: '${source}' },
  gridPos: placeOf(CATALOGUE.length + index),
  fieldConfig: { defaults: { unit: 'short', min: 0, max: 1 }, overrides: [] },
  targets: [
    {
      refId: 'A',
      queryMode: 'Metrics',
      metricQueryType: 0,
      metricEditorMode: 0,
      namespace: 'VpnMedic',
      metricName: name,
      dimensions: { Region: '$region', Resource: '*' },
      label: "${PROP('Dim.Resource')}",
      statistic: 'Maximum',
      period: '60',
      region: 'default',
      matchExact: true,
    },
  ],
});

/** As the alarm of the same metric sees it. */
function stepsOf(alarm: Metric['alarm']) {
  const [well, bad] = alarm?.is === 'Below' ? ['red', 'green'] : ['green', 'red'];
  const base = { color: alarm === null ? 'green' : well, value: null };
  return alarm === null ? [base] : [base, { color: bad, value: alarm.threshold }];
}

if (import.meta.main) await writeFile(GRAFANA, grafanaDashboard());
