/** The Client VPN endpoints of a rehearsal: one TCP with certificates, one UDP with federated login. */
import type { EndpointFact } from '../../clientVpn/types/endpoint.ts';

const endpoint = (number: number, over: Partial<EndpointFact>): EndpointFact => {
  const endpointId = `cvpn-endpoint-0a1b2c3d4e5f6070${number}`;
  return {
    endpointId,
    name: '',
    state: 'available',
    stateMessage: '',
    dnsName: `*.${endpointId}.prod.clientvpn.eu-west-1.amazonaws.com`,
    transport: 'tcp',
    port: 443,
    clientCidr: '10.100.0.0/20',
    authentication: ['certificate'],
    hasConnectHandler: false,
    settings: {
      vpcId: 'vpc-0a1b2c3d4e5f60701',
      isLogged: true,
      logGroup: null,
      isSplit: true,
      sessionHours: 24,
      banner: null,
      certificateArn: `arn:aws:acm:eu-west-1:111122223333:certificate/${endpointId.slice(-12)}`,
      directoryIds: [],
      handlerArn: null,
    },
    tags: {},
    ...over,
  };
};

export const DEFAULT_ENDPOINTS: readonly EndpointFact[] = [
  endpoint(1, { name: 'staff' }),
  endpoint(2, {
    name: 'partners',
    clientCidr: '10.100.16.0/20',
    transport: 'udp',
    authentication: ['federated'],
    hasConnectHandler: true,
  }),
];
