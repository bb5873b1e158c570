/** Where probes leave from. Types only; `lib/aws` and `lib/simulator` implement it. */
import type { ProbeAnswer, Round, Vantage } from './types.ts';

export interface ProbePort {
  /** The places to probe from, with their subnets as far as they can be learnt. Never empty. */
  vantages(signal: AbortSignal): Promise<readonly Vantage[]>;
  /**
   * Sends one probe to each target of the burst at the same instant, and hands over each answer as it comes:
   * exactly one a target, by `timeoutMs` and a little more. A vantage that cannot be asked answers `unknown` for all.
   */
  send(round: Round, onAnswer: (answer: ProbeAnswer) => void, signal: AbortSignal): Promise<void>;
}

/** Where keys lie. */
export interface KeyPort {
  /** Never rejects; answers within 2 s. */
  read(name: string): Promise<ReadKey>;
}

export type ReadKey =
  | { readonly kind: 'key'; readonly text: string; readonly version: string }
  /** It is not there, or this role may not read it. */
  | { readonly kind: 'missing'; readonly why: string }
  /** It may be there: it could not be asked for. */
  | { readonly kind: 'unread'; readonly why: string };
