/** What is known of a Site-to-Site connection as a path, for subjects that lead traffic over it. */
import type { Instant } from './time.ts';

export interface ConnectionPath {
  readonly connectionId: string;
  readonly name: string;
  /** The tag `vpn-medic:group`; null: none. */
  readonly group: string | null;
  /** Null: it ends on another kind of gateway. */
  readonly transitGatewayId: string | null;
  /** The tag `vpn-medic:ignore`; null: none. */
  readonly ignored: string | null;
  readonly health: PathHealth;
}

export type PathHealth =
  /** A tunnel is up. `since`: one and the same tunnel has been up from then on. */
  | { readonly kind: 'up'; readonly since: Instant }
  /** Every tunnel is known to be down, or the connection is being deleted. */
  | { readonly kind: 'down'; readonly since: Instant; readonly why: string }
  | { readonly kind: 'unknown'; readonly why: string };

/** The id of a group of connections as a subject; a group of appliances may have the same name. */
export const connectionGroupId = (group: string): string => `connections/${group}`;

/** Whether it has the form of a connection's id. A name may have it too: `vpn-b`. */
export const isConnectionId = (word: string): boolean => /^vpn-[0-9a-f]+$/.test(word);
