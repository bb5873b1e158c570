/** The minutes of one invocation: numbers for its summary, one log line a finding and a failover, a heartbeat a pass. */

import type { Tick } from '../appliances/types/tick.ts';
import type { JournalPort } from '../core/ports.ts';
import { describeMs, toIso } from '../core/time.ts';
import type { Notice } from '../incidents/types.ts';
import { type Heal, openHealWatch } from './timeToRestore.ts';

export interface Summary {
  readonly version: 1;
  readonly region: string;
  readonly ticks: number;
  /** Knocks sent. */
  readonly probes: number;
  /** Distinct ones seen. */
  readonly findings: number;
  /** Routes written. */
  readonly actions: number;
  /** Distinct moves held. */
  readonly held: number;
  readonly notices: number;
  readonly ended: 'time' | 'lease' | 'aborted' | 'once';
}

export interface Minutes {
  note(tick: Tick, tookMs: number): void;
  told(notices: readonly Notice[]): void;
  summary(ended: Summary['ended'], knockCount: number): Summary;
}

export function openMinutes(region: string, journal: JournalPort): Minutes {
  const findings = new Set<string>();
  const heldKeys = new Set<string>();
  let ticks = 0;
  let actions = 0;
  let notices = 0;
  const heals = openHealWatch();
  const healed = (some: readonly Heal[]) => {
    for (const { from, routeCount, lastGoodAt, readBackAt, tookMs } of some) {
      journal.write('info', `Healed: ${routeCount} routes of ${from} in ${describeMs(tookMs)}`, {
        heal: {
          from,
          routeCount,
          lastGoodAt: toIso(lastGoodAt),
          readBackAt: toIso(readBackAt),
          tookMs,
        },
      });
      journal.measure({ TimeToHealMs: tookMs });
    }
  };
  return {
    note(tick, tookMs) {
      ticks += 1;
      for (const { reason, subject, summary, severity, evidence } of tick.assessment.findings) {
        const key = `${reason} ${subject.id}`;
        if (findings.has(key)) continue;
        findings.add(key);
        journal.write('info', summary, { reason, subject: subject.id, severity, evidence });
      }
      for (const held of tick.plan.held) {
        const key = `${held.routeKey} ${held.rule}`;
        heldKeys.add(key);
      }
      for (const outcome of tick.outcomes) {
        const isWritten = outcome.kind === 'done' || outcome.kind === 'written';
        if (isWritten) actions += 1;
      }
      healed(heals.note(tick));
      const down = [...tick.assessment.verdicts.values()].filter(({ kind }) => kind === 'down');
      journal.measure({
        Heartbeat: 1,
        TickMs: Math.round(tookMs),
        SightLost: tick.world.gaps.length,
        AppliancesDown: down.length,
        RoutesMoved: tick.outcomes.filter(({ kind }) => kind === 'done').length,
        MovesHeld: tick.plan.held.length,
      });
    },
    told(sent) {
      notices += sent.length;
    },
    summary: (ended, knockCount) => {
      healed(heals.rest());
      return {
        version: 1,
        region,
        ticks,
        probes: knockCount,
        findings: findings.size,
        actions,
        held: heldKeys.size,
        notices,
        ended,
      };
    },
  };
}
