/** The dashboard's first tile: whether anyone watches, and every open incident, in words. Pure; nothing is probed for it. */
import { titleOf } from '../core/findings/catalogue.ts';
import { describePause } from '../core/pause.ts';
import { counted } from '../core/text.ts';
import { describeMs, type Instant, toIso } from '../core/time.ts';
import type { Incident } from '../incidents/types.ts';
import { isLate } from '../watcher/lastLooks.ts';
import { freshTexts, lateTexts, offText } from '../watcher/lastLooksText.ts';
import type { LeaderView } from '../watcher/leaderView.ts';
import { type Markup, markup } from './markup.ts';
import { styleOf, type Theme } from './theme.ts';

/** `view` null: the state table cannot be read. HTML as that of the map's panel. */
export const drawState = (view: LeaderView | null, region: string, theme: Theme): Markup =>
  markup`<div class="vpnmap">${styleOf(theme)}${view === null ? unreadable(region) : stateOf(view, region)}</div>`;

const unreadable = (region: string): Markup =>
  markup`<p class="mark warn">? Not known: the state table cannot be read, so nothing is known of ${region}.</p>`;

function stateOf(view: LeaderView, region: string): Markup {
  const { watch, incidents, suppressed } = view;
  const off = offText(watch);
  const fresh = freshTexts(watch);
  return markup`${verdictOf(view, region)}${[
    ...lateTexts(watch).map((text) => markup`<p class="mark bad">Not watched: ${text}</p>`),
    ...(watch.pause === null
      ? []
      : [markup`<p class="mark warn">Paused: writes are ${describePause(watch.pause)}.</p>`]),
    ...(off === null ? [] : [markup`<p class="mark warn">Off: ${off}</p>`]),
    ...(fresh.length === 0 ? [] : [markup`<p class="dim">Last look: ${fresh.join(', ')}.</p>`]),
  ]}${listOf(incidents, watch.at)}${
    suppressed.length === 0
      ? markup``
      : markup`<p class="dim">${suppressed.length} more suppressed, same root cause: vpn-medic incidents --all lists them.</p>`
  }`;
}

/** The gravest thing that is so. No leader, no all-clear. */
function verdictOf({ watch, incidents }: LeaderView, region: string): Markup {
  const bad = incidents.filter(({ severity }) => severity !== 'info');
  if (bad.length > 0) {
    const unclaimed = bad.filter(({ ackedAt, silence }) => ackedAt === null && silence === null);
    const isBad = unclaimed.some(({ severity }) => severity === 'critical');
    return markup`<p class="head mark ${isBad ? 'bad' : 'warn'}">${isBad ? '✕' : '!'} ${region}: ${counted(bad.length, 'incident')} open, ${unclaimed.length} not acknowledged${isLate(watch) ? '; it may be out of date' : ''}</p>`;
  }
  if (isLate(watch)) {
    return markup`<p class="head mark warn">? ${region}: not known whether anything is open</p>`;
  }
  return markup`<p class="head mark good">✓ ${region}: nothing is open</p>`;
}

/** Longer lists are not read. */
const SHOWN_MAX = 20;

function listOf(incidents: readonly Incident[], now: Instant): Markup {
  if (incidents.length === 0) return markup``;
  const rest = incidents.length - SHOWN_MAX;
  return markup`<ul>${[
    ...incidents.slice(0, SHOWN_MAX).map((one) => lineOf(one, now)),
    ...(rest > 0 ? [markup`<li class="dim">and ${rest} more</li>`] : []),
  ]}</ul>`;
}

function lineOf(incident: Incident, now: Instant): Markup {
  const { severity, reason, summary, hint, openedAt } = incident;
  return markup`<li><span class="mark ${MARKS[severity]}">${severity}</span> ${titleOf(reason)} (${reason}): ${summary} <span class="dim">open for ${describeMs(Math.max(0, now - openedAt))}; ${claimOf(incident)}.</span> To do: ${hint}</li>`;
}

const MARKS: Readonly<Record<Incident['severity'], string>> = {
  critical: 'bad',
  warning: 'warn',
  info: 'dim',
};

function claimOf({ ackedBy, silence, notifiedAt }: Incident): string {
  if (ackedBy !== null) return `acknowledged by ${ackedBy}`;
  if (silence !== null) return `in maintenance until ${toIso(silence.until)}`;
  return notifiedAt === null ? 'not notified yet' : 'notified';
}
