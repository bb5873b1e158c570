/** One read-only pass over everything that the functions read of a region, and what surrounds it. */
import { assessEndpoints } from '../../clientVpn/assess.ts';
import { observeEndpoints } from '../../clientVpn/observe.ts';
import type { EndpointProbePort } from '../../clientVpn/ports.ts';
import { type EndpointMemory, noEndpointMemory } from '../../clientVpn/state.ts';
import { eachOf } from '../../core/eachOf.ts';
import { observeMetrics } from '../../metrics/observe.ts';
import { type MetricMemory, noMetricMemory } from '../../metrics/state.ts';
import { rowsOf } from '../../metrics/table.ts';
import { observeNetwork } from '../../network/observe.ts';
import { assessConnections } from '../../siteToSite/assess.ts';
import { observeConnections } from '../../siteToSite/observe.ts';
import { type ConnectionMemory, recallConnections } from '../../siteToSite/state.ts';
import type { AwsClients } from '../awsClients.ts';
import { type ObserverSetup, observeOnce, PASS_POLICY } from '../pass.ts';
import type { Recorder } from './recorder.ts';

/** What a pass leaves for the next, so that metrics are read when the functions would read them. */
export interface PassMemory {
  readonly connections: ConnectionMemory;
  readonly endpoints: EndpointMemory;
  readonly metrics: MetricMemory;
  readonly isFirst: boolean;
}

export const noPassMemory: PassMemory = {
  connections: recallConnections(null),
  endpoints: noEndpointMemory,
  metrics: noMetricMemory,
  isFirst: true,
};

export interface PassSetup {
  readonly setup: ObserverSetup;
  /** All of whose reads go to `recorder`. */
  readonly clients: AwsClients;
  readonly recorder: Recorder;
  /** Called after each part. */
  readonly onRead: (what: string) => void;
}

export async function readPass(
  pass: PassSetup,
  memory: PassMemory,
  signal: AbortSignal,
): Promise<PassMemory> {
  const { setup, clients, recorder, onRead } = pass;
  const { region, clock } = setup;
  await observeOnce(setup, signal);
  onRead('appliances and routes');
  const connections = await readConnections(pass, memory.connections, signal);
  await observeNetwork(
    await clients.network(region),
    region,
    { readAt: null },
    clock.now(),
    signal,
  );
  onRead('Site-to-Site connections');
  const endpoints = await readEndpoints(pass, memory, signal);
  onRead('Client VPN endpoints and CRLs');
  const [metrics, watchTags] = await Promise.all([
    clients.metrics(region),
    clients.watchTags(region),
  ]);
  const world = await observeMetrics(
    { region, clock, metrics, watchTags },
    '',
    rowsOf(region, true),
    memory.metrics,
    signal,
  );
  onRead('other metrics');
  const survey = await clients.survey(region);
  await survey.read(
    {
      vpcIds: recorder.valuesOf('VpcId'),
      securityGroupIds: [...recorder.valuesOf('GroupId'), ...recorder.valuesOf('SecurityGroupIds')],
    },
    signal,
  );
  onRead('security groups, transit gateways, Direct Connect and alarms');
  return {
    connections,
    endpoints,
    metrics: { ...memory.metrics, asked: world.asked },
    isFirst: false,
  };
}

/** Metrics of large accounts are read in turns, and histories after them: so many passes see 1,500 tunnels. */
const TURNS_MAX = 20;

async function readConnections(
  { setup, clients }: PassSetup,
  before: ConnectionMemory,
  signal: AbortSignal,
): Promise<ConnectionMemory> {
  const { region, clock } = setup;
  const [vpn, metrics] = await Promise.all([clients.vpn(region), clients.metrics(region)]);
  const observer = { region, clock, vpn, metrics };
  let memory = before;
  for (let turn = 0; turn < TURNS_MAX && !signal.aborted; turn += 1) {
    const world = await observeConnections(observer, memory, { accountId: '', health: [] }, signal);
    memory = assessConnections(world, memory, clock.now()).memory;
    const isOver =
      world.metrics === null && world.histories.size === 0 && world.maintenances.size === 0;
    if (isOver) break;
  }
  return memory;
}

async function readEndpoints(
  { setup, clients }: PassSetup,
  { endpoints: before, isFirst }: PassMemory,
  signal: AbortSignal,
): Promise<EndpointMemory> {
  const { region, clock, viewpoint } = setup;
  const [endpoints, surroundings, metrics, endpointProbes, crls] = await Promise.all([
    clients.endpoints(region),
    clients.surroundings(region),
    clients.metrics(region),
    viewpoint === 'none' ? NO_PROBES : clients.endpointReachability(),
    clients.crlEndpoints(region),
  ]);
  const observer = { region, clock, endpoints, surroundings, metrics, endpointProbes };
  const scope = { accountId: '', regionCount: 1, policy: PASS_POLICY, isWhole: isFirst };
  const world = await observeEndpoints(observer, scope, before, signal);
  if (isFirst) {
    await eachOf(world.endpoints ?? [], AT_ONCE, ({ fact }) =>
      endpoints.sessions(fact.endpointId, signal),
    );
  }
  const tagged = await crls.tagged(signal);
  await eachOf(tagged.known ? tagged.value : [], AT_ONCE, (one) => crls.exported(one, signal));
  return assessEndpoints(world, before, clock.now()).memory;
}

const AT_ONCE = 6;

const NO_PROBES: EndpointProbePort = {
  send: async () => ({ kind: 'unknown', why: 'not probed (--no-probes)' }),
};
