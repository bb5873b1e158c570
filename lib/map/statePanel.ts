/** The dashboard's first tile: whether anyone watches, and every open incident, in words. Pure; nothing is probed for it. */
import { describeDrill } from '../appliances/report/drills.ts';
import { titleOf } from '../core/findings/catalogue.ts';
import { describePause } from '../core/pause.ts';
import { counted } from '../core/text.ts';
import { describeMs, type Instant, toIso } from '../core/time.ts';
import { NAME_FIELD, WHY_FIELD } from '../incidents/ackRequest.ts';
import { ackKeyOf } from '../incidents/acks.ts';
import { durationMs, endingText } from '../incidents/steps.ts';
import type { Incident } from '../incidents/types.ts';
import { isLate } from '../watcher/lastLooks.ts';
import { freshTexts, lateTexts, offText } from '../watcher/lastLooksText.ts';
import type { LeaderView } from '../watcher/leaderView.ts';
import { type Markup, markup } from './markup.ts';
import { styleOf, type Theme } from './theme.ts';

/**
 * `view` null: the state table cannot be read. `ackFunctionArn` null: no buttons. HTML as that of the map's panel; its buttons are
 * CloudWatch's own (`cwdb-action`): it asks for confirmation and invokes with the viewer's identity.
 */
export const drawState = (
  view: LeaderView | null,
  region: string,
  theme: Theme,
  ackFunctionArn: string | null,
): Markup =>
  markup`<div class="vpnmap">${styleOf(theme)}${view === null ? unreadable(region) : stateOf(view, region, ackFunctionArn)}</div>`;

const unreadable = (region: string): Markup =>
  markup`<p class="mark warn">? Not known: the state table cannot be read, so nothing is known of ${region}.</p>`;

function stateOf(view: LeaderView, region: string, ackFunctionArn: string | null): Markup {
  const { watch, incidents, suppressed, drills } = view;
  const off = offText(watch);
  const fresh = freshTexts(watch);
  return markup`${verdictOf(view, region)}${[
    ...lateTexts(watch).map((text) => markup`<p class="mark bad">Not watched: ${text}</p>`),
    ...(watch.pause === null
      ? []
      : [markup`<p class="mark warn">Paused: writes are ${describePause(watch.pause)}.</p>`]),
    ...(off === null ? [] : [markup`<p class="mark warn">Off: ${off}</p>`]),
    ...(fresh.length === 0 ? [] : [markup`<p class="dim">Last look: ${fresh.join(', ')}.</p>`]),
  ]}${listOf(incidents, watch.at, ackFunctionArn)}${
    suppressed.length === 0
      ? markup``
      : markup`<p class="dim">${suppressed.length} more suppressed, same root cause: vpn-medic incidents --all lists them.</p>`
  }${drillsOf(drills)}`;
}

/** The last drill of each group. */
const drillsOf = (drills: LeaderView['drills']): Markup =>
  markup`${[...drills].flatMap(([group, { drills: some }]) => {
    const last = some.at(-1);
    return last === undefined
      ? []
      : [
          markup`<p class="dim">Last drill of ${group}, ${toIso(last.at)}: ${describeDrill(last)}.</p>`,
        ];
  })}`;

/** The gravest thing that is so. No leader, no all-clear. */
function verdictOf({ watch, incidents }: LeaderView, region: string): Markup {
  const bad = incidents.filter(({ severity }) => severity !== 'info');
  if (bad.length > 0) {
    const unclaimed = bad.filter(isUnclaimed);
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

function listOf(
  incidents: readonly Incident[],
  now: Instant,
  ackFunctionArn: string | null,
): Markup {
  if (incidents.length === 0) return markup``;
  const shown = incidents.slice(0, SHOWN_MAX);
  const rest = incidents.length - shown.length;
  const buttonOf = (one: Incident): Markup =>
    ackFunctionArn === null || !isUnclaimed(one) ? markup`` : ackButton(one, ackFunctionArn);
  const hasButtons = ackFunctionArn !== null && shown.some(isUnclaimed);
  return markup`${hasButtons ? FORM : markup``}<ul>${[
    ...shown.map((one) => markup`<li>${lineOf(one, now)}${buttonOf(one)}</li>`),
    ...(rest > 0 ? [markup`<li class="dim">and ${rest} more</li>`] : []),
  ]}</ul>`;
}

const isUnclaimed = ({ severity, ackedAt, silence }: Incident): boolean =>
  severity !== 'info' && ackedAt === null && silence === null;

/** Sent with whichever button is pressed: AWS passes the function no name. */
const FORM = markup`<form class="dim">To acknowledge: <input name="${NAME_FIELD}" placeholder="your name" size="16"> <input name="${WHY_FIELD}" placeholder="what you do" size="24"></form>`;

const ackButton = (incident: Incident, arn: string): Markup =>
  markup` <a class="btn">Acknowledge</a><cwdb-action action="call" display="popup" confirmation="Acknowledge ${incident.reason} of ${incident.subject.name}? It is then not repeated." endpoint="${arn}">${JSON.stringify({ incident: ackKeyOf(incident) })}</cwdb-action>`;

function lineOf(incident: Incident, now: Instant): Markup {
  const { severity, reason, summary, hint } = incident;
  return markup`<span class="mark ${MARKS[severity]}">${severity}</span> ${titleOf(reason)} (${reason}): ${summary} <span class="dim">open for ${describeMs(durationMs(incident, now))}; ${claimOf(incident)}.</span> To do: ${hint}`;
}

const MARKS: Readonly<Record<Incident['severity'], string>> = {
  critical: 'bad',
  warning: 'warn',
  info: 'dim',
};

function claimOf(incident: Incident): string {
  const { ackedBy, silence, notifiedAt } = incident;
  const ending = endingText(incident);
  if (ending !== null) return ending;
  if (ackedBy !== null) return `acknowledged by ${ackedBy}`;
  if (silence !== null) return `in maintenance until ${toIso(silence.until)}`;
  return notifiedAt === null ? 'not notified yet' : 'notified';
}
