/** The summary of one invocation: its counts, one log line a finding and a failover, a heartbeat a pass. */

import type { Tick } from '../appliances/types/tick.ts';
import type { LoggerPort } from '../core/ports.ts';
import { describeMs, toIso } from '../core/time.ts';
import type { Notification } from '../incidents/types.ts';
import { openRestoreTimer, type TimeToRestore } from './timeToRestore.ts';

export interface Summary {
  readonly version: 1;
  readonly region: string;
  readonly ticks: number;
  /** Probes sent. */
  readonly probes: number;
  /** Distinct ones seen. */
  readonly findings: number;
  /** Routes written. */
  readonly actions: number;
  /** Distinct moves held. */
  readonly held: number;
  readonly notifications: number;
  readonly ended: 'time' | 'lease' | 'aborted' | 'once';
}

export interface RunSummary {
  note(tick: Tick, tookMs: number): void;
  notified(notifications: readonly Notification[]): void;
  summary(ended: Summary['ended'], probeCount: number): Summary;
}

export function openRunSummary(region: string, logger: LoggerPort): RunSummary {
  const findings = new Set<string>();
  const heldKeys = new Set<string>();
  let ticks = 0;
  let actions = 0;
  let notifications = 0;
  const restoreTimes = openRestoreTimer();
  return {
    note(tick, tookMs) {
      ticks += 1;
      const { lease } = tick.world;
      // A standby's figures would hide that no process leads.
      if (lease.kind === 'standby' || lease.kind === 'lost') return;
      if (lease.kind === 'unreachable' && !lease.wasLeader) return;
      for (const { reason, subject, summary, severity, evidence } of tick.assessment.findings) {
        const key = `${reason} ${subject.id}`;
        if (findings.has(key)) continue;
        findings.add(key);
        logger.write('info', summary, { reason, subject: subject.id, severity, evidence });
      }
      for (const { routeKey, rule } of tick.plan.held) heldKeys.add(`${routeKey} ${rule}`);
      actions += tick.outcomes.filter(({ kind }) => kind === 'done' || kind === 'written').length;
      for (const one of restoreTimes.note(tick)) logRestored(logger, one);
      const down = [...tick.assessment.verdicts.values()].filter(({ kind }) => kind === 'down');
      logger.measure({
        ...(lease.kind === 'singlePass' ? {} : { Heartbeat: 1 }),
        TickMs: Math.round(tookMs),
        SightLost: tick.world.gaps.length,
        AppliancesDown: down.length,
        RoutesMoved: tick.outcomes.filter(({ kind }) => kind === 'done').length,
        MovesHeld: tick.plan.held.length,
      });
      logger.measureEach('ApplianceDown', () => downByAppliance(tick));
    },
    notified(sent) {
      notifications += sent.length;
    },
    summary: (ended, probeCount) => {
      for (const one of restoreTimes.rest()) logRestored(logger, one);
      return {
        version: 1,
        region,
        ticks,
        probes: probeCount,
        findings: findings.size,
        actions,
        held: heldKeys.size,
        notifications,
        ended,
      };
    },
  };
}

function logRestored(
  logger: LoggerPort,
  { from, routeCount, lastGoodAt, readBackAt, tookMs }: TimeToRestore,
): void {
  logger.write('info', `Restored: ${routeCount} routes of ${from} in ${describeMs(tookMs)}`, {
    timeToRestore: {
      from,
      routeCount,
      lastGoodAt: toIso(lastGoodAt),
      readBackAt: toIso(readBackAt),
      tookMs,
    },
  });
  logger.measure({ TimeToRestoreMs: tookMs });
}

/** A verdict that is unknown is left out. */
const downByAppliance = ({ assessment }: Tick): ReadonlyMap<string, number> =>
  new Map(
    [...assessment.verdicts].flatMap(([id, { kind }]): [string, number][] =>
      kind === 'unknown' ? [] : [[id, Number(kind === 'down')]],
    ),
  );
