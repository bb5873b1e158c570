/** What keeps a group from failing over when a next hop of it fails. Pure. */
import { targetInterfaceOf } from '../../../appliances/plan/targetInterface.ts';
import type { Appliance, ManagedRoute } from '../../../appliances/types/topology.ts';
import { isDead, type Verdict } from '../../../appliances/types/verdict.ts';
import { compare } from '../../../core/order.ts';
import { counted } from '../../../core/text.ts';
import type { Observation } from '../../pass.ts';
import { planWith } from '../../plan/whatIf.ts';
import { type Evidence, evidenceOf, PROVEN } from './evidence.ts';
import type { Deployed, FailoverCause, FailoverReport } from './types.ts';

/** Each next hop that is not dead yet fails, seen by the probes alone. */
export function failing(
  members: readonly Appliance[],
  routes: readonly ManagedRoute[],
  observation: Observation,
  deployed: Deployed,
): FailoverReport | null {
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

/** Why a route of this next hop would stay; null when all would move. */
function heldMove(
  hop: Appliance,
  routes: readonly ManagedRoute[],
  observation: Observation,
  evidences: ReadonlyMap<string, Evidence>,
): FailoverReport | null {
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
  const of =
    own.length === count ? counted(count, 'route') : `${own.length} of ${counted(count, 'route')}`;
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
