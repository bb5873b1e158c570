/** What only AWS can answer, each asked in the way that changes nothing. */

import * as v from 'valibot';
import type { DeploymentPort, LogEntry } from '../../core/deploymentPort.ts';
import type { Reading } from '../../core/reading.ts';
import { counted } from '../../core/text.ts';
import { describeMs, parseInstant } from '../../core/time.ts';
import type { AwsClients, CrlBucketNames } from '../awsClients.ts';
import type { Observation } from '../pass.ts';
import type { FunctionReadings } from './functions.ts';
import type { Question } from './types.ts';

export interface Asked {
  readonly region: string;
  readonly homeRegion: string;
  readonly watcher: string;
  /** The lines that its runs ended with within the last hour. */
  readonly use: Reading<readonly LogEntry[]>;
  /** Its name; dashboards are of the whole account. */
  readonly dashboard: string;
  readonly crlBuckets: CrlBucketNames | null;
  readonly observation: Observation;
  readonly functions: FunctionReadings;
  readonly port: DeploymentPort;
  readonly clients: AwsClients;
}

export const askQuestions = (asked: Asked, signal: AbortSignal): Promise<readonly Question[]> =>
  Promise.all(QUESTIONS.map((ask) => ask(asked, signal)));

type Ask = (asked: Asked, signal: AbortSignal) => Promise<Question>;

const ENDPOINTS_MAX = 5;

const exportWithoutList: Ask = async ({ region, clients }, signal) => {
  const question = {
    id: 'export-without-list',
    asks: 'What does AWS answer to an export of the CRL of an endpoint that never had one?',
    how: `ExportClientVpnClientCertificateRevocationList, a read, on ${ENDPOINTS_MAX} endpoints at most`,
  };
  const endpoints = await (await clients.endpoints(region)).endpoints(signal);
  if (!endpoints.known) return { ...question, answer: null, how: endpoints.why };
  const ids = endpoints.value.slice(0, ENDPOINTS_MAX).map(({ endpointId }) => endpointId);
  if (ids.length === 0) {
    return { ...question, answer: null, how: 'this region has no Client VPN endpoint to ask for' };
  }
  const port = await clients.deployment(region);
  const answers = await Promise.all(
    ids.map(async (id) => `${id}: ${await port.exportAnswer(id, signal)}`),
  );
  return { ...question, answer: answers.join('; ') };
};

const udpFromOutside: Ask = async ({ observation }) => {
  const question = {
    id: 'ike-from-outside',
    asks: 'Does a Lambda function outside every VPC get answers from UDP port 500?',
    how: 'the stored answers of the deployed watcher, which probes from outside the VPC while there are no probe subnets',
  };
  const { topology, vantages } = observation.world;
  if (vantages.some(({ vantage }) => vantage.isInVpc)) {
    return { ...question, answer: null, how: 'the probes of this stack leave from inside a VPC' };
  }
  const asked = topology.appliances.filter(({ probes }) =>
    probes.some((clause) => clause.some(({ kind }) => kind === 'ike')),
  );
  const answers = asked.filter(({ instanceId }) =>
    observation.memory.appliances.get(instanceId)?.answered.some((text) => text.includes('ike:')),
  );
  if (asked.length === 0)
    return { ...question, answer: null, how: 'no appliance is probed with ike' };
  return { ...question, answer: `${answers.length} of ${asked.length} appliances have answered` };
};

/** What the functions of the stack have in a variable of their environment. */
const valuesOf = (functions: FunctionReadings, variable: string): readonly string[] =>
  [...functions.values()].flatMap((reading) =>
    reading.known ? (reading.value.environment.get(variable) ?? []) : [],
  );

const startWithKey: Ask = async ({ functions }) => {
  const keys = valuesOf(functions, 'VPN_MEDIC_REPAIR_KMS_KEY_ARNS');
  const hasKey = keys.some((text) => text !== '');
  const how = hasKey
    ? 'only a real stop and start answers it: vpn-medic repair INSTANCE --step stop-start, on an appliance that carries no route'
    : keys.length > 0
      ? 'repairKmsKeyArns names no key, so a machine with a volume under a key of yours is never stopped; one under the key that AWS manages for volumes (aws/ebs) may be'
      : 'no function of this stack is known to stop machines';
  return {
    id: 'start-with-customer-key',
    asks: 'Does a stop and start work where a volume has a customer-managed key?',
    answer: null,
    how,
  };
};

