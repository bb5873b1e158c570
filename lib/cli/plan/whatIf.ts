/** What would move where if the resources of `--fail` failed now, and which routes would have no healthy next hop. Pure. */
import { findInFleet } from '../../appliances/assess/fleet.ts';
import { plan } from '../../appliances/plan.ts';
import type { Memory } from '../../appliances/state.ts';
import type { Assessment } from '../../appliances/types/assessment.ts';
import type { Inventory } from '../../appliances/types/inventory.ts';
import type { Held, Move, Plan } from '../../appliances/types/plan.ts';
import type { Policy } from '../../appliances/types/policy.ts';
import type { Appliance } from '../../appliances/types/topology.ts';
import {
  isDead,
  type UpVerdict,
  type Verdict,
  type Verdicts,
} from '../../appliances/types/verdict.ts';
import type { World } from '../../appliances/types/world.ts';
import type { TransitHeld } from '../../transitGateway/types/plan.ts';
import { type Observation, PASS_POLICY } from '../pass.ts';
import type { Failing } from './failing.ts';
import { stoppedNow } from './stopped.ts';

export interface WhatIf {
  /** In the order in which they would be made. */
  readonly moves: readonly Move[];
  /** Would be made if their targets, which did not answer here, answer the deployed probes. */
  readonly uncertain: readonly Move[];
  readonly lost: readonly Lost[];
  /** Of what fails and of the others. */
  readonly downAlready: ReadonlySet<string>;
  /** Lead to something that is down now, whatever fails. */
  readonly alreadyLost: readonly Lost[];
  /** Would not move either when probes alone see the failure: the service hangs, and EC2 reports nothing. */
  readonly lostIfHung: readonly Lost[];
  /** From the decision to the last write, in ms: what the write budget alone takes. */
  readonly budgetMs: number;
}

/** A route that would lead to something dead. */
export interface Lost {
  readonly tableId: string;
  readonly tableName: string;
  readonly destination: string;
  /** The id of its appliance or connection. */
  readonly nextHop: string;
  /** The rule that holds it; null when it is not managed, or a client pool. */
  readonly rule: Held['rule'] | TransitHeld['rule'] | null;
  readonly why: string;
}

const POLICY: Policy = { ...PASS_POLICY, mode: 'act' };

/** Who sees the failure: EC2 itself, or only the probes. */
type SeenBy = 'ec2' | 'probes';

/**
 * What fails counts as down, confirmed by EC2; `lostIfHung` is what else stays when it is not. `isAssumedWell`: appliances that are up and did not answer count as
 * proven; otherwise moves to them are uncertain.
 */
export function whatIf(
  observation: Observation,
  { instanceIds }: Failing,
  isAssumedWell: boolean,
): WhatIf {
  const strict = planWith(observation, instanceIds, false, 'ec2');
  const assumingWell = planWith(observation, instanceIds, true, 'ec2');
  const ifHung = planWith(observation, instanceIds, true, 'probes');
  const downAlready = new Set(
    [...observation.assessment.verdicts].flatMap(([id, verdict]) => (isDead(verdict) ? [id] : [])),
  );
  const failingIds = new Set([...instanceIds].filter((id) => !downAlready.has(id)));
  const isConsequence = ({ from }: { readonly from: string }) => failingIds.has(from);
  const sure = (isAssumedWell ? assumingWell : strict).actions.filter(isConsequence);
  const sureKeys = new Set(sure.map(({ routeKey }) => routeKey));
  const uncertain = assumingWell.actions
    .filter(isConsequence)
    .filter(({ routeKey }) => !sureKeys.has(routeKey));
  const carriedOn = new Set([...sure, ...uncertain].map(({ routeKey }) => routeKey));
  const movedIfHung = new Set(ifHung.actions.map(({ routeKey }) => routeKey));
  return {
    moves: sure,
    uncertain,
    lost: [
      ...managedLost(observation.world, failingIds, carriedOn, assumingWell.held),
      ...unmanagedLost(observation, failingIds),
    ],
    downAlready,
    alreadyLost: lostNow(observation, downAlready),
    lostIfHung: managedLost(observation.world, failingIds, movedIfHung, ifHung.held).filter(
      ({ tableId, destination }) => carriedOn.has(`${tableId} ${destination}`),
    ),
    budgetMs: budgetMsOf(sure.length + uncertain.length),
  };
}

/** The budget only delays moves; so it is left out here and reported in ms. */
export function planWith(
  observation: Observation,
  failed: ReadonlySet<string>,
  isAssumedWell: boolean,
  seenBy: SeenBy,
): Plan {
  const { assessment } = observation;
  const world: World = { ...observation.world, lease: { kind: 'leader', token: 1 } };
  const verdicts = verdictsIf(assessment.verdicts, failed, world, isAssumedWell, seenBy);
  const memory: Memory = {
    ...observation.memory,
    budget: { tokens: Number.POSITIVE_INFINITY, at: world.at },
  };
  const policy = { ...POLICY, writeBurst: Number.POSITIVE_INFINITY };
  const findings = [
    ...assessment.findings.filter(({ reason }) => reason !== 'MassFailureSuspect'),
    ...findInFleet(world, verdicts, world.at, new Map(), assessment.leaves),
  ];
  const changed: Assessment = { ...assessment, verdicts, findings };
  return plan(world, changed, memory, policy, world.at);
}

