/** Whether Route 53 leads users to each TCP endpoint, and away from one that fails: one read-only look. */
import { type EndpointFact, isLeaving } from '../../clientVpn/types/endpoint.ts';
import type { DnsRecordFact, HealthCheckFact } from '../../core/dnsPort.ts';
import type { Finding, Subject } from '../../core/finding.ts';
import { ENDPOINT_FINDINGS } from '../../core/findings/clientVpn.ts';
import type { Instant } from '../../core/time.ts';
import type { AwsClients } from '../awsClients.ts';
import type { ObserverSetup } from '../pass.ts';

/** One information for each endpoint that lacks something; one that Route 53 cannot be read. */
export async function readDns(
  { region, clock, capture }: Pick<ObserverSetup, 'region' | 'clock' | 'capture'>,
  facts: readonly EndpointFact[],
  clients: Pick<AwsClients, 'dns'>,
  signal: AbortSignal,
): Promise<readonly Finding[]> {
  const judged = facts.filter(
    (fact) => fact.transport === 'tcp' && fact.dnsName !== '' && !isLeaving(fact),
  );
  // A capture holds nothing of it: most records of an account are not of its VPN.
  if (judged.length === 0 || capture !== undefined) return [];
  const port = await clients.dns(region);
  const checks = await port.healthChecks(signal);
  if (!checks.known) return [unread(region, checks.why, clock.now())];
  const records = await port.records(signal);
  if (!records.known) return [unread(region, records.why, clock.now())];
  return withoutDns(judged, checks.value, records.value, region, clock.now());
}

/** Pure. */
export const withoutDns = (
  facts: readonly EndpointFact[],
  checks: readonly HealthCheckFact[],
  records: readonly DnsRecordFact[],
  region: string,
  now: Instant,
): readonly Finding[] =>
  facts.flatMap((fact) => {
    const lack = lackOf(fact, checks, records, region);
    if (lack === null) return [];
    const name = fact.name || fact.endpointId;
    return [
      {
        reason: 'HealthCheckMissing',
        subject: subjectOf('endpoint', fact.endpointId, name, region),
        severity: 'info',
        summary: `Route 53 of this account has ${lack} for ${name}: DNS does not lead users away when it fails.`,
        evidence: [fact.dnsName],
        since: now,
        hint: ENDPOINT_FINDINGS.HealthCheckMissing.hint,
      },
    ];
  });

function lackOf(
  { dnsName }: EndpointFact,
  checks: readonly HealthCheckFact[],
  records: readonly DnsRecordFact[],
  region: string,
): string | null {
  const own = bare(dnsName.toLowerCase());
  const leading = new Set<DnsRecordFact>();
  const isThere = (name: string) =>
    [own, ...[...leading].map((one) => bare(one.name))].some(
      (there) => name === there || name.endsWith(`.${there}`),
    );
  // A record may lead to another one that leads there: each turn finds those that are one further away.
  let count: number;
  do {
    count = leading.size;
    for (const record of records) if (record.values.some(isThere)) leading.add(record);
  } while (leading.size > count);
  const hasCheck =
    [...leading].some(({ hasHealthCheck }) => hasHealthCheck) ||
    checks.some(
      ({ name, alarmName }) => isThere(name) || alarmName.endsWith(`-RegionDown-${region}`),
    );
  if (leading.size > 0) return hasCheck ? null : 'no health check';
  return hasCheck ? 'no record' : 'neither a record nor a health check';
}

/** Without its leading label where that stands for any: Route 53 writes `*` as `\052`. */
const bare = (name: string): string => name.replace(/^(?:\*|\\052)\./, '');

const unread = (region: string, why: string, now: Instant): Finding => ({
  reason: 'EndpointSettingsUnread',
  subject: subjectOf('region', `${region} endpoint DNS`, region, region),
  severity: 'info',
  summary: `Health checks and records of Route 53 cannot be read: whether DNS leads users away from an endpoint that fails is not known.`,
  evidence: [why],
  since: now,
  hint: 'If it says "denied": grant route53:ListHealthChecks, ListHostedZones and ListResourceRecordSets to who runs check.',
});

const subjectOf = (
  kind: 'endpoint' | 'region',
  id: string,
  name: string,
  region: string,
): Subject => ({ kind, id, name, group: null, zone: null, within: [region] });
