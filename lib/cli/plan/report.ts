/** The report of a plan, as `--json` prints it. Pure. */

import type { Move } from '../../appliances/types/plan.ts';
import { describeGateway } from '../../core/lastResort.ts';
import { toIso } from '../../core/time.ts';
import { isUnrecorded } from '../../replay/unrecorded.ts';
import { isLate } from '../../watcher/lastLooks.ts';
import type { ConnectionPass } from '../check/connections.ts';
import { reportWatch } from '../output/watchText.ts';
import type { Observation } from '../pass.ts';
import { CANNOT_TELL, type ExitCode, NEEDS_A_PERSON, WELL } from '../terminal.ts';
import { type Capacity, type Short, shortOf } from './capacity.ts';
import type { Failing } from './failing.ts';
import { type MoveReport, reportMove } from './moveReport.ts';
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
  /** Would get more traffic than they can carry for long (`CapacityShort`). Of a capture it is not known. */
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
  const members = new Map(world.topology.appliances.map((one) => [one.instanceId, one]));
  const words = [...members.values()].map(({ instanceId, name, zone }) => ({
    instanceId,
    name,
    zone,
  }));
  const nameOf = (id: string) => members.get(id)?.name ?? over.names.get(id) ?? describeGateway(id);
  const named = (one: Lost): LostReport => ({ ...one, nextHopName: nameOf(one.nextHop) });
  const allLost = [...lost, ...over.lost];
  const allLostBefore = [...alreadyLost, ...over.alreadyLost];
  const isLost =
    allLost.length + lostIfHung.length + allLostBefore.length + short.length > 0 ||
    (stopped !== null && moves.length + uncertain.length + over.moves.length > 0);
  const isUnknown =
    uncertain.length > 0 || notes.length > 0 || (leader !== null && isLate(leader.watch));
  const report = (move: Move): MoveReport => {
    const target = members.get(move.to);
    return {
      ...reportMove(move, nameOf, target?.zone ?? ''),
      ...(target?.priority !== undefined && { toPriority: target.priority }),
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
    appliances: words.filter(({ instanceId }) => failing.instanceIds.has(instanceId)),
    connections: over.connections,
    downAlready: words.filter(({ instanceId }) => downAlready.has(instanceId)),
    stopped: stopped?.because ?? null,
    result: isLost ? 'lost' : isUnknown ? 'cannot-tell' : 'nothing-lost',
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
