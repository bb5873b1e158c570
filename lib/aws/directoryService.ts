/** Directories of one region: AWS Managed Microsoft AD, Simple AD and AD Connector, with the stage that AWS gives them. */
import {
  DescribeDirectoriesCommand,
  DirectoryServiceClient,
} from '@aws-sdk/client-directory-service';
import type { DirectoryPort } from '../clientVpn/ports.ts';
import type { Clock } from '../core/time.ts';
import { type CallContext, call, everyPage, listOf, reading } from './call.ts';
import { type CallHook, delays, hooked, READ_MS } from './client.ts';

export function directoryPort(region: string, clock: Clock, onCall?: CallHook): DirectoryPort {
  const client = hooked(new DirectoryServiceClient({ region, ...delays(READ_MS) }), onCall);
  const context: CallContext = { service: 'ds', clock };
  return {
    directories: (signal) =>
      reading(context, 'DescribeDirectories', () =>
        everyPage(
          (NextToken) =>
            call(context, 'DescribeDirectories', signal, () =>
              client.send(new DescribeDirectoriesCommand({ NextToken }), { abortSignal: signal }),
            ),
          (page) =>
            listOf(page.DirectoryDescriptions).flatMap((one) =>
              one.DirectoryId
                ? [
                    {
                      directoryId: one.DirectoryId,
                      name: one.Name ?? one.DirectoryId,
                      kind: one.Type ?? '',
                      stage: one.Stage ?? '',
                      stageWhy: one.StageReason ?? '',
                    },
                  ]
                : [],
            ),
        ),
      ),
  };
}
