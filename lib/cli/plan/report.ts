/** The report of a plan, as `--json` prints it and as text. Pure. */

import type { Move } from '../../appliances/types/plan.ts';
import { counted } from '../../core/text.ts';
import { describeMs, toIso } from '../../core/time.ts';
import { isUnrecorded } from '../../replay/unrecorded.ts';
import { isLate, type LastLooks } from '../../watcher/lastLooks.ts';
import type { ConnectionPass } from '../check/connections.ts';
import { type Colour, colour } from '../output/colour.ts';
import { type Block, blank, line, table, title } from '../output/textBlocks.ts';
import { reportWatch, writeWatch } from '../output/watchText.ts';
import type { Observation } from '../pass.ts';
import { CANNOT_TELL, type ExitCode, NEEDS_A_PERSON, WELL } from '../terminal.ts';
import { type Capacity, type Short, shortOf } from './capacity.ts';
import type { Failing } from './failing.ts';
import { overConnections } from './overConnections.ts';
import { stoppedNow } from './stopped.ts';
import { type Lost, type WhatIf, whatIf } from './whatIf.ts';

/** Version 1: fields may be added, never renamed or taken away. */
export interface PlanReport {
  readonly version: 1;
  readonly accountId: string;
  readonly region: string;
  readonly at: string;
  readonly source: 'account' | 'capture';
  /** Appliances that did not answer are assumed healthy. */
  readonly assumed: boolean;
  readonly what: readonly string[];
  /** Those that are taken to have failed. */
  readonly appliances: readonly ApplianceWord[];
  /** Those that are down now, of what fails and of the others. */
  readonly downAlready: readonly ApplianceWord[];
  /** Why the leader would not write anything now; null: it would. */
  readonly stopped: string | null;
  readonly connections: readonly { readonly connectionId: string; readonly name: string }[];
  /** `nothing-lost`, `lost` or `cannot-tell`: exit 0, 2 or 1. */
  readonly result: 'nothing-lost' | 'lost' | 'cannot-tell';
  readonly moves: readonly MoveReport[];
  /** Would be made if targets that did not answer here answer the deployed probes. */
  readonly uncertain: readonly MoveReport[];
  readonly lost: readonly LostReport[];
  /** Lost before anything of `what` fails. */
  readonly alreadyLost: readonly LostReport[];
  /** When the leader last looked; null: no state table is named, or it cannot be read. */
  readonly watch: ReturnType<typeof reportWatch> | null;
  /** Would move when EC2 confirms the failure, and stay when only the VPN service hangs. */
  readonly lostIfHung: readonly LostReport[];
  /** Would get more traffic than they can carry for long (`CapacityShort`). Of a capture it is not told. */
  readonly capacityShort: readonly (Short & { readonly name: string })[];
  /** What the write budget spreads the moves over, in ms. */
  readonly budgetMs: WhatIf['budgetMs'];
  /** What is neither moved nor lost, or could not be read, one sentence each. */
  readonly notes: readonly string[];
}

export interface ApplianceWord {
  readonly instanceId: string;
  readonly name: string;
  readonly zone: string;
}

export interface MoveReport
  extends Pick<Move, 'kind' | 'tableId' | 'tableName' | 'destination' | 'group' | 'from' | 'to'> {
  readonly fromName: string;
  readonly toName: string;
  readonly toZone: string;
  /** Of the target's tag `vpn-medic:priority`; absent: it has none. */
  readonly toPriority?: number;
}

export interface LostReport extends Lost {
  readonly nextHopName: string;
}

/** Between which appliances routes would move. */
export const movesOf = (observation: Observation, failing: Failing): readonly Move[] => {
  const { moves, uncertain } = whatIf(observation, failing, observation.viewpoint === 'none');
  return [...moves, ...uncertain];
};

