/** A connection, and whether it gets through. */

export type Reach =
  | { readonly kind: 'open' }
  /** `command`: the one that opens it. */
  | { readonly kind: 'closed'; readonly why: string; readonly command: string }
  | { readonly kind: 'unknown'; readonly why: string };

/** A connection to an appliance's own address. */
export interface Wanted {
  readonly protocol: 'tcp' | 'udp';
  readonly port: number;
}

/** `maybe`: it depends on what is not known, or only a part gets through. */
export type Answer = 'yes' | 'no' | 'maybe';

/** The words by which rules name a protocol. */
export const PROTOCOLS: Readonly<Record<Wanted['protocol'], readonly string[]>> = {
  tcp: ['tcp', '6', '-1'],
  udp: ['udp', '17', '-1'],
};