function verdictsIf(
  verdicts: Verdicts,
  failed: ReadonlySet<string>,
  { at }: World,
  isAssumedWell: boolean,
  seenBy: SeenBy,
): Verdicts {
  const dead: Verdict = {
    kind: 'down',
    cause: seenBy === 'ec2' ? 'state' : 'probes',
    isEc2Confirmed: seenBy === 'ec2',
    // Long enough for every other appliance to be proven, before a gateway of last resort is asked.
    since: at - SETTLED_MS,
    why: 'it failed',
  };
  return new Map(
    [...verdicts].map(([id, verdict]) => {
      if (failed.has(id)) return [id, dead];
      return [id, isAssumedWell && verdict.kind === 'up' ? proven(verdict) : verdict];
    }),
  );
}

const SETTLED_MS = 60_000;

const proven = (verdict: UpVerdict): UpVerdict => ({
  ...verdict,
  isProven: true,
  isByEc2Alone: false,
  lacks: null,
});

function managedLost(
  { topology }: World,
  failed: ReadonlySet<string>,
  carriedOn: ReadonlySet<string>,
  held: readonly Held[],
): readonly Lost[] {
  const holds = new Map(held.map((one) => [one.routeKey, one]));
  return topology.routes
    .filter(({ key, nextHop }) => failed.has(nextHop) && !carriedOn.has(key))
    .map(({ key, tableId, tableName, destination, nextHop, preferred }): Lost => {
      const hold = holds.get(key);
      const place = { tableId, tableName, destination, nextHop };
      if (hold !== undefined) return { ...place, rule: hold.rule, why: reasonOf(hold) };
      const why =
        preferred.kind === 'pool'
          ? 'a client pool: only this appliance can carry it'
          : 'more than one appliance claims it as a client pool, so it is never moved';
      return { ...place, rule: null, why };
    });
}

/** What may be moved away in the next seconds is lost until then. */
function lostNow(observation: Observation, downIds: ReadonlySet<string>): readonly Lost[] {
  if (downIds.size === 0) return [];
  const { actions, held } = planWith(observation, new Set(), true, 'ec2');
  const moves = new Map(actions.map((move) => [move.routeKey, move]));
  const why = stoppedNow(observation)?.because ?? 'not moved away yet';
  return managedLost(observation.world, downIds, new Set(), held).map((one) => {
    const move = moves.get(`${one.tableId} ${one.destination}`);
    return move === undefined ? one : { ...one, rule: null, why };
  });
}

/** Without the candidate move: the headline has it already. */
const reasonOf = ({ because }: Held): string => because.replace(/ \(wanted because .*\)$/s, '');

/** Unmanaged routes through what fails: they are never moved. */
function unmanagedLost(
  { world, inventory }: Pick<Observation, 'world' | 'inventory'>,
  failed: ReadonlySet<string>,
): readonly Lost[] {
  const managed = new Set(world.topology.routes.map(({ key }) => key));
  const nextHops = nextHopsOf(world.topology.appliances, failed);
  return tablesOf(inventory).flatMap(({ tableId, name, routes }) =>
    routes.flatMap(({ destination, interfaceId, otherTarget, origin }): readonly Lost[] => {
      const nextHop = nextHops.get(interfaceId ?? otherTarget ?? '');
      if (nextHop === undefined || managed.has(`${tableId} ${destination}`)) return [];
      // Gateways and route servers withdraw their own.
      if (origin === 'propagated' || origin === 'advertised') return [];
      const why =
        origin === 'unknown'
          ? 'not managed: EC2 describes it in words that are not known here'
          : 'not managed: the table is not tagged for its group';
      return [{ tableId, tableName: name || tableId, destination, nextHop, rule: null, why }];
    }),
  );
}

const nextHopsOf = (
  appliances: readonly Appliance[],
  failed: ReadonlySet<string>,
): ReadonlyMap<string, string> =>
  new Map(
    appliances
      .filter(({ instanceId }) => failed.has(instanceId))
      .flatMap(({ instanceId, interfaces }) =>
        [instanceId, ...interfaces.map(({ interfaceId }) => interfaceId)].map(
          (id) => [id, instanceId] as const,
        ),
      ),
  );

const tablesOf = ({ routeTables }: Inventory) => (routeTables.known ? routeTables.value : []);

const budgetMsOf = (writeCount: number): number =>
  (Math.max(0, writeCount - POLICY.writeBurst) / POLICY.writesPerSecond) * 1_000;
