/** Whether each group can fail over now and, if not, the one thing to do. Pure. */
import { targetInterfaceOf } from '../../appliances/plan/targetInterface.ts';
import type { Appliance, ManagedRoute } from '../../appliances/types/topology.ts';
import { isDead, type Verdict } from '../../appliances/types/verdict.ts';
import { compare } from '../../core/order.ts';
import { shellQuoted } from '../../core/text.ts';
import { PROBE_KINDS } from '../../probe/kinds.ts';
import type { Vantage } from '../../probe/types.ts';
import { freshLook } from '../../watcher/lastLooks.ts';
import type { Observation } from '../pass.ts';
import { stoppedNow } from '../plan/stopped.ts';
import { planWith } from '../plan/whatIf.ts';
import { type Reach, reachOf, type Security } from './reach.ts';

export interface FailoverReport {
  /** `unknown`: nothing is known that forbids it, and not everything that allows it is known. */
  readonly canFailOver: 'yes' | 'no' | 'unknown';
  readonly cause: FailoverCause;
  readonly because: string;
  /** The one command, or the one thing to do; null: nothing. */
  readonly toDo: string | null;
}

/** `unseen`: its death would not be seen. `held`: a safety rule holds its routes. */
export type FailoverCause =
  | 'ready'
  | 'no-route'
  | 'alone'
  | 'paused'
  | 'observe'
  | 'unread'
  | 'unseen'
  | 'held'
  | 'one-zone'
  | 'no-watcher';

/** Where the deployed watcher's probes leave from, and what the security groups say of them. */
export interface Deployed {
  readonly vantages: readonly Vantage[];
  /** Where SSH sessions of repairs leave from. */
  readonly ssh: Vantage;
  /** Null: they could not be read. */
  readonly security: Security | null;
}

/** What the operator decided is no trouble, and that no leader looks is told of the whole region. */
export const isTrouble = ({ canFailOver, cause }: FailoverReport): boolean =>
  canFailOver === 'no' && !TOLD.has(cause);

const TOLD: ReadonlySet<FailoverCause> = new Set(['paused', 'observe', 'no-watcher']);

export function reportFailover(
  group: string,
  observation: Observation,
  deployed: Deployed,
): FailoverReport {
  const { topology } = observation.world;
  const members = topology.appliances.filter((one) => one.group === group);
  const routes = topology.routes.filter((one) => one.group === group && isMovable(one));
  return (
    unread(observation) ??
    withoutRoutes(group, members, observation) ??
    alone(group, members) ??
    stopped(observation) ??
    failing(members, routes, observation, deployed) ??
    inOneZone(members) ??
    withoutWatcher(observation) ?? {
      canFailOver: 'yes',
      cause: 'ready',
      because: `the probes see each next hop of its ${countRoutes(routes.length)}, and another appliance is proven`,
      toDo: null,
    }
  );
}

const isMovable = ({ preferred }: ManagedRoute): boolean => preferred.kind === 'appliance';

type Maybe = FailoverReport | null;

const no = (cause: FailoverCause, because: string, toDo: string | null): FailoverReport => ({
  canFailOver: 'no',
  cause,
  because,
  toDo,
});

function withoutRoutes(
  group: string,
  members: readonly Appliance[],
  { world: { topology } }: Observation,
): Maybe {
  const own = topology.routes.filter((one) => one.group === group);
  if (own.some(isMovable)) return null;
  if (own.length > 0) {
    const because = 'its routes are client pools, which only their own appliance can carry';
    return no('no-route', because, null);
  }
  const targets = new Set(members.flatMap(targetIdsOf));
  const ids = topology.tables.flatMap(({ tableId, ways }) =>
    ways.some(({ targetId }) => targets.has(targetId)) ? [tableId] : [],
  );
  return no(
    'no-route',
    'no route of a tagged route table leads to one of its appliances',
    ids.length === 0
      ? 'Point a route at one of its appliances, and tag its route table vpn-medic:group.'
      : `aws ec2 create-tags --resources ${ids.join(' ')} --tags ${shellQuoted(`Key=vpn-medic:group,Value=${group}`)}`,
  );
}

const targetIdsOf = ({ instanceId, interfaces }: Appliance): readonly string[] => [
  instanceId,
  ...interfaces.map(({ interfaceId }) => interfaceId),
];

function alone(group: string, members: readonly Appliance[]): Maybe {
  const [only, ...others] = members;
  return only === undefined || others.length > 0
    ? null
    : no(
        'alone',
        `${only.name} is its only appliance`,
        `Tag a second appliance in another zone: aws ec2 create-tags --resources INSTANCE --tags ${shellQuoted(`Key=vpn-medic:group,Value=${group}`)}`,
      );
}

