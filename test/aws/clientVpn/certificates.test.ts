/** Goal: the certificates of an endpoint are its server's and its clients', each read once. Method: EC2 and ACM mocked. */
import { ACMClient, GetCertificateCommand } from '@aws-sdk/client-acm';
import { DescribeClientVpnEndpointsCommand, EC2Client } from '@aws-sdk/client-ec2';
import { beforeEach, expect, test } from '@jest/globals';
import { mockClient } from 'aws-sdk-client-mock';
import { discoveryPort } from '../../../lib/aws/ec2/discovery.ts';
import { clock, denied } from '../strict.ts';

const ec2 = mockClient(EC2Client);
const acm = mockClient(ACMClient);
const { signal } = new AbortController();
const certificates = () => discoveryPort('eu-west-1', clock).certificates(signal);

beforeEach(() => {
  ec2.reset();
  acm.reset();
  ec2.onAnyCommand().rejects(new Error('unexpected call'));
  acm.onAnyCommand().rejects(new Error('unexpected call'));
  ec2.on(DescribeClientVpnEndpointsCommand).resolves({
    ClientVpnEndpoints: [
      {
        ClientVpnEndpointId: 'cvpn-endpoint-1',
        ServerCertificateArn: 'arn:server',
        AuthenticationOptions: [
          {
            Type: 'certificate-authentication',
            MutualAuthentication: { ClientRootCertificateChain: 'arn:clients' },
          },
        ],
      },
      { ClientVpnEndpointId: 'cvpn-endpoint-2', ServerCertificateArn: 'arn:server' },
    ],
  });
});

test('the server certificate of each endpoint, and what its clients are checked against', async () => {
  acm
    .on(GetCertificateCommand, { CertificateArn: 'arn:server' })
    .resolves({ Certificate: 'server PEM' })
    .on(GetCertificateCommand, { CertificateArn: 'arn:clients' })
    .resolves({ Certificate: 'clients PEM' });
  expect(await certificates()).toMatchObject({
    known: true,
    value: [
      { endpointId: 'cvpn-endpoint-1', pem: 'server PEM' },
      { endpointId: 'cvpn-endpoint-1', pem: 'clients PEM' },
      { endpointId: 'cvpn-endpoint-2', pem: 'server PEM' },
    ],
  });
});

test('a refusal is not an endpoint without certificates', async () => {
  acm.on(GetCertificateCommand).resolves({ Certificate: 'PEM' });
  acm.on(GetCertificateCommand, { CertificateArn: 'arn:clients' }).rejects(denied());
  expect(await certificates()).toMatchObject({ known: false });
});