const crlServed: Ask = async ({ homeRegion, clients, crlBuckets, functions }, signal) => {
  const question = {
    id: 'crl-through-cloudfront',
    asks: 'Does CloudFront serve the published CRLs, by the first origin and by the replica?',
    how: 'a GET of the first published list',
  };
  const url = crlBuckets?.url ?? null;
  if (crlBuckets === null || url === null) {
    return { ...question, answer: null, how: 'this stack publishes no CRLs' };
  }
  const { stateStore } = await clients.crlBuckets(homeRegion, crlBuckets);
  const listing = await stateStore.list('', 1, signal);
  if (!listing.known) return { ...question, answer: null, how: listing.why };
  const [first] = listing.value.objects;
  if (first === undefined) return { ...question, answer: null, how: 'nothing is published yet' };
  const replicaUrls = valuesOf(functions, 'VPN_MEDIC_CRL_REPLICA_URL').filter((one) => one !== '');
  const answers = await Promise.all(
    [...new Set([url, ...replicaUrls])].map(async (base) => {
      const { site } = await clients.crlBuckets(homeRegion, { ...crlBuckets, url: base });
      const served = await site?.fetch(first.key, first.octets, signal);
      if (served?.known !== true) return served?.why ?? `${base} was not asked`;
      const { status, octets, contentType } = served.value;
      return `HTTP ${status}, ${octets} bytes, ${contentType} from ${site?.urlOf(first.key)}`;
    }),
  );
  const how =
    replicaUrls.length === 0 ? `${question.how}; this stack has no replica` : question.how;
  return { ...question, how, answer: answers.join('; ') };
};

const Restored = v.object({ timeToRestore: v.object({ tookMs: v.number() }) });
const Written = v.object({ audit: v.object({ wroteAt: v.string(), readBackAt: v.string() }) });
const Heap = v.object({ heapLimitMb: v.number() });

const fitting = <T>(
  schema: v.GenericSchema<unknown, T>,
  entries: readonly LogEntry[],
): readonly T[] =>
  entries.flatMap(({ body }) => {
    const parsed = v.safeParse(schema, body);
    return parsed.success ? [parsed.output] : [];
  });

const FORTNIGHT_MS = 14 * 86_400_000;

const routeWrites: Ask = async ({ watcher, port }, signal) => {
  const question = {
    id: 'write-to-read-back',
    asks: 'How long after ReplaceRoute does a read show the new next hop, and how long after the last answer of the old one?',
    how: 'audit and timeToRestore in the log of the watcher, of the last 14 days',
  };
  const [writes, restored] = await Promise.all([
    port.logged(watcher, 'audit.readBackAt', FORTNIGHT_MS, signal),
    port.logged(watcher, 'timeToRestore.tookMs', FORTNIGHT_MS, signal),
  ]);
  if (!writes.known) return { ...question, answer: null, how: writes.why };
  if (!restored.known) return { ...question, answer: null, how: restored.why };
  const seenMs = fitting(Written, writes.value).flatMap(({ audit }) => {
    const [wroteAt, readBackAt] = [parseInstant(audit.wroteAt), parseInstant(audit.readBackAt)];
    return wroteAt === null || readBackAt === null ? [] : readBackAt - wroteAt;
  });
  const tookMs = fitting(Restored, restored.value).map(({ timeToRestore }) => timeToRestore.tookMs);
  if (seenMs.length + tookMs.length === 0) {
    const how = 'no route was moved within 14 days: vpn-medic drain moves some, without an outage';
    return { ...question, answer: null, how };
  }
  return {
    ...question,
    answer: `${counted(seenMs.length, 'write')}: ${most(seenMs)}; ${counted(tookMs.length, 'failover')}: ${most(tookMs)}`,
  };
};

const most = (allMs: readonly number[]): string =>
  allMs.length === 0 ? 'none' : `${describeMs(Math.max(...allMs))} at most`;

const heapLimit: Ask = async ({ use }) => {
  const question = {
    id: 'heap-limit',
    asks: 'Does Lambda honour the heap limit of NODE_OPTIONS?',
    how: 'heapLimitMb in the log of the watcher, of the last hour',
  };
  if (!use.known) return { ...question, answer: null, how: use.why };
  const [newest] = fitting(Heap, use.value);
  const answer = newest === undefined ? null : `heap_size_limit is ${newest.heapLimitMb} MB`;
  return { ...question, answer };
};

const widgetCleaned: Ask = async ({ homeRegion, dashboard }) => ({
  id: 'widget-after-cleaning',
  asks: 'Does the picture survive what CloudWatch removes from the HTML of a widget?',
  answer: null,
  how: `zones, appliances and routes must be drawn as in docs/map.svg: https://console.aws.amazon.com/cloudwatch/home?region=${homeRegion}#dashboards/dashboard/${dashboard}`,
});

const QUESTIONS: readonly Ask[] = [
  exportWithoutList,
  udpFromOutside,
  startWithKey,
  crlServed,
  routeWrites,
  heapLimit,
  widgetCleaned,
];
