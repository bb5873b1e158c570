/** What one pass has to tell, whatever its subject: what is wrong, what was done about it, what was held back. */

import type { Finding, Subject } from './finding.ts';
import type { Silence } from './maintenance.ts';
import type { Quiet } from './quiet.ts';
import type { Instant } from './time.ts';

export interface Report {
  readonly accountId: string;
  readonly region: string;
  readonly findings: readonly Finding[];
  /** What explains some of them and is notified by another scope: no incident is opened for it. None: nothing does. */
  readonly causes?: readonly Finding[];
  /** By subject id: why people asked for silence (`vpn-medic:ignore`). */
  readonly ignored: ReadonlyMap<string, string>;
  /** By subject id: hours in which it is expected to be off (`vpn-medic:quiet`). None: nothing is. */
  readonly quiets?: ReadonlyMap<string, Quiet>;
  /** By subject id: why it is expected to end soon. That it is down then is notified only where traffic depends on it. */
  readonly expected?: ReadonlyMap<string, Silence>;
  readonly actions: readonly ReportedAction[];
  readonly held: readonly ReportedHeld[];
  /** Ids of subjects that AWS has no more: what was wrong with them is over, not healed. */
  readonly gone: ReadonlySet<string>;
  /** Ids of the appliances that are watched: what was wrong with any other one is out of sight, not healed. None: not known. */
  readonly watched?: ReadonlySet<string>;
  /** By `unjudgedKey`: findings that this pass could neither make nor deny. None: it judged all. */
  readonly unjudged?: ReadonlySet<string>;
  /** Ids of subjects first seen minutes ago: what is merely not ready yet is not notified. None: nothing is new. */
  readonly newSubjectIds?: ReadonlySet<string>;
  /** What was seen of a subject and around it, one line each: asked for only when an incident is put on file. */
  readonly seen?: (subject: Subject) => readonly string[];
  /** By subject id, of what is down: when it was last seen well. */
  readonly lastGoodAts?: ReadonlyMap<string, Instant>;
}

export const unjudgedKey = (reason: string, subjectId: string): string => `${reason} ${subjectId}`;

/** Values for machines; nothing nested, so that every channel can carry them. */
export type Details = Readonly<Record<string, string | number | boolean | null>>;

/** One thing that was tried. */
export interface ReportedAction {
  readonly at: Instant;
  /** What it was: `failover`, `preferred`, `pool`, `reboot`, … */
  readonly kind: string;
  /** What is counted in a subject line: `route`, `service`, `list`. */
  readonly thing: string;
  /** What came of it, after the count: `moved to vpn-b`. */
  readonly gist: string;
  /** One line for people: `10.0.0.0/8 in private-a: vpn-a -> vpn-b`. */
  readonly summary: string;
  /** Ids of the subjects whose trouble it answers. */
  readonly concerns: readonly string[];
  /** Ids of the subjects it leads to: their recovery mentions it. */
  readonly serves: readonly string[];
  /** `written`: taken, and not yet seen. `asked`: sent, and the answer was lost, so it may not have happened. */
  readonly outcome: 'done' | 'written' | 'asked' | 'skipped' | 'deferred' | 'failed';
  readonly why: string | null;
  /** Why it was decided. */
  readonly because?: string;
  readonly details: Details;
  /** The same was done before for the same cause: not notified again. */
  readonly isAgain?: boolean;
  /** Measured, where it was: `at` is when the outcome was known. */
  readonly times?: {
    readonly decidedAt: Instant;
    readonly wroteAt: Instant | null;
    readonly readBackAt: Instant | null;
  };
}

/** One thing that would have been done but for a rule. */
export interface ReportedHeld {
  readonly kind: string;
  readonly thing: string;
  /** One line for people, without the rule: `10.0.0.0/8 in private-a not moved to vpn-b`. */
  readonly summary: string;
  readonly concerns: readonly string[];
  readonly rule: string;
  readonly because: string;
  /** Null: not known. */
  readonly until: Instant | null;
  readonly details: Details;
}
