/** Findings about what lies behind the tunnels: far sides that answer through no appliance, and tunnels that nothing proves. Pure. */
import type { Finding } from '../../core/finding.ts';
import { APPLIANCE_FINDINGS } from '../../core/findings/appliances.ts';
import { compare } from '../../core/order.ts';
import { counted } from '../../core/text.ts';
import type { Instant } from '../../core/time.ts';
import type { Appliance } from '../types/topology.ts';
import type { World } from '../types/world.ts';
import type { ClauseResult } from './probes.ts';
import type { Judgement } from './verdict.ts';

type Judgements = ReadonlyMap<string, Judgement>;

export function findTunnels(
  world: World,
  judgements: Judgements,
  now: Instant,
): readonly Finding[] {
  const groups = Map.groupBy(world.topology.appliances, ({ group }) => group);
  return [...groups].flatMap(([group, members]) => [
    ...findSilentFarSide(group, members, world, judgements, now),
    ...findUnprovenTunnels(group, members, world, judgements, now),
  ]);
}

const groupSubject = (group: string): Finding['subject'] => ({
  kind: 'group',
  id: group,
  name: group,
  group,
  zone: null,
});

/** A far side that answered before, and does so through none of the appliances that it is probed through. */
function findSilentFarSide(
  group: string,
  members: readonly Appliance[],
  world: World,
  judgements: Judgements,
  now: Instant,
): readonly Finding[] {
  const texts = (isOf: (result: ClauseResult) => boolean) =>
    new Set(members.flatMap((one) => resultsOf(one, judgements).filter(isOf)).map(textOf));
  const answering = texts(({ kind }) => kind === 'up' || kind === 'suspect');
  const silent = [...texts(({ kind }) => kind === 'unwitnessed')]
    .filter((text) => !answering.has(text))
    .toSorted(compare);
  if (silent.length === 0) return [];
  const through = members.filter((one) =>
    resultsOf(one, judgements).some((result) => silent.includes(textOf(result)) && isSent(result)),
  );
  const carrying = world.topology.routes.filter((one) => one.group === group).length;
  return [
    {
      reason: 'FarSideSilent',
      subject: groupSubject(group),
      severity: 'critical',
      summary: `${silent.join(' ')} answers through no appliance of group ${group} (${through.map(({ name }) => name).join(', ')}): either the tunnels carry nothing or the far side itself is down. No route is moved for it: no appliance is proven to be better. ${counted(carrying, 'route')} ${carrying === 1 ? 'leads' : 'lead'} there.`,
      evidence: through.flatMap((one) => resultsOf(one, judgements).flatMap(({ lines }) => lines)),
      since: now,
      hint: APPLIANCE_FINDINGS.FarSideSilent.hint,
    },
  ];
}

const isSent = ({ kind }: ClauseResult): boolean => kind !== 'unreachable';

/** Members of which only the daemon answers: a tunnel that is dead behind it would not be seen. */
function findUnprovenTunnels(
  group: string,
  members: readonly Appliance[],
  { topology }: World,
  judgements: Judgements,
  now: Instant,
): readonly Finding[] {
  const isMovable = topology.routes.some(
    (one) => one.group === group && one.preferred.kind === 'appliance',
  );
  if (!isMovable) return [];
  const unproven = members.filter((one) => isDaemonAlone(judgements.get(one.instanceId)));
  if (unproven.length === 0) return [];
  const joined = unproven.flatMap((one) => resultsOf(one, judgements).filter(isJoined).map(textOf));
  const of =
    unproven.length === members.length
      ? `all ${counted(members.length, 'appliance')}`
      : `${unproven.length} of ${counted(members.length, 'appliance')}`;
  return [
    {
      reason: 'TunnelNotProven',
      subject: groupSubject(group),
      severity: 'info',
      summary:
        `Of ${of} of group ${group} only the daemon is proven, not its tunnel: a tunnel that is dead behind a living daemon would not be seen there. ${
          joined.length === 0
            ? ''
            : `The daemon alone satisfies ${[...new Set(joined)].join(' ')}: | means either. `
        }`.trim(),
      evidence: unproven.map(
        (one) =>
          `${one.name} (${one.instanceId}): ${resultsOf(one, judgements).map(textOf).join(' ')}`,
      ),
      since: now,
      hint: APPLIANCE_FINDINGS.TunnelNotProven.hint,
    },
  ];
}

/** It answers, and no clause of it asks for an answer through its tunnel. */
function isDaemonAlone(judgement: Judgement | undefined): boolean {
  if (judgement?.verdict.kind !== 'up' || judgement.verdict.isByEc2Alone) return false;
  return !judgement.clauseResults.some((one) => one.isFarSide && isSent(one));
}

/** A far side and the appliance itself, joined by `|`. */
const isJoined = ({ clause, isFarSide, tunnel }: ClauseResult): boolean =>
  clause.length > 1 &&
  !isFarSide &&
  (tunnel !== null || clause.some(({ address }) => address !== null));

const resultsOf = ({ instanceId }: Appliance, judgements: Judgements): readonly ClauseResult[] =>
  judgements.get(instanceId)?.clauseResults ?? [];

const textOf = ({ clause }: ClauseResult): string => clause.map(({ text }) => text).join('|');
