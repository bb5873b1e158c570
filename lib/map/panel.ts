/** The whole widget: the picture, the open incidents and the held moves. Pure. */
import { describePause } from '../core/pause.ts';
import { describeMs, toIso } from '../core/time.ts';
import { freshTexts, lateTexts, offText } from '../watcher/lastLooksText.ts';
import { drawMap } from './draw.ts';
import { type Markup, markup } from './markup.ts';
import type { MapHeld, MapIncident, MapScene } from './scene.ts';
import { styleOf, type Theme } from './theme.ts';

export interface PanelOptions {
  /** Without the open incidents: another tile lists them. */
  readonly show?: 'map' | 'all';
  readonly widthPx: number;
  readonly theme: Theme;
}

/** HTML without script, frame or reference to anything outside itself: what a CloudWatch custom widget may show. */
export const drawPanel = (
  scene: MapScene,
  { widthPx, theme, show = 'all' }: PanelOptions,
): Markup =>
  markup`<div class="vpnmap">${styleOf(theme)}<p class="dim">${headerOf(scene)}</p>${[
    ...watchLines(scene),
    ...scene.gaps.map((gap) => markup`<p class="warn">? ${gap}</p>`),
    drawMap(scene, widthPx),
    ...(show === 'map' ? [] : list('Open incidents', scene.incidents, incidentLine)),
    ...list('Held moves', scene.held, heldLine),
  ]}</div>`;

function headerOf({ region, accountId, mode, at, watch, lookedFrom }: MapScene): string {
  const place = `${region}, account ${accountId}`;
  const own = lookedFrom === undefined ? '' : ` from ${lookedFrom}`;
  if (watch == null) return `${place}, mode ${mode}, seen at ${toIso(at)}${own}`;
  const fresh = freshTexts(watch);
  const look = `a look${own} at ${toIso(at)}`;
  return fresh.length === 0
    ? `${place}; ${look}`
    : `${place}; last look of the leader: ${fresh.join(', ')}; second opinion: ${look}`;
}

function watchLines({ watch }: MapScene): readonly Markup[] {
  if (watch == null) return [];
  const off = offText(watch);
  return [
    ...lateTexts(watch).map(
      (text) => markup`<p class="mark bad">Not watched: ${text} The picture is one look only.</p>`,
    ),
    ...(off === null ? [] : [markup`<p class="mark warn">Off: ${off}</p>`]),
    ...(watch.pause === null
      ? []
      : [markup`<p class="mark warn">Paused: writes are ${describePause(watch.pause)}.</p>`]),
  ];
}

/** Longer lists are not read. */
const SHOWN_MAX = 20;

function list<T>(title: string, things: readonly T[], draw: (thing: T) => Markup): Markup[] {
  if (things.length === 0) return [];
  const rest = things.length - SHOWN_MAX;
  return [
    markup`<h3>${title}</h3><ul>${[
      ...things.slice(0, SHOWN_MAX).map(draw),
      ...(rest > 0 ? [markup`<li class="dim">and ${rest} more</li>`] : []),
    ]}</ul>`,
  ];
}

const incidentLine = ({ severity, reason, title, summary, lastsMs }: MapIncident): Markup =>
  markup`<li><span class="mark ${severity === 'critical' ? 'bad' : 'warn'}">${severity === 'critical' ? '✕' : '!'} ${severity}</span> ${title} (${reason}): ${summary}${age(lastsMs)}</li>`;

/** What began within this second has no age yet. */
const age = (ms: number): Markup =>
  ms < 1_000 ? markup`` : markup` <span class="dim">for ${describeMs(ms)}</span>`;

const heldLine = ({ what, rule, because, until }: MapHeld): Markup =>
  markup`<li><span class="mark">${rule}</span> ${what}: ${because}${until === null ? '' : `; until ${toIso(until)}`}</li>`;
