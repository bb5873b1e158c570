/** Findings about our own visibility: what cannot be read, probed or stored. Pure. */

import type { Finding } from '../../core/finding.ts';
import { APPLIANCE_FINDINGS } from '../../core/findings/appliances.ts';
import { counted } from '../../core/text.ts';
import { type Instant, toIso } from '../../core/time.ts';
import { isShutOut } from '../../probe/history.ts';
import { hasFailed, type PendingWrite } from '../state/pending.ts';
import type { Memory } from '../state.ts';
import type { ManagedRoute } from '../types/topology.ts';
import type { Verdicts } from '../types/verdict.ts';
import { ADDRESSES_ONLY, type VantageObservation, type World } from '../types/world.ts';
import { regionOf } from './fleet.ts';

export function findInObservation(
  world: World,
  verdicts: Verdicts,
  memory: Memory,
  now: Instant,
): readonly Finding[] {
  return [
    ...findGaps(world),
    ...findUnanswered(world, verdicts, now),
    ...findUnread(world, now),
    ...findLease(world, now),
    ...findWrites(world, memory, now),
  ];
}

function findGaps(world: World): readonly Finding[] {
  const { gaps } = world;
  if (gaps.length === 0) return [];
  const isWhole = gaps.some(({ zone }) => zone === null);
  const isOfAddresses = gaps.every(({ zone }) => zone === ADDRESSES_ONLY);
  const effect = isWhole
    ? 'no route is written'
    : isOfAddresses
      ? 'they are not moved, and routes are'
      : 'no route is moved to an appliance there';
  return [
    {
      reason: 'SightLost',
      subject: regionOf(world),
      severity: isWhole ? 'critical' : 'warning',
      summary: `${gaps.map(({ what }) => what).join(', ')} cannot be read in ${world.region}: ${effect} until it can.`,
      evidence: gaps.map(({ what, why, since }) => `${what}: ${why}, since ${toIso(since)}`),
      since: Math.min(...gaps.map(({ since }) => since)),
      hint: 'Look at the reason: a denied action needs a grant, throttling another tool to slow down, anything else the AWS Health Dashboard.',
    },
  ];
}

/** Full rounds in a row without any answer, before a vantage counts as unanswered. */
const UNANSWERED_ROUNDS = 3;

/** Whether no probe answers a vantage in its last full rounds. */
function isUnanswered({ rounds, histories }: VantageObservation): boolean {
  const over = rounds.filter(({ isFull, isOver }) => isFull && isOver).slice(-UNANSWERED_ROUNDS);
  const fromAt = over[0]?.sentAt ?? 0;
  // To a long probe, to one of a round that is not over yet, or by closing an accepted connection.
  const isAnswered = [...histories.values()].some(({ late, goodSentAts, misses }) => {
    const last = misses.at(-1);
    return (
      late !== null ||
      goodSentAts.some((sentAt) => sentAt >= fromAt) ||
      (last !== undefined && isShutOut(last))
    );
  });
  return (
    !isAnswered &&
    over.length === UNANSWERED_ROUNDS &&
    over.every(({ answeredBy }) => answeredBy.length === 0)
  );
}

/** Whether an answer is expected there: one has come before, from an appliance that is not known to be down. */
function isExpected(
  { histories, farSides }: VantageObservation,
  verdicts: Verdicts,
  isOfAppliances: boolean,
): boolean {
  return [...histories].some(([key, { hasAnswered }]) => {
    const verdict = verdicts.get(key.slice(0, key.indexOf(' ')));
    const isKnownDown =
      verdict?.kind === 'down' && (verdict.isEc2Confirmed || farSides?.has(key) === true);
    return hasAnswered && !isKnownDown && !(isOfAppliances && farSides?.has(key) === true);
  });
}

function findUnanswered(world: World, verdicts: Verdicts, now: Instant): readonly Finding[] {
  const asked = world.vantages.filter(({ histories }) =>
    [...histories.values()].some(({ hasAnswered }) => hasAnswered),
  );
  const unanswered = asked.filter(
    (observation) => isUnanswered(observation) && isExpected(observation, verdicts, false),
  );
  if (unanswered.length === 0) return [];
  if (asked.every(isUnanswered)) {
    return [
      {
        reason: 'NothingAnswers',
        subject: regionOf(world),
        severity: 'critical',
        summary: `No appliance answers any probe in ${world.region}: either all are dead or no answer reaches our probes, and the two cannot be told apart. Nothing is moved on the probes' word. ${ec2Says(world)}`,
        evidence: unanswered.map(lastWords),
        since: sinceOf(unanswered, now),
        hint: APPLIANCE_FINDINGS.NothingAnswers.hint,
      },
    ];
  }
  // Through a tunnel alone, silence is the tunnel's or the far side's: that is a finding of its own.
  const reaching = unanswered.filter((observation) => isExpected(observation, verdicts, true));
  return reaching.map((observation) => ({
    reason: 'VantageBlind',
    subject: {
      kind: 'vantage',
      id: observation.vantage.id,
      name: observation.vantage.id,
      group: null,
      zone: null,
    },
    severity: 'warning',
    summary: `The vantage ${observation.vantage.id} gets no answer from any appliance while other vantages do: its misses do not count.`,
    evidence: [lastWords(observation)],
    since: sinceOf([observation], now),
    hint: APPLIANCE_FINDINGS.VantageBlind.hint,
  }));
}

