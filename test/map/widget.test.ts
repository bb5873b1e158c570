/** What CloudWatch may send, and what it should not: the widget draws all the same. */
import { expect, test } from '@jest/globals';
import * as fc from 'fast-check';
import { readWidget } from '../../lib/map/widget.ts';

const context = { width: 624, height: 400, theme: 'dark', dashboardName: 'vpn' };

test('a request for documentation is one, and no picture', () => {
  expect(readWidget({ describe: true })).toEqual({ kind: 'describe' });
  expect(readWidget({ describe: false }).kind).toBe('draw');
});

test('width and theme are those of the widget, the region that of its parameters', () => {
  expect(readWidget({ region: 'eu-north-1', widgetContext: context })).toEqual({
    kind: 'draw',
    region: 'eu-north-1',
    show: 'all',
    widthPx: 600,
    theme: 'dark',
  });
});

test.each([
  ['no event', undefined],
  ['an event of another shape', { Records: [] }],
  ['a width that is none', { widgetContext: { ...context, width: 'wide', theme: 'pink' } }],
])('%s is drawn with the defaults', (_what, event) => {
  expect(readWidget(event)).toEqual({
    kind: 'draw',
    region: null,
    show: 'all',
    widthPx: 876,
    theme: 'light',
  });
});

test.each([
  [24, 1],
  [25, 1],
  [26, 2],
  [1e9, 8_000],
])('a width of %j px is drawn %j px wide', (width, widthPx) => {
  expect(readWidget({ widgetContext: { ...context, width } })).toMatchObject({ widthPx });
});

test.each([
  ['state', 'state'],
  ['map', 'map'],
  ['picture', 'all'],
])('a tile that asks for %j shows %s', (asked, show) => {
  expect(readWidget({ show: asked, widgetContext: context })).toMatchObject({ show });
});

test('no event whatever throws', () => {
  fc.assert(
    fc.property(fc.anything(), (event) => {
      expect(['draw', 'describe']).toContain(readWidget(event).kind);
    }),
  );
});
