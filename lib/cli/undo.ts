/**
 * `vpn-medic undo INCIDENT`: sends the routes that were moved about it back to where they came from. It writes pins,
 * not routes: the watcher, who alone can prove a target alive, moves them under the same rules, reads back, and lets
 * them go again when the pins run out.
 */

import { PIN_MS_MAX, type Pin } from '../core/pin.ts';
import type { Details } from '../core/report.ts';
import { counted } from '../core/text.ts';
import { type Instant, toIso } from '../core/time.ts';
import { caseId, parseCase } from '../incidents/history/entry.ts';
import type { Incident } from '../incidents/types.ts';
import type { AwsClients } from './awsClients.ts';
import { parseDuration } from './duration.ts';
import { findIncident, readIncidents } from './incidents/store.ts';
import {
  type Change,
  type ChangeOptions,
  carryOut,
  type OperatorRequest,
  openOperatorRequest,
  readItem,
  report,
} from './operatorRequest.ts';
import { colour } from './output/colour.ts';
import { type Block, blank, line, table } from './output/textBlocks.ts';
import { observeWithoutProbes } from './pass.ts';
import { isSameScope, pinsWrite, readPins } from './pin/store.ts';
import { type ExitCode, type Terminal } from './terminal.ts';
import { lookForOperator } from './transit/pin.ts';
import {
  joined,
  type Kept,
  NOTHING,
  type RecordedMove,
  type RouteBack,
  routesBack,
  transitRoutesBack,
} from './undo/back.ts';

export interface UndoOptions extends ChangeOptions {
  readonly for: string;
}

const isTransit = ({ routeKey }: RecordedMove): boolean => routeKey.startsWith('tgw-rtb-');

/** @throws {Unable} for an incident that there is not, and when the table or the account cannot be read. */
export async function undo(
  asked: string,
  options: UndoOptions,
  terminal: Terminal,
  clients: AwsClients,
): Promise<ExitCode> {
  const forMs = parseDuration(options.for, PIN_MS_MAX);
  const request = await openOperatorRequest(options, terminal, clients);
  const { incident } = findIncident(await readIncidents(request), asked, request.region);
  const { moves, dropped } = await recordedMoves(request, incident);
  const ofConnections = moves.filter(isTransit);
  const ofAppliances = moves.filter((move) => !isTransit(move));
  const { back, kept } = joined(
    ofAppliances.length === 0 && ofConnections.length > 0
      ? NOTHING
      : routesBack(ofAppliances, (await observeWithoutProbes(request)).world.topology),
    ofConnections.length === 0
      ? NOTHING
      : transitRoutesBack(ofConnections, await lookForOperator(request)),
  );
  if (back.length === 0) {
    const fields = { incident: incident.id, kept, isChanged: false, routes: [] };
    return report(request, options, fields, [
      line(
        moves.length === 0
          ? `No route move is recorded for ${incident.id}: nothing to undo.`
          : `Nothing to undo about ${incident.id}:`,
      ),
      ...writeKept(kept),
    ]);
  }
  const stored = await readPins(request);
  const undoing = { incident, back, kept, dropped, until: request.at + forMs };
  return carryOut(request, changeOf(request, options, undoing, stored), options);
}

interface Undoing {
  readonly incident: Incident;
  readonly back: readonly RouteBack[];
  readonly kept: readonly Kept[];
  readonly dropped: number;
  readonly until: Instant;
}

function changeOf(
  request: OperatorRequest,
  options: UndoOptions,
  { incident, back, kept, dropped, until }: Undoing,
  stored: Awaited<ReturnType<typeof readPins>>,
): Change {
  const what = `${counted(back.length, 'route')} pinned to ${back.length === 1 ? 'its' : 'their'} next hop of before ${incident.reason} of ${incident.subject.name}, until ${toIso(until)}`;
  return {
    command: 'undo',
    subject: incident.id,
    what,
    says: [
      line(`In ${request.region}, ${what}:`),
      table(
        ['TABLE', 'DESTINATION', 'LEADS TO', 'BACK TO'],
        back.map(({ route, to, toName, nextHopName }) => [
          route.tableName,
          route.destination,
          nextHopName,
          `${toName} (${to})`,
        ]),
      ),
      ...writeKept(kept),
      ...(dropped > 0
        ? [
            line([
              colour('warn', 'The record is incomplete: '),
              `${counted(dropped, 'entry')} of the history were dropped.`,
            ]),
          ]
        : []),
      line(
        'Each is moved within seconds, once the former next hop is proven alive by probes, or called up by EC2; no route moves to one that is down.',
      ),
      blank,
    ],
    question: 'Move them back?',
    write: (by, why) => [
      pinsWrite(request, stored, (pins) => [
        ...pins.map((pin) =>
          back.some((one) => isSameScope(pin, scopeOf(one))) ? ended(pin, request.at) : pin,
        ),
        ...back.map((one) => ({
          ...scopeOf(one),
          to: one.to,
          at: request.at,
          until,
          by,
          why: `undo of ${incident.reason} of ${incident.subject.name}${options.why?.trim() ? `: ${why}` : ''}`,
        })),
      ]),
    ],
    done: [
      line([
        colour('good', 'Pinned back.'),
        ` It ends by itself at ${toIso(until)}; vpn-medic pin lists it, vpn-medic unpin --all ends it.`,
      ]),
    ],
    report: {
      incident: incident.id,
      kept,
      until: toIso(until),
      routes: back.map(({ route, to }) => ({ route: route.key, from: route.nextHop, to })),
    },
  };
}

/** From the incident itself and from its file, oldest first; only what was written, or may have been. */
async function recordedMoves(
  request: OperatorRequest,
  { id, openedAt, actions }: Incident,
): Promise<{ readonly moves: readonly RecordedMove[]; readonly dropped: number }> {
  const item = await readItem(request, caseId(id));
  const chapter = parseCase(item?.body)?.chapters.find((one) => one.openedAt === openedAt);
  const filed = (chapter?.entries ?? []).flatMap((entry) =>
    entry.kind === 'action' ? [entry] : [],
  );
  const moves = [...actions, ...filed]
    .filter(({ outcome }) => outcome === 'done' || outcome === 'written' || outcome === 'asked')
    .flatMap(({ at, details }) => moveOf(at, details));
  return { moves: moves.toSorted((a, b) => a.at - b.at), dropped: chapter?.dropped ?? 0 };
}

function moveOf(at: Instant, { route, from }: Details): readonly RecordedMove[] {
  return typeof route === 'string' && typeof from === 'string'
    ? [{ at, routeKey: route, from }]
    : [];
}

const writeKept = (kept: readonly Kept[]): readonly Block[] =>
  kept.length === 0
    ? []
    : [
        line('Not changed:'),
        table(
          ['ROUTE', 'WHY'],
          kept.map(({ route, why }) => [route, why]),
        ),
      ];

const scopeOf = ({ route }: RouteBack) => ({ group: route.group, routeKey: route.key });
const ended = (pin: Pin, at: Instant): Pin => ({ ...pin, until: Math.min(pin.until, at) });