/** By a person, or by the mode of the deployment. */
function stopped(observation: Observation): Maybe {
  const why = stoppedNow(observation);
  return why === null ? null : no(why.cause, why.because, why.toDo);
}

function unread({ world }: Observation): Maybe {
  const gap = world.gaps.find(({ zone }) => zone === null);
  return gap === undefined
    ? null
    : {
        canFailOver: 'unknown',
        cause: 'unread',
        because: `${gap.what} cannot be read: ${gap.why}`,
        toDo: null,
      };
}

/** Each next hop that is not dead yet fails, seen by the probes alone. */
function failing(
  members: readonly Appliance[],
  routes: readonly ManagedRoute[],
  observation: Observation,
  deployed: Deployed,
): Maybe {
  const { topology } = observation.world;
  const evidences = new Map(
    topology.appliances.map((one) => [one.instanceId, evidenceOf(one, observation, deployed)]),
  );
  const hops = members.filter(({ instanceId }) => routes.some((one) => one.nextHop === instanceId));
  const faults = hops.flatMap((hop) => {
    const evidence = evidences.get(hop.instanceId) ?? PROVEN;
    const isDown = isDead(observation.assessment.verdicts.get(hop.instanceId));
    if (!isDown && evidence.kind !== 'proven') {
      return [
        fault(evidence, 'unseen', `a hang of ${hop.name} would not be seen: ${evidence.why}`),
      ];
    }
    return heldMove(hop, routes, observation, evidences) ?? [];
  });
  return faults.toSorted((a, b) => compare(a.canFailOver, b.canFailOver))[0] ?? null;
}

/** Whether the deployed probes can prove an appliance alive. */
type Evidence =
  | { readonly kind: 'proven' }
  | { readonly kind: 'unproven' | 'unknown'; readonly why: string; readonly toDo: string | null };

const PROVEN: Evidence = { kind: 'proven' };

const fault = (
  { kind, toDo }: Exclude<Evidence, { kind: 'proven' }>,
  cause: FailoverCause,
  because: string,
): FailoverReport => ({
  canFailOver: kind === 'unknown' ? 'unknown' : 'no',
  cause,
  because,
  toDo,
});

function evidenceOf(
  appliance: Appliance,
  observation: Observation,
  { vantages, security }: Deployed,
): Evidence {
  const { assessment, leader, viewpoint, world } = observation;
  const { instanceId, name } = appliance;
  const verdict = assessment.verdicts.get(instanceId);
  const isLed = leader !== null && freshLook(leader.watch, 'appliances') !== null;
  const isUpForLeader = leader?.verdicts.get(instanceId)?.kind === 'up';
  if (isLed && isUpForLeader) return PROVEN;
  const isProven = verdict?.kind === 'up' && verdict.isProven;
  if (!isLed && isProven && viewpoint === 'functions') return PROVEN;
  // Down for a reason of its own: that is what the plan says.
  if (verdict?.kind === 'down') return PROVEN;
  const reach = worstReach(appliance, vantages, observation, security);
  if (reach?.kind === 'closed') return { kind: 'unproven', why: reach.why, toDo: reach.command };
  if (!isLed && isProven) return PROVEN;
  const told = [...(leader?.incidents ?? []), ...assessment.findings].find(
    ({ subject, reason }) => subject.id === instanceId && PROBE_REASONS.has(reason),
  );
  const probes = appliance.probes
    .flat()
    .map(({ text }) => text)
    .join(' ');
  if (told !== undefined && (isLed || viewpoint === 'functions')) {
    return { kind: 'unproven', why: told.summary, toDo: told.hint };
  }
  if (isLed) {
    return {
      kind: 'unproven',
      why: `${probes || 'no probe'} of ${name} has not answered the watcher${reach?.kind === 'open' ? '; its security groups admit the probes' : ''}`,
      toDo: 'vpn-medic check --vantages',
    };
  }
  return {
    kind: 'unknown',
    why: `${probes || 'no probe'} of ${name} has not answered ${viewpoint === 'none' ? 'as no probe was sent' : 'here'}, and ${world.region}'s watcher has not looked`,
    toDo: viewpoint === 'functions' ? null : 'vpn-medic check --vantages',
  };
}

const PROBE_REASONS: ReadonlySet<string> = new Set([
  'ProbeNeverAnswered',
  'ProbeImpossible',
  'ProbeCannotProve',
  'LateAnswers',
]);