/** `capacity` null: not asked. */
export function reportPlan(
  observation: Observation,
  pass: ConnectionPass,
  failing: Failing,
  capacity: Capacity | null = null,
): PlanReport {
  const { world } = observation;
  const assumed = observation.viewpoint === 'none';
  const { moves, uncertain, lost, downAlready, alreadyLost, lostIfHung, budgetMs } = whatIf(
    observation,
    failing,
    assumed,
  );
  const { leader } = observation;
  const short = capacity === null ? [] : shortOf([...moves, ...uncertain], capacity);
  const stopped = stoppedNow(observation);
  const over = overConnections(pass, failing);
  const notes = [...over.notes, ...unreadOf(pass, observation), ...(capacity?.unread ?? [])];
  const words = new Map(
    world.topology.appliances.map(({ instanceId, name, zone }) => [
      instanceId,
      { instanceId, name, zone },
    ]),
  );
  const priorities = new Map(
    world.topology.appliances.map(({ instanceId, priority }) => [instanceId, priority]),
  );
  const nameOf = (id: string) => words.get(id)?.name ?? over.names.get(id) ?? id;
  const named = (one: Lost): LostReport => ({ ...one, nextHopName: nameOf(one.nextHop) });
  const allLost = [...lost, ...over.lost];
  const allLostBefore = [...alreadyLost, ...over.alreadyLost];
  const report = (move: Move): MoveReport => {
    const { kind, tableId, tableName, destination, group, from, to } = move;
    const place = { kind, tableId, tableName, destination, group, from, to };
    const toPriority = priorities.get(to);
    return {
      ...place,
      fromName: nameOf(from),
      toName: nameOf(to),
      toZone: words.get(to)?.zone ?? '',
      ...(toPriority !== undefined && { toPriority }),
    };
  };
  return {
    version: 1,
    accountId: world.accountId,
    region: world.region,
    at: toIso(world.at),
    source: observation.capture === null ? 'account' : 'capture',
    assumed,
    what: failing.what,
    appliances: [...words.values()].filter(({ instanceId }) => failing.instanceIds.has(instanceId)),
    connections: over.connections,
    downAlready: [...words.values()].filter(({ instanceId }) => downAlready.has(instanceId)),
    stopped: stopped?.because ?? null,
    result:
      allLost.length + lostIfHung.length + allLostBefore.length + short.length > 0 ||
      (stopped !== null && moves.length + uncertain.length + over.moves.length > 0)
        ? 'lost'
        : uncertain.length > 0 || notes.length > 0 || (leader !== null && isLate(leader.watch))
          ? 'cannot-tell'
          : 'nothing-lost',
    moves: [...moves.map(report), ...over.moves],
    uncertain: uncertain.map(report),
    lost: allLost.map(named),
    alreadyLost: allLostBefore.map(named),
    watch: leader === null ? null : reportWatch(leader.watch),
    lostIfHung: lostIfHung.map(named),
    capacityShort: short.map((one) => ({ ...one, name: nameOf(one.instanceId) })),
    budgetMs,
    notes,
  };
}

/** A connection that fails with its appliance, and routes over it, are not known then. */
function unreadOf({ world, transit }: ConnectionPass, { capture }: Observation): readonly string[] {
  const readings = [
    world.connections,
    world.customerGateways,
    ...(transit === null
      ? []
      : [transit.world.tables, transit.world.attachments, ...transit.world.routes.values()]),
  ];
  const whys = new Set(readings.flatMap((one) => (one.known ? [] : [one.why])));
  return [...whys]
    .filter((why) => capture === null || !isUnrecorded({ evidence: [why] }))
    .map((why) => `Connections, or routes over them, cannot be read: ${why}`);
}

export const PLAN_EXITS: Readonly<Record<PlanReport['result'], ExitCode>> = {
  'nothing-lost': WELL,
  lost: NEEDS_A_PERSON,
  'cannot-tell': CANNOT_TELL,
};

export function writePlan(report: PlanReport, watch: LastLooks | null): readonly Block[] {
  const { what, accountId, region, source, assumed, stopped } = report;
  const heading =
    stopped === null && watch !== null && isLate(watch)
      ? 'Would move if a leader looked, in this order'
      : stopped === null
        ? 'Would move, in this order'
        : 'Would move in mode act and without a pause, in this order';
  return [
    title(`If ${what.join(' and ')} failed now`),
    line(
      `Account ${accountId || 'unknown'}, ${region}, ${SOURCES[source]}.${wouldBeDown(report)}${isDown(report)}`,
    ),
    ...(watch === null ? [] : writeWatch(watch)),
    ...(assumed
      ? [line('Assumed: the other appliances are healthy where nothing says otherwise.')]
      : []),
    ...writeLost('Lost already, before that', report.alreadyLost),
    ...writeRoutes(heading, stopped === null ? 'good' : 'warn', report.moves),
    ...writeRoutes(
      'Would move if the target answers the deployed probes (it did not answer here)',
      'warn',
      report.uncertain,
    ),
    ...writeLost(stopped === null ? 'No healthy next hop' : 'Would stay', report.lost),
    ...writeLost(
      'Not moved if only the VPN service hangs (EC2 reports nothing)',
      report.lostIfHung,
    ),
    ...writeShort(report.capacityShort),
    ...report.notes.map((note) => line(colour('warn', note))),
    ...writeResult(report),
  ];
}

function wouldBeDown({ appliances, connections, downAlready }: PlanReport): string {
  const isNew = ({ instanceId }: ApplianceWord) =>
    !downAlready.some((one) => one.instanceId === instanceId);
  const failing = appliances.filter(isNew);
  const counts = [
    ...(failing.length > 0 ? [counted(failing.length, 'appliance')] : []),
    ...(connections.length > 0 ? [counted(connections.length, 'connection')] : []),
  ];
  const names = [...failing, ...connections].map(({ name }) => name);
  return names.length === 0 ? '' : ` ${counts.join(' and ')} would be down: ${names.join(', ')}.`;
}

