/** Health checks and records of Route 53, of the whole account. Read only. */
import {
  type HealthCheck,
  type HostedZone,
  ListHealthChecksCommand,
  ListHostedZonesCommand,
  ListResourceRecordSetsCommand,
  type ListResourceRecordSetsCommandInput,
  type ResourceRecordSet,
  Route53Client,
} from '@aws-sdk/client-route-53';
import type { DnsPort, DnsRecordFact, HealthCheckFact } from '../core/dnsPort.ts';
import type { Clock } from '../core/time.ts';
import {
  type CallContext,
  type CallResult,
  call,
  everyMarkedPage,
  listOf,
  reading,
  Unreadable,
} from './call.ts';
import { delays, READ_MS } from './client.ts';

/** `region`: any of the partition. */
export function dnsPort(region: string, clock: Clock): DnsPort {
  const client = new Route53Client({ region, ...delays(READ_MS) });
  const context: Route53Context = { client, service: 'route53', clock };
  return {
    healthChecks: (signal) =>
      reading(context, 'ListHealthChecks', () =>
        everyMarkedPage(
          (Marker) =>
            call(context, 'ListHealthChecks', signal, () =>
              client.send(new ListHealthChecksCommand({ Marker }), { abortSignal: signal }),
            ),
          (page) => listOf(page.HealthChecks).map(checkFact),
        ),
      ),
    records: (signal) =>
      reading(context, 'ListResourceRecordSets', async () => {
        const zones = await readZones(context, signal);
        if (!zones.ok) return zones;
        const facts: DnsRecordFact[] = [];
        // One after another: Route 53 takes five calls a second of an account.
        for (const { Id } of zones.value) {
          const records = await readRecords(context, Id ?? '', signal);
          if (!records.ok) return records;
          facts.push(...records.value);
        }
        return { ok: true, value: facts };
      }),
  };
}

interface Route53Context extends CallContext {
  readonly client: Route53Client;
}

/** Of one page, by default and at most. */
const RECORDS_MAX = 300;
/** Ten seconds, at five calls a second. */
const CALLS_MAX = 50;

/**
 * The public ones: no other answers those who connect from outside.
 * @throws {Unreadable} for more records than are read.
 */
async function readZones(
  context: Route53Context,
  signal: AbortSignal,
): Promise<CallResult<readonly HostedZone[]>> {
  const zones = await everyMarkedPage(
    (Marker) =>
      call(context, 'ListHostedZones', signal, () =>
        context.client.send(new ListHostedZonesCommand({ Marker }), { abortSignal: signal }),
      ),
    (page) => listOf(page.HostedZones).filter(({ Config }) => Config?.PrivateZone !== true),
  );
  if (!zones.ok) return zones;
  const calls = zones.value.map(({ ResourceRecordSetCount: count = 0 }) =>
    Math.max(1, Math.ceil(count / RECORDS_MAX)),
  );
  const callCount = calls.reduce((sum, one) => sum + one, 0);
  if (callCount > CALLS_MAX) {
    throw new Unreadable(`${callCount} pages of records, and at most ${CALLS_MAX} are read`);
  }
  return zones;
}

async function readRecords(
  { client, ...context }: Route53Context,
  HostedZoneId: string,
  signal: AbortSignal,
): Promise<CallResult<readonly DnsRecordFact[]>> {
  const facts: DnsRecordFact[] = [];
  let input: ListResourceRecordSetsCommandInput = { HostedZoneId };
  for (let count = 0; count < CALLS_MAX; count += 1) {
    const asked = input;
    const page = await call(context, 'ListResourceRecordSets', signal, () =>
      client.send(new ListResourceRecordSetsCommand(asked), { abortSignal: signal }),
    );
    if (!page.ok) return page;
    facts.push(...listOf(page.value.ResourceRecordSets).flatMap(recordFact));
    if (page.value.IsTruncated !== true) return { ok: true, value: facts };
    input = {
      HostedZoneId,
      StartRecordName: page.value.NextRecordName,
      StartRecordType: page.value.NextRecordType,
      StartRecordIdentifier: page.value.NextRecordIdentifier,
    };
  }
  throw new Unreadable(`more than ${CALLS_MAX} pages of ${HostedZoneId}`);
}

const checkFact = ({ HealthCheckConfig: config }: HealthCheck): HealthCheckFact => ({
  name: nameOf(config?.FullyQualifiedDomainName),
  alarmName: config?.AlarmIdentifier?.Name ?? '',
});

/** Only what may lead to another name. */
function recordFact(record: ResourceRecordSet): readonly DnsRecordFact[] {
  const { Name, Type, ResourceRecords = [], AliasTarget, HealthCheckId } = record;
  if (Type !== 'CNAME' && AliasTarget === undefined) return [];
  return [
    {
      name: nameOf(Name),
      values: [...ResourceRecords.map(({ Value }) => Value), AliasTarget?.DNSName]
        .map(nameOf)
        .filter((value) => value !== ''),
      hasHealthCheck: Boolean(HealthCheckId),
    },
  ];
}

const nameOf = (text: string = ''): string => text.toLowerCase().replace(/\.$/, '');
