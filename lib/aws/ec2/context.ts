/** What every question to EC2 shares. */
import type { EC2Client } from '@aws-sdk/client-ec2';
import type { CallContext } from '../call.ts';

export interface Ec2Context extends CallContext {
  readonly client: EC2Client;
}

/** EC2 takes at most 200 values in one filter. */
export const FILTER_VALUES_MAX = 200;
