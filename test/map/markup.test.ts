/** Nothing that a tag says can become markup. */
import { expect, test } from '@jest/globals';
import * as fc from 'fast-check';
import { markup } from '../../lib/map/markup.ts';
import { drawPanel } from '../../lib/map/panel.ts';
import { anAppliance, aRouteGroup, aScene, aTable } from './aScene.ts';

test.each([
  ['an element', '<script>x</script>', '&lt;script&gt;x&lt;/script&gt;'],
  ['an attribute that ends early', '" onload="x', '&quot; onload=&quot;x'],
  ['an entity', '&lt;', '&amp;lt;'],
  ['a line break', 'a\nb', 'a?b'],
  ['a turn of the direction of writing', 'a\u202eb', 'a?b'],
  ['nothing of the kind', 'Zürich 🏔 #1', 'Zürich 🏔 #1'],
])('text that holds %s is escaped', (_what, text, escaped) => {
  expect(markup`<b>${text}</b>`.toString()).toBe(`<b>${escaped}</b>`);
});

test('markup in markup is not escaped again', () => {
  expect(markup`<p>${markup`<b>${'&'}</b>`}</p>`.toString()).toBe('<p><b>&amp;</b></p>');
});

/** Elements by name: what a browser would make of it. */
const elements = (html: string): readonly string[] =>
  [...html.matchAll(/<([a-zA-Z!][^\s/>]*)/g)].map(([, name = '']) => name);

test('whatever names, tags and reasons hold, the panel has the same elements as with harmless ones', () => {
  const panel = (text: string) =>
    drawPanel(
      aScene({
        zones: [text],
        appliances: [
          anAppliance({
            name: text,
            zone: text,
            group: text,
            why: text,
            ignored: text,
            pools: [text],
          }),
        ],
        tables: [
          aTable({ name: text, zone: text, routeGroups: [aRouteGroup({ destinations: [text] })] }),
        ],
        sites: [],
        endpoints: [],
        gaps: [text],
        incidents: [
          {
            severity: 'critical',
            reason: text,
            title: text,
            name: text,
            summary: text,
            lastsMs: 1,
          },
        ],
        held: [{ what: text, rule: text, because: text, until: null }],
      }),
      { widthPx: 900, theme: 'light' },
    ).toString();
  const harmless = elements(panel('x'));
  const nasty = fc.oneof(
    fc.string({ unit: 'binary', minLength: 1, maxLength: 256 }),
    fc.stringMatching(/^[<>"'&/a-z= ]{1,40}$/),
  );
  fc.assert(
    fc.property(nasty, (text) => {
      expect(elements(panel(text))).toEqual(harmless);
    }),
  );
});

test('a panel holds nothing that CloudWatch would take out, and nothing that asks another host', () => {
  const html = drawPanel(aScene(), { widthPx: 900, theme: 'light' }).toString();
  expect(html).not.toMatch(/<(script|iframe|use|link|img|foreignObject)\b/i);
  expect(html).not.toMatch(/\b(href|src|url\()/i);
  expect(html.replace('http://www.w3.org/2000/svg', '')).not.toMatch(/https?:/);
});