const isDown = ({ downAlready }: PlanReport): string =>
  downAlready.length === 0
    ? ''
    : ` Down already: ${downAlready.map(({ name }) => name).join(', ')}.`;

const SOURCES: Readonly<Record<PlanReport['source'], string>> = {
  account: 'as it is now',
  capture: 'as in the capture',
};

function writeRoutes(heading: string, of: Colour, moves: PlanReport['moves']): readonly Block[] {
  if (moves.length === 0) return [];
  return [
    blank,
    title([colour('strong', `${heading} `), colour(of, `(${counted(moves.length, 'route')})`)]),
    table(
      ['TABLE', 'DESTINATION', 'FROM', 'TO', 'IN ZONE'],
      moves.map((move) => [
        move.tableName,
        move.destination,
        move.fromName,
        move.toPriority === undefined
          ? move.toName
          : `${move.toName} (priority ${move.toPriority})`,
        move.toZone,
      ]),
    ),
  ];
}

function writeLost(heading: string, lost: readonly LostReport[]): readonly Block[] {
  if (lost.length === 0) return [];
  return [
    blank,
    title([colour('strong', `${heading} `), colour('bad', `(${counted(lost.length, 'route')})`)]),
    table(
      ['TABLE', 'DESTINATION', 'LEADS TO', 'RULE', 'WHY NOT MOVED'],
      lost.map((one) => [
        one.tableName,
        one.destination,
        one.nextHopName,
        one.rule ?? '-',
        one.why,
      ]),
    ),
  ];
}

const gigabits = (bits: number): string => `${(bits / 1e9).toFixed(2)} Gbps`;

function writeShort(short: PlanReport['capacityShort']): readonly Block[] {
  if (short.length === 0) return [];
  return [
    blank,
    title([
      colour('strong', 'Too small for the traffic of both '),
      colour('bad', `(CapacityShort, ${counted(short.length, 'appliance')})`),
    ]),
    table(
      ['APPLIANCE', 'TYPE', 'CARRIES', 'PEAK OF A WEEK'],
      short.map((one) => [
        one.name,
        one.instanceType,
        gigabits(one.baselineBitsPerSecond),
        gigabits(one.peakBitsPerSecond),
      ]),
    ),
  ];
}

function writeResult({
  moves,
  uncertain,
  lost,
  lostIfHung,
  alreadyLost,
  budgetMs,
  notes,
  stopped,
  watch,
  capacityShort,
}: PlanReport): readonly Block[] {
  const total = moves.length + uncertain.length + lost.length;
  if (stopped !== null && total > 0) {
    return [
      blank,
      line([
        colour('bad', `Lost: none of ${counted(total, 'route')} would move now`),
        `, because ${stopped}.`,
      ]),
    ];
  }
  if (alreadyLost.length > 0 && lost.length + uncertain.length + lostIfHung.length === 0) {
    return [
      blank,
      line(
        colour(
          'bad',
          `${counted(alreadyLost.length, 'route')} ${alreadyLost.length === 1 ? 'is' : 'are'} lost already; nothing more would be.`,
        ),
      ),
    ];
  }
  if (total === 0) {
    return [
      blank,
      notes.length > 0
        ? line(colour('warn', 'Unknown: no managed route leads there now.'))
        : line(colour('good', 'Nothing lost: no route leads there now.')),
    ];
  }
  const slow =
    budgetMs > 0
      ? [line(`The write budget spreads these moves over ${describeMs(budgetMs)}.`)]
      : [];
  const verdict =
    lost.length > 0
      ? line([
          colour(
            'bad',
            `${counted(lost.length, 'route')} of ${total} would have no healthy next hop.`,
          ),
        ])
      : lostIfHung.length > 0
        ? line(
            colour(
              'bad',
              `All would move if EC2 confirms the failure; ${counted(lostIfHung.length, 'route')} of ${total} would stay if only the VPN service hangs.`,
            ),
          )
        : uncertain.length > 0
          ? line(
              colour(
                'warn',
                'Unknown: some targets did not answer here. Try --vantages, or --no-probes to judge by EC2 alone.',
              ),
            )
          : capacityShort.length > 0
            ? line(
                colour(
                  'bad',
                  `${all(moves.length)} would move, and ${counted(capacityShort.length, 'appliance')} could not carry the traffic.`,
                ),
              )
            : watch?.isLate === true
              ? line(colour('warn', `Unknown: ${all(moves.length)} would move if a leader looked.`))
              : line(colour('good', `Nothing lost: ${all(moves.length)} would move.`));
  return [blank, ...slow, verdict];
}

const all = (number: number): string => (number === 1 ? 'the one route' : `all ${number} routes`);
