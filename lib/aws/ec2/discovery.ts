/** What looks like an appliance, and the tags that make it one. */
import { CreateTagsCommand } from '@aws-sdk/client-ec2';
import type { DiscoveryPort } from '../../appliances/ports/discovery.ts';
import type { Clock } from '../../core/time.ts';
import { call } from '../call.ts';
import type { CallHook } from '../client.ts';
import { acmClient, readCertificates } from '../clientVpn/certificates.ts';
import { tellFault } from '../errors.ts';
import { ec2Client } from './client.ts';
import type { Ec2Context } from './context.ts';
import { readImages } from './images.ts';
import { readInterfaces } from './interfaces.ts';

export function discoveryPort(region: string, clock: Clock, onCall?: CallHook): DiscoveryPort {
  const context: Ec2Context = { client: ec2Client(region, onCall), service: 'ec2', clock };
  return {
    forwarders: (signal) => readInterfaces(context, 'source-dest-check', ['false'], signal),
    images: (instanceIds, signal) => readImages(context, instanceIds, signal),
    certificates: (signal) => readCertificates(context, acmClient(region), signal),
    async tag({ resourceId, key, value }, signal) {
      const answer = await call(context, 'CreateTags', signal, () =>
        context.client.send(
          new CreateTagsCommand({ Resources: [resourceId], Tags: [{ Key: key, Value: value }] }),
          { abortSignal: signal },
        ),
      );
      return answer.ok ? null : tellFault(answer.fault, 'ec2:CreateTags');
    },
  };
}
