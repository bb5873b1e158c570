/** Client VPN endpoints and passes over them, with valid defaults: a test shows only what it is about. */
import { assessEndpoints } from '../../lib/clientVpn/assess.ts';
import type { SurroundingsPort } from '../../lib/clientVpn/ports.ts';
import {
  type EndpointMemory,
  type EndpointPast,
  noEndpointMemory,
  noEndpointPast,
} from '../../lib/clientVpn/state.ts';
import type {
  AssociationFact,
  EndpointFact,
  EndpointSettings,
} from '../../lib/clientVpn/types/endpoint.ts';
import type { Surroundings } from '../../lib/clientVpn/types/surroundings.ts';
import type { EndpointObservation, EndpointWorld } from '../../lib/clientVpn/types/world.ts';
import type { Point } from '../../lib/core/metric.ts';
import { known } from '../../lib/core/reading.ts';
import type { Clock } from '../../lib/core/time.ts';
import { ACCOUNT, NOW, REGION } from './facts.ts';

export const ENDPOINT_ID = 'cvpn-endpoint-0a1b2c3d4e5f60718';
const PERIOD_MS = 300_000;
export const HOUR_MS = 3_600_000;

export const SETTINGS: EndpointSettings = {
  vpcId: 'vpc-0a',
  isLogged: true,
  logGroup: null,
  isSplit: true,
  sessionHours: 24,
  banner: null,
  certificateArn: null,
  directoryIds: [],
  handlerArn: null,
};

export const anEndpoint = (over: Partial<EndpointFact> = {}): EndpointFact => ({
  endpointId: ENDPOINT_ID,
  name: 'staff',
  state: 'available',
  stateMessage: '',
  dnsName: `*.${over.endpointId ?? ENDPOINT_ID}.prod.clientvpn.eu-west-1.amazonaws.com`,
  transport: 'tcp',
  port: 443,
  clientCidr: '10.100.0.0/16',
  authentication: ['certificate'],
  hasConnectHandler: false,
  settings: SETTINGS,
  tags: {},
  ...over,
});

export const anAssociation = (
  zone: string | null,
  state: AssociationFact['state'] = 'associated',
): AssociationFact => ({
  associationId: `cvpn-assoc-${zone ?? 'x'}`,
  endpointId: ENDPOINT_ID,
  subnetId: `subnet-${zone ?? 'x'}`,
  state,
  stateMessage: '',
  zones: zone === null ? [] : [`${REGION}${zone}`],
});

export const anObservation = (
  over: Omit<Partial<EndpointObservation>, 'fact'> & { readonly fact?: Partial<EndpointFact> } = {},
): EndpointObservation => ({
  associations: known([anAssociation('a'), anAssociation('b')], NOW),
  reachability: { kind: 'up', recent: ['ok 20 ms'] },
  surroundings: null,
  recent: {},
  history: {},
  failedLogins: null,
  ...over,
  fact: anEndpoint(over.fact),
});

/** All that is well. */
export const surroundedBy = (over: Partial<Surroundings> = {}): Surroundings => ({
  routes: known(
    [{ destination: '10.0.0.0/16', subnetId: 'subnet-a', state: 'active', stateMessage: '' }],
    NOW,
  ),
  rules: known([{ destination: '10.0.0.0/16', state: 'active', stateMessage: '' }], NOW),
  ranges: known([{ cidr: '10.0.0.0/16', vpcId: 'vpc-0a' }], NOW),
  peers: known([], NOW),
  others: [],
  egress: null,
  certificate: null,
  directories: null,
  ...over,
});

/** Read of an account in which all of it is well. */
export const wellSurroundings = (
  clock: Pick<Clock, 'now'> = { now: () => NOW },
): SurroundingsPort => {
  const { routes, rules } = surroundedBy();
  const now = () => clock.now();
  return {
    routes: async () => ({ ...routes, at: now() }),
    rules: async () => ({ ...rules, at: now() }),
    ranges: async () => known([], now()),
    peers: async () => known([], now()),
    egress: async () => known(new Map(), now()),
    certificate: async (arn) =>
      known({ arn, status: 'ISSUED', endsAt: null, renewal: null, renewalWhy: '' }, now()),
    directories: async () => known([], now()),
  };
};

export const anEndpointWorld = (
  endpoints: readonly EndpointObservation[] | null,
  over: Partial<EndpointWorld> = {},
): EndpointWorld => ({
  at: NOW,
  accountId: ACCOUNT,
  region: REGION,
  regionCount: 1,
  endpoints,
  absent: {},
  answers: new Map(),
  gone: {},
  gaps: [],
  asked: noEndpointMemory.asked,
  ...over,
});

/** The last one is the period that has just ended. */
export const recently = (...values: readonly number[]): readonly Point[] =>
  values.map((value, index) => ({ at: NOW - (values.length - index) * PERIOD_MS, value }));

/** What is usual in every hour about now. */
export const usually = (median: number, spread: number) =>
  [-1, 0, 1].map((hours) => ({
    hourAt: Math.floor(NOW / HOUR_MS + hours) * HOUR_MS,
    median,
    spread,
  }));

export const remembering = (past: Partial<EndpointPast>): EndpointMemory => ({
  ...noEndpointMemory,
  endpoints: { [ENDPOINT_ID]: { ...noEndpointPast, hasBeenUp: true, ...past } },
});

/** What is found of one endpoint that has been up, by reason and severity. */
export const found = (
  observation: Parameters<typeof anObservation>[0],
  past: Partial<EndpointPast> = {},
): readonly string[] =>
  assessEndpoints(
    anEndpointWorld([anObservation(observation)]),
    remembering(past),
    NOW,
  ).findings.map(({ reason, severity }) => `${severity} ${reason}`);
