/** The certificates that Client VPN endpoints name, as PEM. Certificates are public; no key is read. */
import { ACMClient, GetCertificateCommand } from '@aws-sdk/client-acm';
import type { ClientVpnEndpoint } from '@aws-sdk/client-ec2';
import type { EndpointCertificate } from '../../appliances/ports/discovery.ts';
import type { Reading } from '../../core/reading.ts';
import { call, everyPart, reading, Unreadable } from '../call.ts';
import { delays, READ_MS } from '../client.ts';
import type { Ec2Context } from '../ec2/context.ts';
import { listEndpoints } from './list.ts';

export const readCertificates = (
  context: Ec2Context,
  acm: ACMClient,
  signal: AbortSignal,
): Promise<Reading<readonly EndpointCertificate[]>> =>
  reading(context, 'GetCertificate', async () => {
    const named = await listEndpoints(context, namedBy, signal);
    if (!named.ok) return named;
    const certificates = { ...context, service: 'acm' };
    return everyPart(named.value, async ({ endpointId, arn }) => {
      const answer = await call(certificates, 'GetCertificate', signal, () =>
        acm.send(new GetCertificateCommand({ CertificateArn: arn }), { abortSignal: signal }),
      );
      if (!answer.ok) return answer;
      const { Certificate: pem } = answer.value;
      if (pem === undefined) throw new Unreadable('an answer without its certificate');
      return { ok: true, value: [{ endpointId, pem }] };
    });
  });

export const acmClient = (region: string): ACMClient =>
  new ACMClient({ region, ...delays(READ_MS) });

interface Named {
  readonly endpointId: string;
  readonly arn: string;
}

function namedBy(endpoint: ClientVpnEndpoint): readonly Named[] {
  const endpointId = endpoint.ClientVpnEndpointId ?? '';
  const ofClients = (endpoint.AuthenticationOptions ?? []).map(
    ({ MutualAuthentication }) => MutualAuthentication?.ClientRootCertificateChain,
  );
  return [...new Set([endpoint.ServerCertificateArn, ...ofClients])].flatMap((arn) =>
    arn ? [{ endpointId, arn }] : [],
  );
}
