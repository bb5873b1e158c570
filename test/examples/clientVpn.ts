/** Client VPN endpoints with associations, routes, rules, sessions and CRLs, as EC2 describes them, and their metrics. */
import type { Lists, MadeAnswer, Place } from './account.ts';
import { daysBefore, idOf, shareOf, type Tags, tagItems, tagList } from './ids.ts';
import { businessHours, busyCount, daysUntil, type Series, steady } from './metrics.ts';

export interface MadeEndpoint {
  readonly name: string;
  readonly vpc: string;
  /** Subnets that it is associated with, in their zones. */
  readonly subnets: readonly (readonly [name: string, zone: string])[];
  readonly clientCidr: string;
  /** Where clients may go, and whose group may. */
  readonly destinations: readonly string[];
  readonly transport: 'udp' | 'tcp';
  readonly authentication: 'certificate' | 'federated';
  readonly sessionsMost: number;
  /** PEM; null: none was ever imported. */
  readonly crl: string | null;
  /** When the metric of the CRL reaches nothing. */
  readonly crlEndAt: number;
  /** The same of the identity provider's certificate. */
  readonly idpEndAt: number;
  readonly tags?: Tags;
}

export const endpointLists = (place: Place, all: readonly MadeEndpoint[]): Lists => ({
  DescribeClientVpnEndpoints: all.map(
    ({ name, vpc, clientCidr, transport, authentication, tags = {} }) => ({
      ClientVpnEndpointId: idOf('cvpn-endpoint', name),
      Description: name,
      Status: { Code: 'available' },
      CreationTime: daysBefore(place.at, 200 + 300 * shareOf(name)),
      DnsName: `*.${idOf('cvpn-endpoint', name)}.prod.clientvpn.${place.region}.amazonaws.com`,
      ClientCidrBlock: clientCidr,
      SplitTunnel: true,
      VpnProtocol: 'openvpn',
      TransportProtocol: transport,
      VpnPort: 443,
      ServerCertificateArn: certificateArn(place, name),
      AuthenticationOptions: [
        authentication === 'certificate'
          ? {
              Type: 'certificate-authentication',
              MutualAuthentication: {
                ClientRootCertificateChain: certificateArn(place, `${name} root`),
              },
            }
          : {
              Type: 'federated-authentication',
              FederatedAuthentication: {
                SamlProviderArn: `arn:aws:iam::${place.account}:saml-provider/workforce`,
              },
            },
      ],
      ConnectionLogOptions: { Enabled: true, CloudwatchLogGroup: '/vpn/client' },
      ClientConnectOptions: { Enabled: false },
      SecurityGroupIds: [idOf('sg', name)],
      VpcId: idOf('vpc', vpc),
      SessionTimeoutHours: 12,
      Tags: tagList({ Name: name, ...tags }),
    }),
  ),
  DescribeTags: all.flatMap(({ name, tags = {} }) =>
    tagItems(idOf('cvpn-endpoint', name), 'client-vpn-endpoint', { Name: name, ...tags }),
  ),
});

