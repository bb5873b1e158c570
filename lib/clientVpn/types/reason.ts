import { ENDPOINT_REASONS, type EndpointReason } from '../../core/reasons.ts';

export const isEndpointReason = (reason: string): reason is EndpointReason =>
  ENDPOINT_REASONS.some((one) => one === reason);
