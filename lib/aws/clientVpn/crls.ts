/** CRLs of Client VPN endpoints in every watched region: export and import. */
import {
  type ClientVpnEndpoint,
  ExportClientVpnClientCertificateRevocationListCommand,
  ImportClientVpnClientCertificateRevocationListCommand,
} from '@aws-sdk/client-ec2';
import type { MetricSeries } from '../../core/metric.ts';
import type { MetricPort } from '../../core/metricPort.ts';
import { known, type Reading, unknown } from '../../core/reading.ts';
import { TAG } from '../../core/tags.ts';
import type { Clock } from '../../core/time.ts';
import type {
  CrlEndpointPort,
  EndpointRef,
  ExportedCrl,
  ImportAnswer,
  TaggedEndpoint,
} from '../../crl/ports.ts';
import { call, reading } from '../call.ts';
import { type CallHook, READ_MS } from '../client.ts';
import { metricPort } from '../cloudWatch.ts';
import { ec2Client } from '../ec2/client.ts';
import type { Ec2Context } from '../ec2/context.ts';
import { tellFault } from '../errors.ts';
import { tagOf } from '../tagOf.ts';
import { listConnections, listEndpoints } from './list.ts';

const CRL_TAG = 'vpn-medic:crl';
/** A CRL of 20,000 entries is a megabyte. */
const IMPORT_MS = 15_000;

export function crlEndpointPort(
  regions: readonly string[],
  clock: Clock,
  onCall?: CallHook,
  metricsOf: (region: string) => MetricPort = (region) => metricPort(region, clock, onCall),
): CrlEndpointPort {
  const metrics = new Map(regions.map((region) => [region, metricsOf(region)]));
  const contexts = new Map(
    regions.map((region): [string, Ec2Context] => {
      const client = ec2Client(region, onCall);
      return [region, { client, service: 'ec2', clock }];
    }),
  );
  const contextOf = ({ region }: EndpointRef): Ec2Context => {
    const context = contexts.get(region);
    if (context === undefined) throw new Error(`an endpoint of ${region}, which is not watched`);
    return context;
  };
  return {
    async tagged(signal) {
      const readings = await Promise.all(
        [...contexts].map(([region, context]) => readTagged(context, region, signal)),
      );
      const endpoints: TaggedEndpoint[] = [];
      for (const one of readings) {
        if (!one.known) return one;
        endpoints.push(...one.value);
      }
      return known(endpoints, readings[0]?.at ?? clock.now());
    },
    async exported(endpoint, signal) {
      const answer = await readExported(contextOf(endpoint), endpoint, signal);
      if (!answer.isAbsent) return answer.reading;
      const days = metrics.get(endpoint.region)?.series(CRL_DAYS, signal);
      return absent(endpoint, answer.reading, await days);
    },
    import: (endpoint, pem, signal) => importPem(contextOf(endpoint), endpoint, pem, signal),
    liveConnectionCount: (endpoint, signal) => countLive(contextOf(endpoint), endpoint, signal),
  };
}

const readTagged = (
  context: Ec2Context,
  region: string,
  signal: AbortSignal,
): Promise<Reading<readonly TaggedEndpoint[]>> =>
  reading(context, 'DescribeClientVpnEndpoints', () =>
    listEndpoints(context, (one) => taggedEndpoint(one, region), signal),
  );

function taggedEndpoint(endpoint: ClientVpnEndpoint, region: string): readonly TaggedEndpoint[] {
  const fileName = tagOf(endpoint.Tags, CRL_TAG) ?? '';
  const endpointId = endpoint.ClientVpnEndpointId ?? '';
  const isLeaving = endpoint.Status?.Code?.startsWith('delet') === true;
  if (fileName === '' || endpointId === '' || isLeaving) return [];
  const name = tagOf(endpoint.Tags, 'Name') || endpoint.Description || endpointId;
  return [{ region, endpointId, name, fileName, ignore: tagOf(endpoint.Tags, TAG.ignore) }];
}

