/** Goal: Client VPN endpoints are whole or unknown, and nothing of EC2's spelling gets past the adapter. Method: EC2 mocked. */
import {
  DescribeClientVpnConnectionsCommand,
  DescribeClientVpnEndpointsCommand,
  DescribeClientVpnTargetNetworksCommand,
  DescribeSubnetsCommand,
  EC2Client,
} from '@aws-sdk/client-ec2';
import { beforeEach, describe, expect, test } from '@jest/globals';
import { mockClient } from 'aws-sdk-client-mock';
import { endpointPort } from '../../../lib/aws/clientVpn/endpoints.ts';
import { AT, clock, denied, ec2Error, throttled } from '../strict.ts';

const mock = mockClient(EC2Client);
beforeEach(() => {
  mock.reset();
  mock.onAnyCommand().rejects(new Error('unexpected call'));
});
const port = endpointPort('eu-west-1', clock);
const { signal } = new AbortController();
const ID = 'cvpn-endpoint-0a1b2c3d4e5f60718';

describe('endpoints', () => {
  test('are read as EC2 describes them, page after page', async () => {
    mock
      .on(DescribeClientVpnEndpointsCommand)
      .resolvesOnce({
        ClientVpnEndpoints: [
          {
            ClientVpnEndpointId: ID,
            Description: 'for staff',
            Status: { Code: 'available' },
            DnsName: `*.${ID}.prod.clientvpn.eu-west-1.amazonaws.com`,
            ClientCidrBlock: '10.100.0.0/22',
            TransportProtocol: 'udp',
            VpnPort: 443,
            AuthenticationOptions: [
              { Type: 'certificate-authentication' },
              { Type: 'federated-authentication' },
            ],
            ClientConnectOptions: { Enabled: true },
            VpcId: 'vpc-0a',
            SplitTunnel: true,
            SessionTimeoutHours: 12,
            ServerCertificateArn: 'arn:aws:acm:eu-west-1:1:certificate/a',
            ConnectionLogOptions: { Enabled: false },
            ClientLoginBannerOptions: { Enabled: true, BannerText: 'Staff only' },
            Tags: [
              { Key: 'Name', Value: 'staff' },
              { Key: 'vpn-medic:crl', Value: 'staff.crl' },
              { Key: 'owner', Value: 'ann@example.com' },
            ],
          },
        ],
        NextToken: 'two',
      })
      .resolvesOnce({
        ClientVpnEndpoints: [
          {
            ClientVpnEndpointId: 'cvpn-endpoint-0b',
            Status: { Code: 'pending-associate', Message: 'No association' },
            TransportProtocol: 'tcp',
            VpnPort: 1194,
          },
        ],
      });
    const answer = await port.endpoints(signal);
    expect(answer).toEqual({
      known: true,
      at: AT,
      value: [
        {
          endpointId: ID,
          name: 'staff',
          state: 'available',
          stateMessage: '',
          dnsName: `*.${ID}.prod.clientvpn.eu-west-1.amazonaws.com`,
          transport: 'udp',
          port: 443,
          clientCidr: '10.100.0.0/22',
          authentication: ['certificate', 'federated'],
          hasConnectHandler: true,
          settings: {
            vpcId: 'vpc-0a',
            isLogged: false,
            logGroup: null,
            isSplit: true,
            sessionHours: 12,
            banner: 'Staff only',
            certificateArn: 'arn:aws:acm:eu-west-1:1:certificate/a',
            directoryIds: [],
            handlerArn: null,
          },
          tags: { 'vpn-medic:crl': 'staff.crl' },
        },
        {
          endpointId: 'cvpn-endpoint-0b',
          name: '',
          state: 'pending-associate',
          stateMessage: 'No association',
          dnsName: '',
          transport: 'tcp',
          port: 1194,
          clientCidr: null,
          authentication: [],
          hasConnectHandler: false,
          settings: {
            vpcId: null,
            isLogged: null,
            logGroup: null,
            isSplit: null,
            sessionHours: null,
            banner: null,
            certificateArn: null,
            directoryIds: [],
            handlerArn: null,
          },
          tags: {},
        },
      ],
    });
    expect(mock.commandCalls(DescribeClientVpnEndpointsCommand)[1]?.args[0].input).toMatchObject({
      NextToken: 'two',
    });
  });

  test('a state in a word that we do not know is unknown, and hides no other endpoint', async () => {
    mock.on(DescribeClientVpnEndpointsCommand).resolves({
      ClientVpnEndpoints: [
        // biome-ignore format: one line shows the point
        { ClientVpnEndpointId: ID, TransportProtocol: 'udp', Status: { Code: JSON.parse('"resting"') } },
      ],
    });
    expect(await port.endpoints(signal)).toMatchObject({
      known: true,
      value: [{ state: 'unknown' }],
    });
  });

  test.each([
    ['a word that we do not know', 'quic'],
    ['nothing', undefined],
  ])('a transport that says %s is unknown, and hides no other endpoint', async (_what, word) => {
    mock.on(DescribeClientVpnEndpointsCommand).resolves({
      ClientVpnEndpoints: [
        JSON.parse(JSON.stringify({ ClientVpnEndpointId: ID, TransportProtocol: word })),
        { ClientVpnEndpointId: 'cvpn-endpoint-0b', TransportProtocol: 'tcp' },
      ],
    });
    expect(await port.endpoints(signal)).toMatchObject({
      known: true,
      value: [{ transport: 'unknown' }, { transport: 'tcp' }],
    });
  });

  test('one without an id makes the list unknown: which endpoint it is cannot be told', async () => {
    mock.on(DescribeClientVpnEndpointsCommand).resolves({
      ClientVpnEndpoints: [{ TransportProtocol: 'udp' }],
    });
    expect(await port.endpoints(signal)).toMatchObject({ known: false });
  });

  test.each([
    ['denied', denied(), 'ec2:DescribeClientVpnEndpoints denied (UnauthorizedOperation): grant it'],
    ['throttled', throttled(), 'ec2:DescribeClientVpnEndpoints throttled'],
  ])('are unknown when %s, and the reason names the action', async (_, fault, words) => {
    mock.on(DescribeClientVpnEndpointsCommand).rejects(fault);
    const answer = await port.endpoints(signal);
    expect(answer).toMatchObject({ known: false });
    expect(answer.known ? '' : answer.why).toContain(words);
  });

  test('are unknown when the second page fails: a part is not the whole', async () => {
    mock
      .on(DescribeClientVpnEndpointsCommand)
      .resolvesOnce({ ClientVpnEndpoints: [], NextToken: 'two' })
      .rejects(throttled());
    expect(await port.endpoints(signal)).toMatchObject({ known: false });
  });
});

