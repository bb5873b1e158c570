/** Certificates of ACM: their end, and how their renewal goes. No key and no body is read. */
import { ACMClient, DescribeCertificateCommand } from '@aws-sdk/client-acm';
import type { CertificatePort } from '../clientVpn/ports.ts';
import type { Clock } from '../core/time.ts';
import { type CallContext, call, reading, Unreadable } from './call.ts';
import { type CallHook, delays, hooked, READ_MS } from './client.ts';

export function certificatePort(region: string, clock: Clock, onCall?: CallHook): CertificatePort {
  const client = hooked(new ACMClient({ region, ...delays(READ_MS) }), onCall);
  const context: CallContext = { service: 'acm', clock };
  return {
    certificate: (arn, signal) =>
      reading(context, 'DescribeCertificate', () =>
        call(context, 'DescribeCertificate', signal, async () => {
          const { Certificate: said } = await client.send(
            new DescribeCertificateCommand({ CertificateArn: arn }),
            { abortSignal: signal },
          );
          if (said === undefined) throw new Unreadable('an answer without its certificate');
          return {
            arn,
            status: said.Status ?? '',
            endsAt: said.NotAfter?.getTime() ?? null,
            renewal: said.RenewalSummary?.RenewalStatus ?? null,
            renewalWhy: said.RenewalSummary?.RenewalStatusReason ?? '',
          };
        }),
      ),
  };
}
