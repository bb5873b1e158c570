/** What can be wrong with a Client VPN endpoint. */
export const ENDPOINT_REASONS = [
  'EndpointUnavailable',
  'EndpointSingleZone',
  'EndpointNearCapacity',
  'AuthFailuresHigh',
  'ClientCrlExpiring',
  'ClientCrlExpired',
  'IdpCertExpiring',
  'ConnectHandlerErrors',
  'ConnectionsDropped',
  'TrafficOffBaseline',
  'EndpointUnreachable',
  'ProbeNeverAnswered',
  'EndpointNotHealthCheckable',
  'RegionDown',
  'SightLost',
] as const;

export type EndpointReason = (typeof ENDPOINT_REASONS)[number];

export const isEndpointReason = (reason: string): reason is EndpointReason =>
  ENDPOINT_REASONS.some((one) => one === reason);