/** Of this endpoint, asked for alone. */
const only = async (id: string) => (await port.associations([id], signal)).get(id);

describe('associations', () => {
  const network = (AssociationId: string, TargetNetworkId: string, Code = 'associated') => ({
    AssociationId,
    TargetNetworkId,
    Status: { Code: JSON.parse(JSON.stringify(Code)) },
  });

  test('have the zone of their subnet', async () => {
    mock
      .on(DescribeClientVpnTargetNetworksCommand, { ClientVpnEndpointId: ID })
      .resolves({
        ClientVpnTargetNetworks: [
          network('cvpn-assoc-1', 'subnet-0a'),
          network('cvpn-assoc-2', 'subnet-0b', 'disassociating'),
        ],
      })
      .on(DescribeSubnetsCommand)
      .resolves({
        Subnets: [
          { SubnetId: 'subnet-0a', AvailabilityZone: 'eu-west-1a' },
          { SubnetId: 'subnet-0b', AvailabilityZone: 'eu-west-1b' },
        ],
      });
    expect(await only(ID)).toEqual({
      known: true,
      at: AT,
      value: [
        {
          associationId: 'cvpn-assoc-1',
          endpointId: ID,
          state: 'associated',
          stateMessage: '',
          subnetId: 'subnet-0a',
          zones: ['eu-west-1a'],
        },
        {
          associationId: 'cvpn-assoc-2',
          endpointId: ID,
          state: 'disassociating',
          stateMessage: '',
          subnetId: 'subnet-0b',
          zones: ['eu-west-1b'],
        },
      ],
    });
  });

  test('of many endpoints take one call each, and one for the zones of all their subnets', async () => {
    const ids = Array.from({ length: 12 }, (_, index) => `cvpn-endpoint-${index}`);
    for (const [index, ClientVpnEndpointId] of ids.entries()) {
      const answer = mock.on(DescribeClientVpnTargetNetworksCommand, { ClientVpnEndpointId });
      if (index === 7) answer.rejects(throttled());
      else answer.resolves({ ClientVpnTargetNetworks: [network('x', `subnet-${index % 3}`)] });
    }
    mock.on(DescribeSubnetsCommand).resolves({
      Subnets: [0, 1, 2].map((one) => ({ SubnetId: `subnet-${one}`, AvailabilityZone: `z${one}` })),
    });
    const all = await port.associations(ids, signal);
    expect([...all.keys()]).toEqual(ids);
    expect([...all.values()].map(({ known }) => known)).toEqual(ids.map((_, index) => index !== 7));
    expect(all.get('cvpn-endpoint-11')).toMatchObject({
      value: [{ endpointId: 'cvpn-endpoint-11', zones: ['z2'] }],
    });
    expect(mock.commandCalls(DescribeClientVpnTargetNetworksCommand)).toHaveLength(12);
    expect(mock.commandCalls(DescribeSubnetsCommand)).toHaveLength(1);
  });

  test('of no endpoint send no request', async () => {
    expect(await port.associations([], signal)).toEqual(new Map());
    expect(mock.calls()).toEqual([]);
  });

  test('have the zones that EC2 itself names, where it does, and no subnet is asked for', async () => {
    mock.on(DescribeClientVpnTargetNetworksCommand).resolves({
      ClientVpnTargetNetworks: [
        { ...network('cvpn-assoc-1', 'tgw-0a'), AvailabilityZones: ['eu-west-1a', 'eu-west-1b'] },
      ],
    });
    expect(await only(ID)).toMatchObject({
      value: [{ zones: ['eu-west-1a', 'eu-west-1b'] }],
    });
    expect(mock.commandCalls(DescribeSubnetsCommand)).toEqual([]);
  });

  test('are of use without their zones when the subnets cannot be read', async () => {
    mock
      .on(DescribeClientVpnTargetNetworksCommand)
      .resolves({ ClientVpnTargetNetworks: [network('cvpn-assoc-1', 'subnet-0a')] })
      .on(DescribeSubnetsCommand)
      .rejects(denied());
    expect(await only(ID)).toMatchObject({
      known: true,
      value: [{ state: 'associated', zones: [] }],
    });
  });

  test('of an endpoint that is gone meanwhile are none; any other fault makes them unknown', async () => {
    mock
      .on(DescribeClientVpnTargetNetworksCommand)
      .rejectsOnce(ec2Error('InvalidClientVpnEndpointId.NotFound'))
      .rejectsOnce(denied());
    expect(await only(ID)).toMatchObject({ known: true, value: [] });
    expect(await only(ID)).toMatchObject({ known: false });
  });
});

describe('sessions', () => {
  test('have their user by either name, their times in UTC and their counters as numbers', async () => {
    mock.on(DescribeClientVpnConnectionsCommand).resolves({
      Connections: [
        {
          ConnectionId: 'cvpn-connection-1',
          Username: 'ann',
          Status: { Code: 'active' },
          ConnectionEstablishedTime: '2026-11-20 21:00:04',
          IngressBytes: '1234',
          EgressBytes: '5678',
        },
        {
          ConnectionId: 'cvpn-connection-2',
          CommonName: 'ben.example.com',
          Status: { Code: 'terminated' },
          ConnectionEstablishedTime: 'yesterday',
          IngressBytes: '-3',
        },
      ],
    });
    expect(await port.sessions(ID, signal)).toMatchObject({
      value: [
        {
          user: 'ann',
          isActive: true,
          establishedAt: Date.parse('2026-11-20T21:00:04Z'),
          ingressBytes: 1_234,
          egressBytes: 5_678,
        },
        {
          user: 'ben.example.com',
          isActive: false,
          establishedAt: null,
          ingressBytes: null,
          egressBytes: null,
        },
      ],
    });
  });
});
