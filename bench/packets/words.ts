/** What both ends of the bench agree on. */

/** Behind the tunnels. */
export const FAR_CIDR = '10.20.0.0/16';
export const FAR_HOST = '10.20.0.5';
/** UDP and TCP. */
export const PORT = 9_000;
/** A hundred packets a second. */
export const EVERY_MS = 10;