/** A vantage whose subnets are not known: what it can prove of a far side is not known either. */
const findUnread = (world: World, now: Instant): readonly Finding[] =>
  world.vantages.flatMap(({ vantage: { id, unreadWhy } }): readonly Finding[] =>
    unreadWhy === undefined
      ? []
      : [
          {
            reason: 'VantageUnread',
            subject: { kind: 'vantage', id, name: id, group: null, zone: null },
            severity: 'warning',
            summary: `The settings of the probe function ${id} cannot be read, so its subnets are not known: an answer from behind a tunnel proves nothing there.`,
            evidence: [unreadWhy],
            since: now,
            hint: APPLIANCE_FINDINGS.VantageUnread.hint,
          },
        ],
  );

function ec2Says(world: World): string {
  const counts = new Map<string, number>();
  for (const { state } of world.signals.values()) {
    const word = state.known ? state.value : 'unknown';
    counts.set(word, (counts.get(word) ?? 0) + 1);
  }
  return `EC2 says: ${[...counts].map(([word, count]) => `${count} ${word}`).join(', ')}.`;
}

const lastWords = ({ vantage, histories }: VantageObservation): string =>
  `${vantage.id}: ${[...histories]
    .map(([key, { recent }]) => `${key} ${recent.at(-1) ?? ''}`)
    .slice(0, 5)
    .join('; ')}`;

function sinceOf(observations: readonly VantageObservation[], now: Instant): Instant {
  const starts = observations.map(({ rounds }) => {
    const lastAnswered = rounds.findLastIndex(({ answeredBy }) => answeredBy.length > 0);
    return rounds[lastAnswered + 1]?.sentAt ?? now;
  });
  return Math.min(now, ...starts);
}

function findLease(world: World, now: Instant): readonly Finding[] {
  if (world.lease.kind !== 'unreachable') return [];
  return [
    {
      reason: 'StateLost',
      subject: regionOf(world),
      severity: 'warning',
      summary: `The state table cannot be used (${world.lease.why}): routes move only where EC2 itself confirms a failure, and notices may come twice.`,
      evidence: [],
      since: now,
      hint: APPLIANCE_FINDINGS.StateLost.hint,
    },
  ];
}

/** Writes that do not take, one finding a group: one cause mostly refuses them all. */
function findWrites(world: World, memory: Memory, now: Instant): readonly Finding[] {
  if (memory.pending.size === 0) return [];
  const failed = world.topology.routes.flatMap((route): readonly FailedWrite[] => {
    const write = memory.pending.get(route.key);
    const isStill = write !== undefined && route.targetId === write.fromTargetId;
    return isStill && hasFailed(write, now) ? [{ route, write }] : [];
  });
  return [...Map.groupBy(failed, ({ route }) => route.group)].map(([group, own]) => {
    const refused = own.filter(({ write }) => write.answer === 'refused');
    const unseen = own.filter(({ write }) => write.answer !== 'refused');
    return {
      reason: 'WriteFailed',
      subject: { kind: 'group', id: group, name: group, group, zone: null },
      severity: 'critical',
      summary: [
        ...(refused.length === 0
          ? []
          : [
              `EC2 refuses to move ${routes(refused)} of group ${group}: ${refused[0]?.write.why ?? ''}.`,
            ]),
        ...(unseen.length === 0
          ? []
          : [
              `${routes(unseen)} of group ${group} still ${unseen.length === 1 ? 'leads' : 'lead'} where ${unseen.length === 1 ? 'it' : 'they'} did, though EC2 was told otherwise more than once.`,
            ]),
      ].join(' '),
      evidence: own.slice(0, EVIDENCE_MAX).map(describeWrite),
      since: Math.min(now, ...own.map(({ write }) => write.firstAt)),
      hint:
        refused.length > 0
          ? 'Mend what EC2 names; until then it is tried again once a minute.'
          : 'Look at the route in the console: another tool may be writing it. It is tried again once a minute.',
    } satisfies Finding;
  });
}

interface FailedWrite {
  readonly route: ManagedRoute;
  readonly write: PendingWrite;
}

const EVIDENCE_MAX = 20;

const routes = ({ length }: readonly FailedWrite[]): string => counted(length, 'route');

const describeWrite = ({ route: { key }, write }: FailedWrite): string =>
  `${key}: pointed at ${write.toTargetId} ${write.tryCount} times since ${toIso(write.firstAt)}, still reads ${write.fromTargetId}${write.answer === 'refused' ? ` (${write.why})` : ''}`;
