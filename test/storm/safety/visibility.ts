/** S1 and S3 by ground truth: no write on partial reads, nor while too many appliances seem down at once. */
import { answersIn, type ProbeRecord } from '../probeRecord.ts';
import type { Run, Violation } from '../record.ts';
import { hadFault, isSilent, type WriteView } from '../writeView.ts';
import { isEnding } from './leaves.ts';

/** S1: every region-wide read of this watcher was last answered; no clock has just jumped. */
export function checkS1(run: Run, view: WriteView): readonly Violation[] {
  const { write, plannedMs } = view;
  const actions = ['DescribeTags', 'DescribeSubnets', 'DescribeRouteTables'] as const;
  const isRead = (action: (typeof actions)[number], beforeMs: number): boolean => {
    const last = run.account.log.reads.findLast(
      (read) =>
        read.by === write.by &&
        read.action === action &&
        !read.ids.some((id) => id.startsWith('rtb-')) &&
        read.doneMs < beforeMs,
    );
    return last?.failedWhy === null;
  };
  // Everything is decided once more right before the write, with what was read by then.
  const unread = actions.filter(
    (action) => !isRead(action, plannedMs) && !isRead(action, write.issuedMs),
  );
  const violations = unread.map((action) => ({
    rule: 'S1',
    atMs: write.issuedMs,
    what: `${view.routeKey} was written though the last ${action} had failed`,
  }));
  const jump = jumpBefore(run, view);
  return jump === null
    ? violations
    : [
        ...violations,
        {
          rule: 'S1',
          atMs: write.issuedMs,
          what: `${view.routeKey} was written in the first pass after the clock jumped at ${jump} ms`,
        },
      ];
}

/** The jump between the pass that wrote and the one before it; null when there was none. */
function jumpBefore(run: Run, { write, tick }: WriteView): number | null {
  if (tick === null || !write.by.startsWith('watch')) return null;
  const own = run.ticks.filter(({ by }) => by === write.by);
  const before = own[own.indexOf(tick) - 1];
  if (before === undefined) return null;
  const jump = run.options.spells.find(
    ({ fault, startMs }) =>
      fault.kind === 'clock-step' &&
      Math.abs(fault.byMs) > 2_000 &&
      startMs > before.doneMs &&
      startMs < write.issuedMs - 1_000,
  );
  return jump?.startMs ?? null;
}

/** S3: not on the probes' word alone while, of a group or VPC that was well, 55 % and three or more fell silent across zones. */
export function checkS3(run: Run, probes: ProbeRecord, view: WriteView): readonly Violation[] {
  const { write, plannedMs } = view;
  if (view.isEc2Down || view.isLinkLost || !view.isSilent) return [];
  const { network, groundTruth } = run.account;
  const living = network.instances
    .all()
    .filter(
      ({ instanceId, state }) =>
        state === 'running' &&
        groundTruth.groupOf(instanceId) !== null &&
        !isImpairedAt(run, instanceId, plannedMs) &&
        !isEnding(run, view, instanceId),
    );
  // Tags and states as they are at the end would lie about a storm that changes them.
  if (hadFault(run, ['rival-untag', 'terminated', 'stopped'], 0, write.issuedMs)) return [];
  const members = living.map((one) => ({
    ...one,
    group: groundTruth.groupOf(one.instanceId),
    silentSinceMs: isDeadSilent(run, probes, view, one.instanceId)
      ? lastAnswerMs(run, probes, one.instanceId, plannedMs)
      : null,
  }));
  const left = members.find(({ instanceId }) => instanceId === view.fromId);
  const scopes = [
    members.filter(({ group }) => group === left?.group),
    members.filter(({ vpcId }) => vpcId === left?.vpcId),
  ];
  const mass = scopes.find((scope) =>
    scope.some((last) => isMassEndingAt(last.silentSinceMs, scope)),
  );
  if (mass === undefined) return [];
  return [
    {
      rule: 'S3',
      atMs: write.issuedMs,
      what: `${view.routeKey} was failed over at ${plannedMs} ms though ${mass.filter(({ silentSinceMs }) => silentSinceMs !== null).length} of ${mass.length} had fallen silent together`,
    },
  ];
}

/** What EC2's own check calls down is no part of a share; its answer comes a little later than its fault. */
const isImpairedAt = ({ options }: Run, instanceId: string, atMs: number): boolean =>
  options.spells.some(
    ({ fault, startMs, endMs }) =>
      fault.kind === 'impaired' &&
      fault.instanceId === instanceId &&
      startMs <= atMs &&
      atMs <= endMs + 15_000,
  );

/** Less than the product's minute by what its clock and its probes may differ from the truth. */
const MASS_MS = 45_000;

function isMassEndingAt(
  endsMs: number | null,
  scope: readonly { readonly silentSinceMs: number | null; readonly zone: string }[],
): boolean {
  if (endsMs === null) return false;
  const well = scope.filter(
    ({ silentSinceMs }) => silentSinceMs === null || silentSinceMs > endsMs - MASS_MS,
  );
  const fallen = well.filter(
    ({ silentSinceMs }) => silentSinceMs !== null && silentSinceMs <= endsMs,
  );
  const zones = new Set(fallen.map(({ zone }) => zone));
  return fallen.length >= 3 && fallen.length / scope.length >= 0.55 && zones.size >= 2;
}

/** When a probe of it that was answered was last sent, by any watcher from any vantage. */
function lastAnswerMs(
  { options }: Run,
  probes: ProbeRecord,
  instanceId: string,
  atMs: number,
): number {
  const sent = options.vantages.flatMap(({ id }) =>
    probes
      .clauses(instanceId)
      .flat()
      .flatMap((key) => answersIn(probes.of(null, id, key), 0, atMs).at(-1)?.sentMs ?? []),
  );
  return Math.max(0, ...sent);
}

/**
 * Heard from nowhere, and silent at a vantage where it had been heard before: at any other its silence says nothing,
 * for a security group may simply not let that one in.
 */
function isDeadSilent(
  run: Run,
  probes: ProbeRecord,
  { write, plannedMs }: WriteView,
  instanceId: string,
): boolean {
  const { policy, vantages } = run.options;
  const { silenceInsideMs, silenceOutsideMs, probeIntervalMs, probeTimeoutMs } = policy;
  const keys = probes.clauses(instanceId).flat();
  const silentMs = plannedMs - Math.min(silenceInsideMs, silenceOutsideMs);
  const answeredAt = vantages.filter(({ id }) =>
    keys.some((key) => answersIn(probes.of(null, id, key), 0, silentMs).length > 0),
  );
  // Three rounds ago says something of now only where nobody could ask since.
  const freshMs = plannedMs - 3 * probeIntervalMs - probeTimeoutMs;
  const isAnswered = vantages.some(({ id }) =>
    keys.some((key) => {
      const last = probes
        .of(write.by, id, key)
        .findLast(({ doneMs, answer }) => doneMs <= plannedMs && answer !== 'unknown');
      return last?.answer === 'up' && last.sentMs >= freshMs;
    }),
  );
  return !isAnswered && isSilent(run, probes, write.by, instanceId, plannedMs, answeredAt);
}
