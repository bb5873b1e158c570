/** The result of one probe. */
import type { Instant } from '../core/time.ts';

/** `down` is the far side's silence or refusal; whatever went wrong on our own side is `unknown`. */
export type ProbeResult =
  | {
      readonly kind: 'up';
      readonly tookMs: number;
      /** Of the server's certificate, where the probe saw one. */
      readonly certificate?: CertificateDates;
    }
  | { readonly kind: 'down'; readonly why: string; readonly tookMs: number }
  | { readonly kind: 'unknown'; readonly why: string };

/** From when to when a certificate is valid. */
export interface CertificateDates {
  readonly startsAt: Instant;
  readonly endsAt: Instant;
}
