/** What a probe kind is: one file under `kinds/`, registered by one line of `kinds.ts`. */
import type { Opener } from './attempt.ts';

export interface KindDefinition {
  readonly protocol: 'tcp' | 'udp';
  /** Sends the first packet; every way to an answer ends in one call of the attempt. */
  open(target: Destination, timeoutMs: number): Opener;
  /** A row of docs/probes.md, in Markdown. */
  readonly sends: string;
  readonly alive: string;
  readonly caution: string;
}

export interface Destination {
  /** IPv4 or IPv6, without brackets. */
  readonly address: string;
  /** 1..65535 */
  readonly port: number;
}
