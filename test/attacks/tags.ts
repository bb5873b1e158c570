/** Attacks of a principal that may tag, or move what it owns. Each answers null, or what it got. */

import { turnDrills } from '../../lib/appliances/plan/drill.ts';
import { plan } from '../../lib/appliances/plan.ts';
import { parseDrillTimes } from '../../lib/appliances/state/drill.ts';
import { poolAmong } from '../../lib/appliances/types/pool.ts';
import type { Verdict } from '../../lib/appliances/types/verdict.ts';
import { isHostLocal } from '../../lib/core/cidr.ts';
import type { SimAccount } from '../../lib/simulator/account.ts';
import { NOW } from '../builders/facts.ts';
import { oneGroup } from '../builders/oneGroup.ts';
import {
  anAppliance,
  anAssessment,
  aRoute,
  aWorld,
  down,
  failbackAt,
  memoryOf,
  policyOf,
} from '../builders/world.ts';
import { play } from '../cases/appliances/play.ts';

const A = 'i-0a1b2c3d4e5f60001';
const B = 'i-0a1b2c3d4e5f60002';
/** The simulator's first launch. */
const LAUNCHED = 'i-0a1b2c3d4e5f64001';
const FAR = '10.20.0.0/16';

const account = () => oneGroup({ destinations: [FAR] });

const PROFILE = 'arn:aws:iam::111122223333:instance-profile/vpn';

/** The same account, with its members launched under an instance profile. */
function profiled() {
  const made = account();
  return {
    ...made,
    instances: made.instances.map((one) => ({ ...one, instanceProfile: PROFILE })),
  };
}

const FOUNDER = { how: 'founder', at: NOW - 60_000 } as const;
const FOUNDED = { members: { 'i-a1': FOUNDER, 'i-b1': FOUNDER }, identities: [] };

/** What is planned where the only route, of i-a1, is claimed as a client pool of others; i-a1 and i-b1 were there first. */
function pooled(claimants: readonly string[], verdicts: Readonly<Record<string, Verdict>> = {}) {
  const pool = '10.0.0.0/8';
  const claims = claimants.map((instanceId) => ({ instanceId, pool }));
  const preferred = poolAmong(claims, pool, [pool]);
  if (preferred === null) throw new Error('no appliance claims it');
  const world = aWorld({
    appliances: ['i-a1', 'i-b1', 'i-stranger', 'i-other'].map((id) => anAppliance(id)),
    routes: [aRoute(`rtb-1 ${pool}`, 'i-a1', { preferred })],
  });
  const memory = memoryOf({ admissions: new Map([['hq', FOUNDED]]) });
  return plan(world, anAssessment(world, verdicts), memory, policyOf(), NOW);
}

type Attack = () => Promise<string | null>;

