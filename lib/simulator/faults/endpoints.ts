/** Everything that can go wrong with Client VPN endpoints in the simulated account, and with reading them. */

export type EndpointFault =
  | OneEndpointFault
  /** Our own trouble, which must look like nobody else's. */
  | { readonly kind: 'probe-dns-dead' }
  | { readonly kind: 'endpoints-unreadable' }
  | { readonly kind: 'associations-unreadable' };

export type OneEndpointFault =
  /** Nobody answers at its door, whatever EC2 says. */
  | { readonly kind: 'endpoint-unreachable'; readonly endpointId: string }
  /** Its associations are gone, all or all but one. */
  | { readonly kind: 'associations-lost'; readonly endpointId: string; readonly leaves: 0 | 1 }
  | { readonly kind: 'users-gone'; readonly endpointId: string }
  | { readonly kind: 'logins-fail'; readonly endpointId: string }
  /** Its client revocation list has so many days to go. */
  | { readonly kind: 'crl-old'; readonly endpointId: string; readonly days: number }
  | { readonly kind: 'handler-fails'; readonly endpointId: string }
  /** EC2 says its state in a word that nobody knows. */
  | { readonly kind: 'endpoint-strange'; readonly endpointId: string }
  | { readonly kind: 'endpoint-deleted'; readonly endpointId: string };