/** Closed when no vantage is let in for one of its clauses; null when nothing is probed at its own address. */
function worstReach(
  appliance: Appliance,
  vantages: readonly Vantage[],
  { inventory, memory }: Observation,
  security: Security | null,
): Reach | null {
  const answered = memory.appliances.get(appliance.instanceId)?.answered ?? [];
  const clauses = appliance.probes
    .filter((clause) => clause.every(({ address }) => address === null))
    // What has answered a deployed vantage gets in, whatever the rules seem to say.
    .filter(
      (clause) =>
        !clause.some(({ text }) => vantages.some(({ id }) => answered.includes(`${id} ${text}`))),
    );
  const reaches = clauses.map((clause) => {
    const ways = clause.flatMap(({ kind, port }) =>
      vantages.map((vantage) =>
        reachOf(
          appliance,
          { protocol: PROBE_KINDS[kind].protocol, port },
          vantage,
          inventory,
          security,
        ),
      ),
    );
    return ways.find(({ kind }) => kind !== 'closed') ?? ways[0];
  });
  return reaches.find((reach) => reach?.kind === 'closed') ?? reaches[0] ?? null;
}

/** Why a route of this next hop would stay; null when all would move. */
function heldMove(
  hop: Appliance,
  routes: readonly ManagedRoute[],
  observation: Observation,
  evidences: ReadonlyMap<string, Evidence>,
): Maybe {
  const { topology } = observation.world;
  const verdicts = new Map(
    [...observation.assessment.verdicts].map(([id, verdict]): [string, Verdict] => {
      const evidence = evidences.get(id);
      if (evidence === undefined || evidence.kind === 'proven') return [id, verdict];
      return [id, unproven(verdict, evidence.why)];
    }),
  );
  const assessment = { ...observation.assessment, verdicts };
  const { held } = planWith(
    { ...observation, assessment },
    new Set([hop.instanceId]),
    false,
    'probes',
  );
  const own = held.filter(({ from, routeKey }) => {
    return from === hop.instanceId && routes.some(({ key }) => key === routeKey);
  });
  const [first] = own;
  if (first === undefined) return null;
  const count = routes.filter(({ nextHop }) => nextHop === hop.instanceId).length;
  const route = routes.find(({ key }) => key === first.routeKey);
  const target = topology.appliances.find(({ instanceId }) => instanceId === first.to);
  const arm =
    target === undefined || route === undefined
      ? null
      : targetInterfaceOf(target, hop, route, topology);
  const evidence = evidences.get(first.to ?? '') ?? PROVEN;
  const told = observation.assessment.findings.find(({ subject }) => subject.id === first.to);
  const [because, command] = splitCommand(first.because.replace(/ \(wanted because .*\)$/s, ''));
  const of = own.length === count ? countRoutes(count) : `${own.length} of ${countRoutes(count)}`;
  return {
    canFailOver: evidence.kind === 'unknown' ? 'unknown' : 'no',
    cause: 'held',
    because: `${of} of ${hop.name} would stay [${first.rule}]: ${because}`,
    toDo:
      command ??
      (arm?.kind === 'unclear' ? splitCommand(arm.fix)[1] : null) ??
      (evidence.kind === 'proven' ? null : evidence.toDo) ??
      (told === undefined ? null : (splitCommand(told.hint)[1] ?? told.hint)),
  };
}

const unproven = (verdict: Verdict, lacks: string): Verdict =>
  verdict.kind === 'up' ? { ...verdict, isProven: false, lacks } : verdict;

/** A sentence, and the command that it ends with. */
function splitCommand(text: string): readonly [string, string | null] {
  const match = /[.:]? *(?:Run: |: )((?:aws|vpn-medic) .+)$/s.exec(text);
  return match === null ? [text, null] : [text.slice(0, match.index), match[1] ?? null];
}

function inOneZone(members: readonly Appliance[]): Maybe {
  const zones = new Set(members.map(({ zone }) => zone));
  const [zone] = zones;
  return zones.size > 1
    ? null
    : no(
        'one-zone',
        `one appliance's failure: yes; a failure of ${zone ?? 'the zone'}: no, all its appliances are there`,
        'Add an appliance of the same group in another Availability Zone.',
      );
}

function withoutWatcher({ leader }: Observation): Maybe {
  if (leader !== null && freshLook(leader.watch, 'appliances') !== null) return null;
  return {
    canFailOver: leader === null ? 'unknown' : 'no',
    cause: 'no-watcher',
    because:
      leader === null
        ? 'nothing of the group forbids it, and no deployed watcher was found'
        : 'nothing of the group forbids it, and the watcher has not looked in time',
    toDo:
      leader === null
        ? 'npx sls deploy, or name the deployed one: vpn-medic check --stage STAGE'
        : 'Look at the alarms of the stack, and at the log of watchAppliances.',
  };
}

const countRoutes = (count: number): string => `${count} ${count === 1 ? 'route' : 'routes'}`;
