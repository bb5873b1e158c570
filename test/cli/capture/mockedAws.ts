/** The SDK's clients that a capture uses, mocked: each answers with nothing until a test says otherwise. */
import { ACMClient } from '@aws-sdk/client-acm';
import { CloudWatchClient } from '@aws-sdk/client-cloudwatch';
import { DirectConnectClient } from '@aws-sdk/client-direct-connect';
import { DirectoryServiceClient } from '@aws-sdk/client-directory-service';
import { EC2Client } from '@aws-sdk/client-ec2';
import { EventBridgeClient } from '@aws-sdk/client-eventbridge';
import { STSClient } from '@aws-sdk/client-sts';
import { mockClient } from 'aws-sdk-client-mock';
import { awsClients } from '../../../lib/cli/awsClients.ts';
import type { ClientsWith } from '../../../lib/cli/capture/region.ts';
import type { Clock } from '../../../lib/core/time.ts';

/** What every mocked client can do, whatever its commands are. */
interface Mock {
  reset(): unknown;
  onAnyCommand(): { resolves(answer: object): unknown; rejects(error: Error): unknown };
}

export function mockedAws() {
  const ec2 = mockClient(EC2Client);
  const sts = mockClient(STSClient);
  const acm = mockClient(ACMClient);
  const directConnect = mockClient(DirectConnectClient);
  const directories = mockClient(DirectoryServiceClient);
  const others = [mockClient(CloudWatchClient), mockClient(EventBridgeClient)];
  const all: readonly Mock[] = [ec2, sts, acm, directConnect, directories, ...others];
  return {
    ec2,
    acm,
    directConnect,
    directories,
    all,
    reset() {
      for (const mock of all) {
        mock.reset();
        mock.onAnyCommand().resolves({});
      }
      sts
        .onAnyCommand()
        .resolves({ Account: '111122223333', Arn: 'arn:aws:iam::111122223333:user/ana' });
    },
  };
}

/** The real adapters over them. */
export const awsClientsOn =
  (clock: Clock): ClientsWith =>
  (onCall) =>
    awsClients(clock, onCall);
