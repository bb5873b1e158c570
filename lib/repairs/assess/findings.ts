/** Findings about repairs: under way, held, spent, refused for an unproven host key. Pure. */

import type { Appliance } from '../../appliances/types/topology.ts';
import type { Verdicts } from '../../appliances/types/verdict.ts';
import type { Ec2Signals, World } from '../../appliances/types/world.ts';
import type { Finding, Severity } from '../../core/finding.ts';
import { REPAIR_FINDINGS } from '../../core/findings/repairs.ts';
import { describeMs, type Instant, toIso } from '../../core/time.ts';
import { nextStartAt } from '../assess.ts';
import type { HeldRepair } from '../types/plan.ts';
import {
  type Attempt,
  hasStopped,
  type Ladder,
  type Ladders,
  STOPPING_MS,
  startsOf,
  stepOf,
} from '../types.ts';

export function findInRepairs(
  world: World,
  verdicts: Verdicts,
  ladders: Ladders,
  held: readonly HeldRepair[],
  now: Instant,
): readonly Finding[] {
  const appliances = new Map(world.topology.appliances.map((one) => [one.instanceId, one]));
  const findings: Finding[] = [];
  for (const [instanceId, all] of ladders) {
    const last = all.at(-1);
    const appliance = appliances.get(instanceId);
    if (last === undefined || appliance === undefined) continue;
    findings.push(
      ...findUnderway(appliance, last, now),
      ...findSpent(appliance, all, verdicts.get(instanceId)?.kind === 'up'),
      ...findUnprovenKey(appliance, last, now),
      ...findStopping(appliance, last, world.signals.get(instanceId), now),
      ...findStartFailing(appliance, last, world.signals.get(instanceId)),
    );
  }
  return [...findings, ...held.flatMap((one) => findHeld(one, appliances))];
}

/**
 * Notified with its first result, so that one notification says what was found and what was done; a ladder that helped at
 * once stays for a minute, so that it is notified at all.
 */
function findUnderway(appliance: Appliance, ladder: Ladder, now: Instant): readonly Finding[] {
  const answered = ladder.attempts.filter(
    ({ result }) => result !== null && result.kind !== 'held',
  );
  const last = answered.at(-1);
  const { end } = ladder;
  const hasHelped = end?.kind === 'helped' && now - end.at < HELPED_MS;
  if ((end !== null && !hasHelped) || last === undefined) return [];
  return [
    aFinding(appliance, 'RepairUnderway', 'warning', ladder.startedAt, {
      summary: `${whereOf(appliance)} ${hasHelped ? 'was repaired and answers again' : 'is being repaired'}: ${notified(last)}.`,
      evidence: [...diagnosisOf(ladder), ...triedLines(ladder)],
      hint: hasHelped
        ? 'Find out why it failed; its routes fail back by themselves.'
        : 'Nothing now: the next step follows by itself if this one does not help. Untag vpn-medic:repair to stop it.',
    }),
  ];
}

/** Until it answers again, or for as long as another ladder runs: one notification for all of them. */
function findSpent(
  appliance: Appliance,
  all: readonly Ladder[],
  isUp: boolean,
): readonly Finding[] {
  const helpedAt = all.findLastIndex(({ end }) => end?.kind === 'helped');
  const spent = all.findLast(({ end }, index) => index > helpedAt && end?.kind === 'spent');
  if (spent?.end == null || isUp) return [];
  const tried = [...new Set(spent.attempts.map(({ phase }) => stepOf(phase)))];
  return [
    aFinding(appliance, 'RepairSpent', 'critical', spent.end.at, {
      summary: `${whereOf(appliance)} is still down after everything that its owner allows: ${tried.join(', ')}. It needs a person.`,
      evidence: [...diagnosisOf(spent), ...triedLines(spent)],
      hint: `Log in and look, or replace it. To try one step again by hand: vpn-medic repair ${appliance.instanceId} --step ${tried.at(-1) ?? 'reboot'}`,
    }),
  ];
}

/** A stop by force was requested, and EC2 has not carried it out yet. */
function findStopping(
  appliance: Appliance,
  ladder: Ladder,
  signals: Ec2Signals | undefined,
  now: Instant,
): readonly Finding[] {
  const last = ladder.attempts.at(-1);
  const isStopping = signals?.state.known && signals.state.value === 'stopping';
  if (ladder.end !== null || !isStopping || last?.phase !== 'force-stop') return [];
  if (now - last.startedAt < STOPPING_MS) return [];
  return [
    aFinding(appliance, 'RepairStartFailing', 'critical', last.startedAt, {
      summary: `${whereOf(appliance)} was told to stop by its repair, by force since ${toIso(last.startedAt)}, and EC2 still calls it stopping. It is started as soon as it is stopped.`,
      evidence: triedLines(ladder),
      hint: `Ask AWS to stop its host, or launch another appliance. Again by force: aws ec2 stop-instances --force --instance-ids ${appliance.instanceId}`,
    }),
  ];
}

