/** The lists that Client VPN endpoints go by, in every watched region: exported, and imported where we are asked to. */
import {
  type ClientVpnEndpoint,
  EC2Client,
  ExportClientVpnClientCertificateRevocationListCommand,
  ImportClientVpnClientCertificateRevocationListCommand,
} from '@aws-sdk/client-ec2';
import { known, type Reading } from '../../core/reading.ts';
import type { Clock } from '../../core/time.ts';
import type {
  CrlEndpointPort,
  EndpointRef,
  ExportedList,
  ImportAnswer,
  TaggedEndpoint,
} from '../../crl/ports.ts';
import { attempt, reading } from '../call.ts';
import { type CallHook, delays, READ_MS } from '../client.ts';
import type { Ec2Context } from '../ec2/context.ts';
import { tellFault } from '../fault.ts';
import { listConnections, listEndpoints } from './list.ts';

const TAG = 'vpn-medic:crl';
/** A list of 20,000 entries is a megabyte. */
const IMPORT_MS = 15_000;

export function crlEndpointPort(
  regions: readonly string[],
  clock: Clock,
  onCall?: CallHook,
): CrlEndpointPort {
  const lines = new Map(
    regions.map((region): [string, Ec2Context] => {
      const client = new EC2Client({ region, ...delays() });
      return [region, { client, service: 'ec2', clock, onCall }];
    }),
  );
  const lineOf = ({ region }: EndpointRef): Ec2Context => {
    const line = lines.get(region);
    if (line === undefined) throw new Error(`an endpoint of ${region}, which is not watched`);
    return line;
  };
  return {
    async tagged(signal) {
      const readings = await Promise.all(
        [...lines].map(([region, line]) => readTagged(line, region, signal)),
      );
      const endpoints: TaggedEndpoint[] = [];
      for (const one of readings) {
        if (!one.known) return one;
        endpoints.push(...one.value);
      }
      return known(endpoints, readings[0]?.at ?? clock.now());
    },
    exported: (endpoint, signal) => readExported(lineOf(endpoint), endpoint, signal),
    import: (endpoint, pem, signal) => importPem(lineOf(endpoint), endpoint, pem, signal),
    liveConnectionCount: (endpoint, signal) => countLive(lineOf(endpoint), endpoint, signal),
  };
}

const readTagged = (
  line: Ec2Context,
  region: string,
  signal: AbortSignal,
): Promise<Reading<readonly TaggedEndpoint[]>> =>
  reading(line, 'DescribeClientVpnEndpoints', () =>
    listEndpoints(line, (one) => taggedEndpoint(one, region), signal),
  );

function taggedEndpoint(endpoint: ClientVpnEndpoint, region: string): readonly TaggedEndpoint[] {
  const tag = (key: string) => endpoint.Tags?.find(({ Key }) => Key === key)?.Value ?? '';
  const fileName = tag(TAG).trim();
  const endpointId = endpoint.ClientVpnEndpointId ?? '';
  const isLeaving = endpoint.Status?.Code?.startsWith('delet') === true;
  if (fileName === '' || endpointId === '' || isLeaving) return [];
  const name = tag('Name') || endpoint.Description || endpointId;
  return [{ region, endpointId, name, fileName, ignore: tag('vpn-medic:ignore') || null }];
}

const readExported = (
  line: Ec2Context,
  { endpointId }: EndpointRef,
  signal: AbortSignal,
): Promise<Reading<ExportedList>> =>
  reading(line, 'ExportClientVpnClientCertificateRevocationList', async () => {
    const answer = await attempt(
      line,
      'ExportClientVpnClientCertificateRevocationList',
      signal,
      () =>
        line.client.send(
          new ExportClientVpnClientCertificateRevocationListCommand({
            ClientVpnEndpointId: endpointId,
          }),
          { abortSignal: signal, requestTimeout: READ_MS },
        ),
    );
    if (!answer.ok) return answer;
    const { CertificateRevocationList, Status } = answer.value;
    const pem = CertificateRevocationList?.trim() || null;
    return { ok: true, value: { pem, isActive: Status?.Code === 'active' } };
  });

async function importPem(
  line: Ec2Context,
  { endpointId }: EndpointRef,
  pem: string,
  signal: AbortSignal,
): Promise<ImportAnswer> {
  const action = 'ImportClientVpnClientCertificateRevocationList';
  const answer = await attempt(line, action, signal, () =>
    line.client.send(
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
  line: Ec2Context,
  { endpointId }: EndpointRef,
  signal: AbortSignal,
): Promise<Reading<number>> =>
  reading(line, 'DescribeClientVpnConnections', async () => {
    const answer = await listConnections(
      line,
      endpointId,
      (one) => (one.Status?.Code === 'active' ? [one] : []),
      signal,
    );
    return answer.ok ? { ok: true, value: answer.value.length } : answer;
  });
