/** What every channel renders: the content of one notification. */

import type { ReportedAction, ReportedHeld } from '../core/report.ts';
import type { Instant } from '../core/time.ts';
import type { Link } from './links.ts';
import type { NotificationPlan } from './notificationPlan.ts';
import type { Incident, IncidentChangeKind, Notification, Signature } from './types.ts';

/** What a notification needs beyond its incident. */
export interface Context {
  readonly accountId: string;
  readonly region: string;
  readonly mode: string;
  /** Recent actions on any subject. */
  readonly actions: readonly ReportedAction[];
  readonly held: readonly ReportedHeld[];
  /** Subjects that AWS has no more. */
  readonly gone: ReadonlySet<string>;
  /** By subject id: why its owner asked for silence. */
  readonly ignored: ReadonlyMap<string, string>;
  /** Ids of the appliances that are watched; absent: not known. */
  readonly watched?: ReadonlySet<string>;
  readonly signature: Signature;
  /** False: the state table cannot record it. Should this process die, the end may not be notified. */
  readonly isOnRecord: boolean;
  /** People may have been notified of it already. */
  readonly mayRepeat: boolean;
}

export interface Content {
  readonly kind: IncidentChangeKind;
  readonly lead: Incident;
  /** The gravest severity notified so far: a filter that passed the opening must pass the resolution. */
  readonly severity: Incident['severity'];
  /** `CRITICAL`, `CRITICAL UPDATE`, `RESOLVED`, …: the severity first */
  readonly word: string;
  /** After the thing's name in the subject line. */
  readonly headline: string;
  /** What it means for users. */
  readonly impact: string;
  readonly members: readonly Incident[];
  readonly covered: readonly Incident[];
  readonly done: readonly ReportedAction[];
  readonly held: readonly ReportedHeld[];
  readonly actedAt: Instant | null;
  /** Null while it lasts. */
  readonly over: { readonly lastedMs: number; readonly by: string } | null;
  /** Its resolution may not be notified: the notification says so. */
  readonly endMayBeLost: boolean;
  /** A notification of the same step may have been sent before. */
  readonly mayRepeat: boolean;
  readonly next: readonly string[];
  readonly todo: { readonly hint: string; readonly command: string } | null;
  readonly links: readonly Link[];
  readonly context: Context;
  readonly now: Instant;
}

/** What the sentences of a notification are written from. */
export type Parts = Pick<Content, 'done' | 'held' | 'over' | 'context' | 'now'> & {
  readonly notificationPlan: NotificationPlan;
};

/** What every channel renders from: the content, and the texts that several of them send. */
export type Said = Omit<Notification, 'messages'> & { readonly content: Content };
