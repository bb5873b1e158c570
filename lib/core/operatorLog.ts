/** What people did through the command line, newest last: who, when, what and why. Pure. */
import * as v from 'valibot';
import type { Instant } from './time.ts';

export interface OperatorEntry {
  readonly at: Instant;
  readonly by: string;
  /** The command: `pin`, `ack`, `undo`, … */
  readonly command: string;
  /** What it was about: a group, a route's key, an incident's id. */
  readonly subject: string;
  /** One line: what changed. */
  readonly what: string;
  readonly why: string;
}

export const operatorLogId = (region: string): string => `desk#${region}`;

/** Older ones are forgotten: the log is for the last days, CloudTrail for the rest. */
export const OPERATOR_REQUEST_ENTRIES_MAX = 100;

const Body = v.object({
  entries: v.array(
    v.object({
      at: v.number(),
      by: v.string(),
      command: v.string(),
      subject: v.string(),
      what: v.string(),
      why: v.string(),
    }),
  ),
});

/** Empty for garbage: it is written over. */
export function parseOperatorLog(body: unknown): readonly OperatorEntry[] {
  const parsed = v.safeParse(Body, body);
  return parsed.success ? parsed.output.entries : [];
}

export const withEntry = (entries: readonly OperatorEntry[], entry: OperatorEntry) => ({
  version: 1,
  entries: [...entries, entry].slice(-OPERATOR_REQUEST_ENTRIES_MAX),
});
