/** What a probe kind is: one file under `kinds/`, registered by one line of `kinds.ts`. */
import type { Opener } from './attempt.ts';

export interface KindDefinition {
  readonly protocol: 'tcp' | 'udp';
  /** A path and a word may follow the port in the tag: `http:8080/healthz#UP`. */
  readonly takesPath?: true;
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
  /** Only for kinds that take one; absent: `/`. */
  readonly path?: string;
  /** Only for kinds that take one: what the body must hold. Absent: the body is not read. */
  readonly word?: string;
}

/** What a tag may hold and a request line may carry as it is: no space, no line end. At most 128 characters. */
export const isProbePath = (value: unknown): value is string =>
  typeof value === 'string' && /^\/[\w.~/+=:-]{0,127}$/.test(value);

/** Plain letters, digits and `. _ = + : -`, at most 64. */
export const isProbeWord = (value: unknown): value is string =>
  typeof value === 'string' && /^[\w.=+:-]{1,64}$/.test(value);
