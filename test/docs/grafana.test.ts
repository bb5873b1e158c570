/** Goal: the example dashboard shows every metric that there is, as its alarm judges it. Method: the committed file against the catalogue. */
import { readFileSync } from 'node:fs';
import { expect, test } from '@jest/globals';
import { CATALOGUE } from '../../lib/monitors/catalogue.ts';
import { GRAFANA, grafanaDashboard } from './renderGrafana.ts';

test('examples/grafana/vpn-medic.json is what `npm run docs:grafana` writes', () => {
  expect(readFileSync(GRAFANA, 'utf8')).toBe(grafanaDashboard());
});

test('each metric has one panel, and no two lie over each other', () => {
  const { panels } = JSON.parse(grafanaDashboard());
  const names = panels.map((panel: { title: string }) => panel.title);
  expect(names).toEqual([
    ...CATALOGUE.map(({ name }) => name),
    'ApplianceDown by resource',
    'TunnelDown by resource',
  ]);
  const places = panels.map(({ gridPos }: { gridPos: object }) => JSON.stringify(gridPos));
  expect(new Set(places).size).toBe(CATALOGUE.length + 2);
});

test('a heartbeat below its threshold is red, a count above it is', () => {
  const { panels } = JSON.parse(grafanaDashboard());
  const stepsOf = (title: string) =>
    panels.find((panel: { title: string }) => panel.title === title).fieldConfig.defaults.thresholds
      .steps;
  expect(stepsOf('Heartbeat')[0].color).toBe('red');
  expect(stepsOf('AppliancesDown')[0].color).toBe('green');
  expect(stepsOf('TickMs')).toHaveLength(1);
});
