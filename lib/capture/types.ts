/** A capture: what AWS and the probes answered about one region of one account, in the order of time. */
import type { Instant } from '../core/time.ts';

export interface Capture {
  /** 12 digits. */
  readonly account: string;
  readonly region: string;
  /** Of the vpn-medic that wrote it; null: written by hand. */
  readonly medicVersion: string | null;
  /** By time; those of the same instant in the order of the file. Never empty. */
  readonly answers: readonly Answer[];
}

/** One answer. It holds until the next of the same operation and input. */
export interface Answer {
  readonly at: Instant;
  /** As the AWS CLI names it (`ec2`, `s3`, `cloudwatch`), or `probe`, or `medic`. */
  readonly service: string;
  /** As in the AWS SDK: `DescribeVpnConnections`. Of a probe its kind: `tcp`. */
  readonly operation: string;
  readonly input: Fields;
  readonly result: Result;
}

export type Fields = Readonly<Record<string, unknown>>;

export type Result =
  | { readonly kind: 'output'; readonly output: Fields }
  | { readonly kind: 'error'; readonly name: string; readonly message: string };
