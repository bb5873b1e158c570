/** What was seen: a value and when, or that it could not be seen and why. Unknown is neither empty nor down. */
import type { Instant } from './time.ts';

export interface Known<T> {
  readonly known: true;
  readonly value: T;
  readonly at: Instant;
}

export interface Unknown {
  readonly known: false;
  readonly why: string;
  readonly at: Instant;
}

export type Reading<T> = Known<T> | Unknown;

export const known = <T>(value: T, at: Instant): Known<T> => ({ known: true, value, at });

export const unknown = (why: string, at: Instant): Unknown => ({ known: false, why, at });
