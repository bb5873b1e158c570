/** Whether the deployed probes can prove an appliance alive. Pure. */
import type { Appliance } from '../../../appliances/types/topology.ts';
import { PROBE_KINDS } from '../../../probe/kinds.ts';
import type { Vantage } from '../../../probe/types.ts';
import { freshLook } from '../../../watcher/lastLooks.ts';
import type { Observation } from '../../pass.ts';
import type { Reach } from '../reach/types.ts';
import { reachOf, type Security } from '../reach.ts';
import type { Deployed } from './types.ts';

export type Evidence =
  | { readonly kind: 'proven' }
  | { readonly kind: 'unproven' | 'unknown'; readonly why: string; readonly toDo: string | null };

export const PROVEN: Evidence = { kind: 'proven' };

export function evidenceOf(
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
      why: `${probes || 'no probe'} of ${name} has not answered the watcher${reach?.kind === 'open' ? '; its security groups and network ACLs admit the probes' : ''}`,
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