/** An endpoint with a CRL has this series. @see https://docs.aws.amazon.com/vpn/latest/clientvpn-admin/monitoring-cloudwatch.html (read 2026-11-21) */
const CRL_DAYS = { namespace: 'AWS/ClientVPN', metricName: 'CrlDaysToExpiry' };

interface Exported {
  /** As Export alone has it. */
  readonly reading: Reading<ExportedCrl>;
  /** It says that there is no CRL, or refuses: for CloudWatch to confirm. */
  readonly isAbsent: boolean;
}

/** AWS does not document what Export answers where no CRL was ever imported: nothing, or a refusal. */
async function readExported(
  context: Ec2Context,
  { endpointId }: EndpointRef,
  signal: AbortSignal,
): Promise<Exported> {
  const action = 'ExportClientVpnClientCertificateRevocationList';
  const at = context.clock.now();
  const answer = await call(context, action, signal, () =>
    context.client.send(
      new ExportClientVpnClientCertificateRevocationListCommand({
        ClientVpnEndpointId: endpointId,
      }),
      { abortSignal: signal, requestTimeout: READ_MS },
    ),
  );
  if (!answer.ok) {
    const { fault } = answer;
    const isGone = fault.code === 'InvalidClientVpnEndpointId.NotFound';
    return {
      reading: unknown(tellFault(fault, `ec2:${action}`), at),
      isAbsent: fault.kind === 'refused' && !isGone,
    };
  }
  const { CertificateRevocationList, Status } = answer.value;
  const pem = CertificateRevocationList?.trim() || null;
  const isActive = Status?.Code === 'active';
  return { reading: known({ pem, isActive }, at), isAbsent: pem === null };
}

/** No CRL only where CloudWatch, too, has none: an import cannot be taken back. */
function absent(
  { endpointId }: EndpointRef,
  exported: Reading<ExportedCrl>,
  days: Reading<readonly MetricSeries[]> | undefined,
): Reading<ExportedCrl> {
  const says = exported.known ? 'Export says that it has none' : exported.why;
  if (days?.known !== true) {
    const why = `${says}; CloudWatch could not be asked whether that is so: ${days?.why ?? 'its region is not watched'}`;
    return unknown(why, exported.at);
  }
  const isCounted = days.value.some(({ dimensions }) => dimensions['Endpoint'] === endpointId);
  if (!isCounted) return known({ pem: null, isActive: true }, exported.at);
  return unknown(`${says}; CloudWatch counts its days to expiry, so it has one`, exported.at);
}

async function importPem(
  context: Ec2Context,
  { endpointId }: EndpointRef,
  pem: string,
  signal: AbortSignal,
): Promise<ImportAnswer> {
  const action = 'ImportClientVpnClientCertificateRevocationList';
  const answer = await call(context, action, signal, () =>
    context.client.send(
      new ImportClientVpnClientCertificateRevocationListCommand({
        ClientVpnEndpointId: endpointId,
        CertificateRevocationList: pem,
      }),
      { abortSignal: signal, requestTimeout: IMPORT_MS },
    ),
  );
  if (answer.ok) return { kind: 'accepted' };
  const { fault } = answer;
  const isUnclear = fault.kind === 'lost' || fault.kind === 'aborted';
  return { kind: isUnclear ? 'unclear' : 'refused', why: tellFault(fault, `ec2:${action}`) };
}

const countLive = (
  context: Ec2Context,
  { endpointId }: EndpointRef,
  signal: AbortSignal,
): Promise<Reading<number>> =>
  reading(context, 'DescribeClientVpnConnections', async () => {
    const answer = await listConnections(
      context,
      endpointId,
      (one) => (one.Status?.Code === 'active' ? [one] : []),
      signal,
    );
    return answer.ok ? { ok: true, value: answer.value.length } : answer;
  });
