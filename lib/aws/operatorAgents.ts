/** How Systems Manager sees instances, asked by an operator with the credentials of their profile. */
import { env } from 'node:process';
import { givenAddress } from '../core/serviceAddress.ts';
import type { Clock } from '../core/time.ts';
import type { InstanceControlPort } from '../repairs/ports.ts';
import { agentPort } from './agent.ts';
import { ec2Client } from './ec2/client.ts';

export function operatorAgents(
  region: string,
  homeRegion: string,
  clock: Clock,
): Pick<InstanceControlPort, 'agent'> {
  const { config } = ec2Client(region, undefined);
  return agentPort({
    region,
    homeRegion,
    // Those that every deployment with repairs has; none is run here.
    documents: 'as deployed',
    systemsManagerUrl: givenAddress(env, 'SSM'),
    clock,
    credentials: async () => {
      const { sessionToken, ...rest } = await config.credentials();
      return { ...rest, ...(sessionToken !== undefined && { sessionToken }) };
    },
  });
}