/** From its first failure that is certain, or its second try, until the machine runs. */
function findStartFailing(
  appliance: Appliance,
  ladder: Ladder,
  signals: Ec2Signals | undefined,
): readonly Finding[] {
  const starts = startsOf(ladder).filter(({ result }) => result?.kind !== 'held');
  const [first] = starts;
  const last = starts.at(-1);
  if (first === undefined || last === undefined || !hasStopped(ladder)) return [];
  if (last === first && last.result?.kind !== 'failed') return [];
  // It was stopped by another after it was started: no failure.
  if (last.result?.kind === 'refused' || ladder.end?.kind === 'helped') return [];
  if (signals?.state.known && RUNS_OR_ENDED.has(signals.state.value)) return [];
  const next =
    ladder.end === null ? `tried again at ${toIso(nextStartAt(first, last))}` : 'given up';
  // Where EC2 took the start and stopped it again, it says why only at the next.
  const why = (last.result?.kind === 'done' && last.result.evidence.at(-1)) || notified(last);
  return [
    aFinding(appliance, 'RepairStartFailing', 'critical', first.startedAt, {
      summary: `${whereOf(appliance)} was stopped by its repair and does not start: ${why}. It is ${next}.`,
      evidence: [...diagnosisOf(ladder), ...triedLines(ladder)],
      hint: `${REPAIR_FINDINGS.RepairStartFailing.hint} By hand: aws ec2 start-instances --instance-ids ${appliance.instanceId}`,
    }),
  ];
}

const RUNS_OR_ENDED: ReadonlySet<string> = new Set(['running', 'terminated', 'gone']);

function findUnprovenKey(appliance: Appliance, ladder: Ladder, now: Instant): readonly Finding[] {
  const refusal = ladder.attempts.findLast(
    ({ phase, result }) => phase === 'restart' && result?.kind === 'refused',
  );
  if (refusal?.result == null || !refusal.result.why.includes('host key')) return [];
  if (now - refusal.startedAt > HOUR_MS) return [];
  return [
    aFinding(appliance, 'HostKeyUnproven', 'critical', refusal.startedAt, {
      summary: `${whereOf(appliance)} was not logged in to: ${refusal.result.why}. Either its key was renewed, or something else answers at its address.`,
      evidence: refusal.result.evidence,
      hint: REPAIR_FINDINGS.HostKeyUnproven.hint,
    }),
  ];
}

function findHeld(
  { due, rule, brake, because, until }: HeldRepair,
  appliances: ReadonlyMap<string, Appliance>,
): readonly Finding[] {
  const appliance = appliances.get(due.instanceId);
  if (appliance === undefined) return [];
  const step = stepOf(due.phase);
  return [
    aFinding(appliance, 'RepairHeld', severityOf(brake), due.since, {
      summary: `${whereOf(appliance)} is not repaired now (${step} is next): ${because}${until === null ? '' : `, until ${toIso(until)}`}.`,
      evidence: [`Brake: ${brake} (${rule})`, `Wanted because ${due.because}`],
      hint: HINTS[brake] ?? 'Nothing: it goes on by itself when the brake lets go.',
    }),
  ];
}

/** The hour of rest is in the notification of the spent ladder: listed, not notified again. */
const severityOf = (brake: HeldRepair['brake']): Severity =>
  brake === 'one ladder an hour' ? 'info' : 'warning';

const HINTS: Readonly<Partial<Record<HeldRepair['brake'], string>>> = {
  'carrying routes': 'See why its routes cannot move (notices of its group); then it goes on.',
  'last of its group': 'Bring another appliance of the group up, or repair this one by hand.',
  'three ladders a day': 'It keeps failing: find out why before it is repaired once more.',
  'mode observe': 'Deploy with mode=act to let it repair.',
};

const HOUR_MS = 3_600_000;
const HELPED_MS = 60_000;

const whereOf = ({ name, instanceId, zone }: Appliance): string =>
  `${name} (${instanceId}, ${zone})`;

/** What the instance showed before its last step, with its time: the step may have changed it. */
function diagnosisOf({ attempts }: Ladder): readonly string[] {
  const last = attempts.findLast(({ result }) => (result?.diagnosis.length ?? 0) > 0);
  if (last?.result == null) return [];
  const { phase, startedAt, result } = last;
  return [`Read before ${stepOf(phase)}, at ${toIso(startedAt)}:`, ...result.diagnosis];
}

const triedLines = ({ attempts }: Ladder): readonly string[] =>
  attempts
    .filter(({ result }) => result?.kind !== 'held')
    .flatMap((one) => [
      `${toIso(one.startedAt)} ${notified(one)}`,
      ...(one.result?.evidence ?? []).map((line) => `  ${line}`),
    ]);

export const notified = ({ phase, startedAt, result }: Attempt): string =>
  result === null
    ? `${WORDS[phase]} asked for, no word of it yet`
    : `${WORDS[phase]} ${result.kind} after ${describeMs(Math.max(0, result.at - startedAt))}: ${result.why}`;

const WORDS = {
  restart: 'restart-service',
  reboot: 'reboot',
  stop: 'stop-start, the stop',
  'force-stop': 'stop-start, the forced stop',
  start: 'stop-start, the start',
  replace: 'replace',
} as const;

const aFinding = (
  { instanceId, name, group, zone }: Appliance,
  reason: Finding['reason'],
  severity: Severity,
  since: Instant,
  rest: Pick<Finding, 'summary' | 'evidence' | 'hint'>,
): Finding => ({
  reason,
  severity,
  subject: { kind: 'appliance', id: instanceId, name, group, zone },
  since,
  ...rest,
});
