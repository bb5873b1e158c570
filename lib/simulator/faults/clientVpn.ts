/** Faults of Client VPN endpoints, and of reading them. */

export type EndpointFault =
  | OneEndpointFault
  /** DNS of the probing function fails, which says nothing about any endpoint. */
  | { readonly kind: 'probe-dns-dead' }
  | { readonly kind: 'endpoints-unreadable' }
  | { readonly kind: 'associations-unreadable' }
  /** Routes, rules, networks, certificates and directories. */
  | { readonly kind: 'surroundings-unreadable' };

export type OneEndpointFault =
  /** Does not answer on its port, whatever EC2 reports. */
  | { readonly kind: 'endpoint-unreachable'; readonly endpointId: string }
  /** All of its associations are lost, or all but one. */
  | { readonly kind: 'associations-lost'; readonly endpointId: string; readonly leaves: 0 | 1 }
  /** One of its associations has failed for good. */
  | { readonly kind: 'association-failed'; readonly endpointId: string }
  /** One of its associations is in progress. */
  | { readonly kind: 'association-coming'; readonly endpointId: string }
  /** EC2 calls it pending; no client can connect. */
  | { readonly kind: 'endpoint-pending'; readonly endpointId: string }
  /** EC2's answers leave it out, though it exists and works. */
  | { readonly kind: 'endpoint-unlisted'; readonly endpointId: string }
  | { readonly kind: 'users-gone'; readonly endpointId: string }
  | { readonly kind: 'logins-fail'; readonly endpointId: string }
  /** Its CRL expires in `days`. */
  | { readonly kind: 'crl-old'; readonly endpointId: string; readonly days: number }
  | { readonly kind: 'handler-fails'; readonly endpointId: string }
  /** Its directory's stage is this one. */
  | {
      readonly kind: 'directory-ill';
      readonly endpointId: string;
      readonly stage: 'Impaired' | 'Inoperable';
    }
  /** Its server certificate expires in `days`. */
  | { readonly kind: 'certificate-old'; readonly endpointId: string; readonly days: number }
  | { readonly kind: 'rules-revoked'; readonly endpointId: string }
  /** EC2 reports an unknown state. */
  | { readonly kind: 'endpoint-strange'; readonly endpointId: string }
  | { readonly kind: 'endpoint-deleted'; readonly endpointId: string };
