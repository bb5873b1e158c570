/** Whether each group can fail over now and, if not, the one thing to do. Pure. */
import { resortsOf, whyUnfit } from '../../appliances/plan/lastResort.ts';
import { joinOf } from '../../appliances/state/admission.ts';
import type { Appliance, ManagedRoute } from '../../appliances/types/topology.ts';
import { describeGateway } from '../../core/lastResort.ts';
import { counted, shellQuoted } from '../../core/text.ts';
import { freshLook } from '../../watcher/lastLooks.ts';
import { DEPLOY_COMMAND } from '../deployCommand.ts';
import { type Observation, PASS_POLICY } from '../pass.ts';
import { stoppedNow } from '../plan/stopped.ts';
import { failing } from './failover/failing.ts';
import type { Deployed, FailoverCause, FailoverReport } from './failover/types.ts';

/** What the operator decided is no trouble, and that no leader looks is reported for the whole region. */
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
  const admission = { topology, memory: observation.memory, policy: PASS_POLICY };
  const admitted = members.filter((one) => joinOf(one, admission).isAdmitted);
  const routes = topology.routes.filter((one) => one.group === group && isMovable(one));
  const resorts = lastResorts(routes, observation);
  const report =
    unread(observation) ??
    withoutRoutes(group, members, observation) ??
    (resorts.length === 0 ? alone(group, admitted) : null) ??
    stopped(observation) ??
    failing(members, routes, observation, deployed) ??
    (resorts.length === 0 ? inOneZone(admitted) : null) ??
    withoutWatcher(observation) ??
    ready(admitted, routes);
  return { ...report, because: [report.because, ...resorts].join('; ') };
}

const isMovable = ({ preferred }: ManagedRoute): boolean => preferred.kind === 'appliance';

const ready = (members: readonly Appliance[], routes: readonly ManagedRoute[]): FailoverReport => ({
  canFailOver: 'yes',
  cause: 'ready',
  because: `the probes see each next hop of its ${counted(routes.length, 'route')}${members.length === 1 ? '' : ', and another appliance is proven'}`,
  toDo: null,
});

/** What each gateway of last resort would carry, if every appliance of the group failed. */
function lastResorts(
  routes: readonly ManagedRoute[],
  { memory, world: { at, topology } }: Observation,
): readonly string[] {
  const [first] = routes;
  if (first === undefined) return [];
  return resortsOf({ ...first, nextHop: '' }, memory).map(({ gatewayId }) => {
    const whys = routes.map((route) => {
      const table = topology.tables.find(({ tableId }) => tableId === route.tableId);
      return whyUnfit({ ...route, to: gatewayId }, table, memory, at);
    });
    const why = whys.find((one) => one !== null);
    const fit = whys.filter((one) => one === null).length;
    return `${describeGateway(gatewayId)} would carry ${fit} of ${counted(routes.length, 'route')}${why == null ? '' : `: ${why}`}`;
  });
}

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
        ? `${DEPLOY_COMMAND}, or name the deployed one: vpn-medic check --stage STAGE`
        : 'Look at the alarms of the stack, and at the log of watchAppliances.',
  };
}
