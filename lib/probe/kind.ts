/** What a probe kind is: one file under `kinds/`, registered by one line of `kinds.ts`. */
import type { Parsed } from '../core/tags.ts';
import type { Opener } from './attempt.ts';

export interface KindDefinition {
  readonly protocol: 'tcp' | 'udp';
  /** A path and a word may follow the port in the tag: `http:8080/healthz#UP`. */
  readonly takesPath?: true;
  /** It takes a key, which the tag `vpn-medic:probe-key` names. */
  readonly keyed?: Keyed;
  /** A connection that is made only to read the server's certificate; absent: the kind shows none. */
  readonly readCertificate?: OpenTo;
  /** Without a key. Sends the first packet; every way to an answer ends in one call of the attempt. */
  readonly open: OpenTo;
  /** A row of docs/probes.md, in Markdown. */
  readonly sends: string;
  readonly alive: string;
  readonly caution: string;
}

export type OpenTo = (target: Destination, timeoutMs: number) => Opener;

export interface Keyed {
  /** False: the kind is probed without a key where none is named. */
  readonly isNeeded: boolean;
  /** What is sent with this key; `why` never holds any of the text. */
  read(text: string): Parsed<OpenTo>;
}

/** Of a kind that needs a key: `probe.ts` never opens it without one. */
export const onlyWithKey: OpenTo = () => () => {
  throw new Error('opening a probe without the key that it needs');
};

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

/** The name of a parameter of Systems Manager, also of one that stands for a secret: `/vpn-medic/probe/hq`. */
export const isKeyName = (value: unknown): value is string =>
  typeof value === 'string' && /^\/[\w.+=@/-]{1,511}$/.test(value);