export const attacks: Readonly<Record<string, Attack>> = {
  async 'an instance tagged for the group, when both members die'() {
    const stranger = {
      kind: 'stranger',
      likeInstanceId: A,
      instanceProfile: null,
      pool: FAR,
    } as const;
    const { writes, account: after } = await play({
      account: account(),
      faults: [
        [stranger, 60, 290],
        [{ kind: 'host-dead', instanceId: A }, 150, 290],
        [{ kind: 'terminated', instanceId: B }, 200, 290],
      ],
      lastsS: 280,
    });
    const members = new Set([A, B]);
    const own = after.network.interfaces
      .all()
      .filter(({ instanceId }) => instanceId !== null && !members.has(instanceId))
      .map(({ interfaceId }) => interfaceId);
    const taken = writes.filter(({ interfaceId }) => own.includes(interfaceId));
    return taken.length === 0 ? null : `the stranger got ${taken.length} routes`;
  },

  async 'a pool tag, by an honest typo, that names the destination of a living member'() {
    const { actions } = pooled(['i-b1']);
    return actions.length === 0 ? null : `the well route moves to ${actions[0]?.to}`;
  },

  async 'the pool tag of an instance that was never admitted, when the next hop dies'() {
    const { actions } = pooled(['i-stranger'], { 'i-a1': down() });
    return actions[0]?.to === 'i-b1' ? null : 'the route stays on the dead';
  },

  async 'the pool tags of two instances that were never admitted, when the next hop dies'() {
    const { actions } = pooled(['i-stranger', 'i-other'], { 'i-a1': down() });
    return actions[0]?.to === 'i-b1' ? null : 'the route stays on the dead';
  },

  async 'a newcomer with the profile of a member, and a move to the other member'() {
    const launched = { kind: 'stranger', likeInstanceId: A, instanceProfile: PROFILE, pool: null };
    const { writes, notifications } = await play({
      account: profiled(),
      faults: [
        [{ ...launched, kind: 'stranger' }, 60, 290],
        [{ kind: 'host-dead', instanceId: A }, 150, 290],
      ],
      lastsS: 200,
    });
    const texts = notifications.map(({ text }) => text);
    const isJoinTold = notifications.some(({ incidentId }) => incidentId.endsWith('MemberJoined'));
    const isMoveTold = texts.some((text) => /moved/.test(text) && text.includes(FAR));
    if (writes.length === 0) throw new Error('nothing moved');
    if (!isJoinTold) return 'it joined in silence';
    return isMoveTold ? null : 'routes moved in silence';
  },

  async 'an instance tagged for the group in the zone of a member that was replaced'() {
    const stranger = { likeInstanceId: A, instanceProfile: null, pool: null };
    const { account: after } = await play({
      account: profiled(),
      faults: [
        [{ kind: 'terminated', instanceId: A }, 60, 100],
        [{ ...stranger, kind: 'stranger' }, 150, 490],
      ],
      lastsS: 480,
    });
    const { network } = after;
    const heir = network.interfaces.all().find((one) => one.instanceId === LAUNCHED);
    if (heir === undefined) throw new Error('no instance was launched in its place');
    const targets = network.tables.all().flatMap(({ routes }) => routes);
    return targets.some(({ interfaceId }) => interfaceId === heir.interfaceId)
      ? null
      : 'no route goes back to its zone';
  },

  async 'the drill tag of an instance that was never admitted'() {
    const drillTimes = parseDrillTimes('Sun 03:00');
    if (!drillTimes.ok) throw new Error(drillTimes.why);
    const sunday = Date.UTC(2026, 10, 22, 3, 0, 10);
    const stranger = anAppliance('i-stranger', { drillTimes: drillTimes.value });
    const world = aWorld({
      appliances: [anAppliance('i-a1'), anAppliance('i-b1'), stranger],
      routes: [aRoute('rtb-1 10.0.0.0/8', 'i-a1', { preferred: failbackAt('i-a1') })],
    });
    const assessment = anAssessment(world);
    const memory = memoryOf({ admissions: new Map([['hq', FOUNDED]]) });
    const policy = policyOf();
    const { drills } = turnDrills({ world, assessment, memory, policy, now: sunday }, (leave) => {
      const leaves = new Map(assessment.leaves).set(leave.instanceId, leave);
      return plan(world, { ...assessment, leaves }, memory, policy, sunday);
    });
    const drill = drills.get('hq')?.drills.at(-1);
    return drill === undefined ? null : `well routes leave ${drill.name} for a drill`;
  },

  async 'an interface that its owner moved to another instance'() {
    const move = ({ network, clock }: SimAccount) => {
      const instance = network.instances.get(A);
      const link = network.interfaces.all().find(({ instanceId }) => instanceId === A);
      if (instance === null || link === undefined) throw new Error(`${A} is not there`);
      const instanceId = 'i-0a1b2c3d4e5f6f001';
      network.instances.put(instanceId, { ...instance, instanceId }, clock.monotonicMs());
      network.setInterface(link.interfaceId, { instanceId });
    };
    const { writes } = await play({ account: account(), others: [[60, move]], lastsS: 200 });
    return writes.length === 0 ? null : `${writes.length} routes left the owner's choice`;
  },

  async 'a probe at an address that never leaves the host'() {
    const local = [
      '127.0.0.1',
      '127.9.9.9',
      '169.254.169.254',
      '::1',
      'fe80::1',
      '::ffff:127.0.0.1',
      '0.0.0.0',
    ];
    const open = local.filter((address) => !isHostLocal(address));
    return open.length === 0 ? null : `${open.join(', ')} may be probed`;
  },
};
