/** The result of one probe. */
import type { Instant } from '../core/time.ts';

/** `down` is the far side's silence or refusal; whatever went wrong on our own side is `unknown`. */
export type ProbeResult =
  | {
      readonly kind: 'up';
      readonly tookMs: number;
      /** Of the server's certificate, where the probe saw one. */
      readonly certificate?: CertificateDates;
      readonly keyId?: KeyId;
    }
  | {
      readonly kind: 'down';
      readonly why: string;
      readonly tookMs: number;
      readonly keyId?: KeyId;
    }
  | {
      readonly kind: 'unknown';
      readonly why: string;
      /** The key is the reason: it is missing, cannot be read, or is none. */
      readonly isKeyFault?: true;
    };

/** Which version of which key the probe was sent with: `/vpn-medic/probe/hq 3`. Absent: none. */
export type KeyId = string;

/** From when to when a certificate is valid. */
export interface CertificateDates {
  readonly startsAt: Instant;
  readonly endsAt: Instant;
}