export const endpointAnswers = (
  place: Place,
  all: readonly MadeEndpoint[],
): readonly MadeAnswer[] =>
  all.flatMap(({ name, vpc, subnets, destinations, crl }) => {
    const { region, at } = place;
    const input = { ClientVpnEndpointId: idOf('cvpn-endpoint', name) };
    const active = { Code: 'active' };
    const networks = subnets.map(([subnet, zone]) => ({
      AssociationId: idOf('cvpn-assoc', `${name} ${subnet}`),
      VpcId: idOf('vpc', vpc),
      TargetNetworkId: idOf('subnet', subnet),
      ...input,
      Status: { Code: 'associated' },
      SecurityGroups: [idOf('sg', name)],
      AvailabilityZones: [`${region}${zone}`],
    }));
    const routes = destinations.flatMap((DestinationCidr) =>
      subnets.map(([subnet]) => ({
        ...input,
        DestinationCidr,
        TargetSubnet: idOf('subnet', subnet),
        Type: 'Nat',
        Origin: 'add-route',
        Status: active,
      })),
    );
    const rules = destinations.map((DestinationCidr) => ({
      ...input,
      DestinationCidr,
      GroupId: '',
      AccessAll: true,
      Status: active,
    }));
    const sessions = [0, 1, 2].map((index) => ({
      ...input,
      ConnectionId: idOf('cvpn-connection', `${name} ${index}`),
      CommonName: `laptop-${index}.example.com`,
      ConnectionEstablishedTime: daysBefore(at, 0.1 * (index + 1))
        .replace('T', ' ')
        .slice(0, 19),
      IngressBytes: String(40_000_000 * (index + 1)),
      EgressBytes: String(90_000_000 * (index + 1)),
      Status: active,
    }));
    const answer = (operation: string, output: MadeAnswer['output']) => ({
      operation,
      input,
      output,
    });
    return [
      answer('DescribeClientVpnTargetNetworks', { ClientVpnTargetNetworks: networks }),
      answer('DescribeClientVpnRoutes', { Routes: routes }),
      answer('DescribeClientVpnAuthorizationRules', { AuthorizationRules: rules }),
      answer('DescribeClientVpnConnections', { Connections: sessions }),
      answer('ExportClientVpnClientCertificateRevocationList', {
        ...(crl === null ? {} : { CertificateRevocationList: crl }),
        Status: active,
      }),
      certificateAnswer(place, name),
    ];
  });

function certificateAnswer(place: Place, name: string): MadeAnswer {
  const CertificateArn = certificateArn(place, name);
  const { at } = place;
  return {
    service: 'acm',
    operation: 'DescribeCertificate',
    input: { CertificateArn },
    output: {
      Certificate: {
        CertificateArn,
        DomainName: `${name}.vpn.example.com`,
        SubjectAlternativeNames: [`${name}.vpn.example.com`],
        Serial: '0f:5a:1c',
        Subject: `CN=${name}.vpn.example.com`,
        Issuer: 'Amazon',
        IssuedAt: daysBefore(at, 120),
        NotBefore: daysBefore(at, 120),
        NotAfter: daysBefore(at, -275),
        Status: 'ISSUED',
        Type: 'AMAZON_ISSUED',
        KeyAlgorithm: 'RSA-2048',
        InUseBy: [],
        RenewalEligibility: 'ELIGIBLE',
      },
    },
  };
}

const certificateArn = ({ account, region }: Place, name: string): string =>
  `arn:aws:acm:${region}:${account}:certificate/${uuidOf(name)}`;

export const endpointSeries = (all: readonly MadeEndpoint[]): readonly Series[] =>
  all.flatMap(({ name, sessionsMost, crl, crlEndAt, idpEndAt, authentication }) => {
    const dimensions = { Endpoint: idOf('cvpn-endpoint', name) };
    const series = (metricName: string, value: Series['value']): Series => ({
      namespace: 'AWS/ClientVPN',
      metricName,
      dimensions,
      value,
    });
    return [
      series('ActiveConnectionsCount', busyCount(name, sessionsMost)),
      series('AuthenticationFailures', steady(0)),
      series('IngressBytes', businessHours(`${name} in`, sessionsMost * 8_000_000)),
      series('EgressBytes', businessHours(`${name} out`, sessionsMost * 30_000_000)),
      ...(crl === null ? [] : [series('CrlDaysToExpiry', daysUntil(crlEndAt))]),
      ...(authentication === 'federated'
        ? [series('IdpCertDaysToExpiry', daysUntil(idpEndAt))]
        : []),
    ];
  });

function uuidOf(name: string): string {
  const digits = idOf('', name).slice(2) + idOf('', `${name} more`).slice(2);
  return [
    digits.slice(0, 8),
    digits.slice(8, 12),
    digits.slice(12, 16),
    digits.slice(16, 20),
    digits.slice(20, 32),
  ].join('-');
}
