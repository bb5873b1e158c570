/** What AWS itself answers to an export of an endpoint's CRL. */
import { ExportClientVpnClientCertificateRevocationListCommand } from '@aws-sdk/client-ec2';
import type { DeploymentPort } from '../../core/deploymentPort.ts';
import type { Clock } from '../../core/time.ts';
import { type CallContext, call } from '../call.ts';
import { READ_MS } from '../client.ts';
import { ec2Client } from '../ec2/client.ts';

export function readExportAnswer(region: string, clock: Clock): DeploymentPort['exportAnswer'] {
  const client = ec2Client(region, undefined);
  const context: CallContext = { service: 'ec2', clock };
  const action = 'ExportClientVpnClientCertificateRevocationList';
  return async (endpointId, signal) => {
    const answer = await call(context, action, signal, () =>
      client.send(
        new ExportClientVpnClientCertificateRevocationListCommand({
          ClientVpnEndpointId: endpointId,
        }),
        { abortSignal: signal, requestTimeout: READ_MS },
      ),
    );
    if (!answer.ok) return `${answer.fault.code}: ${answer.fault.message}`;
    const list = answer.value.CertificateRevocationList;
    return list ? 'a list' : 'an answer without a list';
  };
}
