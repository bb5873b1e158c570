/** What failing everything once has shown, as one HTML page with the map. Pure. */

import { type Markup, markup } from '../../../map/markup.ts';
import { drawPanel } from '../../../map/panel.ts';
import type { MapScene } from '../../../map/scene.ts';
import type { FailureOutcome } from '../../../simulator/every/play.ts';
import {
  type EveryReport,
  forOf,
  headlineOf,
  lostOf,
  movedOf,
  notifiedOf,
  type Section,
  sectionsOf,
  whatOf,
} from './report.ts';

const WIDTH_PX = 1_160;

/** One file that needs nothing else: no script, no font, no request. */
export const drawEvery = (report: EveryReport, scene: MapScene): Markup =>
  markup`${DOCTYPE}
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1"><meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'"><title>Every single failure of ${report.region}</title><style>${STYLE}</style></head><body><h1>What one failure would cut off</h1><p>${headlineOf(report)}.</p>${summary(report)}${report.notes.map((note) => markup`<p class="note">${note}</p>`)}${sectionsOf(report).map(drawSection)}<h2>The account before anything fails</h2><div class="map">${drawPanel(scene, { widthPx: WIDTH_PX, theme: 'light' })}</div><p class="note">Rehearsed by vpn-medic on virtual time in a simulated account with the routes, appliances, connections and endpoints of the real one. What lies behind Direct Connect, and routes that transit gateways learn, are not simulated.</p></body></html>
`;

const DOCTYPE = markup`<!doctype html>`;

function summary(report: EveryReport): Markup {
  const singles = report.failures.filter(({ kind }) => kind !== 'pair');
  const count = (isIt: (one: FailureOutcome) => boolean) => singles.filter(isIt).length;
  const boxes: readonly (readonly [number, string, string])[] = [
    [count(({ result }) => result === 'cut-off'), 'cut something off', 'bad'],
    [count(({ result }) => result === 'interrupted'), 'interrupt, and are moved', 'warn'],
    [count(({ result }) => result === 'no-loss'), 'take redundancy only', 'good'],
    [count(({ notified }) => notified.length === 0), 'are notified to no one', 'dim'],
  ];
  return markup`<div class="boxes">${boxes.map(([number, words, of]) => markup`<div class="box ${of}"><b>${number}</b> ${words}</div>`)}</div>`;
}

const drawSection = ({ heading, failures }: Section): Markup =>
  markup`<h2>${heading} (${failures.length})</h2><table><thead><tr><th>fails</th><th>lost</th><th>for</th><th>moved</th><th>notified</th></tr></thead><tbody>${failures.map(drawRow)}</tbody></table>`;

function drawRow(one: FailureOutcome): Markup {
  const whys = [...new Set(one.lost.flatMap(({ why }) => why ?? []))];
  return markup`<tr><td class="what">${whatOf(one)}</td><td data-of="lost" title="${one.lost.map(({ name }) => name).join(', ')}">${lostOf(one.lost)}${whys.map((why) => markup`<div class="why">${why}</div>`)}</td><td data-of="for">${forOf(one)}</td><td data-of="moved">${movedOf(one)}</td><td data-of="notified">${notifiedOf(one)}</td></tr>`;
}

const STYLE = markup`body { font: 14px/1.45 system-ui, Segoe UI, Roboto, sans-serif; color: #1b1f24; background: #fff; max-width: 1200px; margin: 24px auto; padding: 0 16px; }
h1 { font-size: 24px; margin: 0 0 4px; } h2 { font-size: 17px; margin: 28px 0 8px; }
.boxes { display: flex; flex-wrap: wrap; gap: 12px; margin: 16px 0; }
.box { border: 1px solid #8c959f; border-left-width: 6px; border-radius: 6px; padding: 10px 16px; } .box b { font-size: 22px; margin-right: 4px; }
.box.bad { border-left-color: #b3151f; } .box.warn { border-left-color: #7d4e00; } .box.good { border-left-color: #116329; }
table { border-collapse: collapse; width: 100%; table-layout: fixed; } th { text-align: left; font-weight: 600; color: #57606a; }
th:nth-child(1) { width: 24%; } th:nth-child(2) { width: 22%; } th:nth-child(3) { width: 11%; } th:nth-child(4) { width: 12%; }
th, td { padding: 5px 10px 5px 0; border-bottom: 1px solid #d0d7de; vertical-align: top; overflow-wrap: break-word; }
.why, .note { color: #57606a; font-size: 13px; } .map { overflow-x: auto; }
@media (max-width: 640px) { table, tbody, tr, td { display: block; } thead { display: none; } tr { padding: 6px 0; border-bottom: 1px solid #d0d7de; } td { padding: 1px 0; border: 0; } .what { font-weight: 600; } td[data-of]::before { content: attr(data-of) ' '; color: #57606a; } }
@media print { body { margin: 0; } tr { break-inside: avoid; } }`;
