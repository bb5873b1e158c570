/** How connections, tunnels and sites are named in findings, and the words that all of those findings share. Pure. */
import { connectionGroupId } from '../../core/connectionPath.ts';
import type { Finding, Subject } from '../../core/finding.ts';
import { unjudgedKey } from '../../core/report.ts';
import { type Instant, toIso } from '../../core/time.ts';
import { type ConnectionFact, type HealthNote, tunnelId } from '../types/connection.ts';
import type { Site } from './sites.ts';

export const siteSubject = (site: Site): Subject => ({
  kind: 'site',
  id: site.id,
  name: site.name,
  group: null,
  zone: null,
  within: groupOf(site),
});

/** The group that all of a site's connections are members of: when it is down, so is the site. */
function groupOf({ connections }: Site): readonly string[] {
  const groups = new Set(connections.map(({ group }) => group));
  const [group] = groups;
  return groups.size === 1 && group != null ? [connectionGroupId(group)] : [];
}

export const connectionSubject = (connection: ConnectionFact, site: Site | null): Subject => ({
  kind: 'connection',
  id: connection.connectionId,
  name: connection.name,
  group: connection.group,
  zone: null,
  within: withinOf(connection, site),
});

export const tunnelSubject = (
  connection: ConnectionFact,
  outsideIp: string,
  site: Site | null,
): Subject => ({
  kind: 'tunnel',
  id: tunnelId(connection.connectionId, outsideIp),
  name: `${connection.name} tunnel ${outsideIp}`,
  group: connection.group,
  zone: null,
  within: [connection.connectionId, ...withinOf(connection, site)],
});

const withinOf = ({ group }: ConnectionFact, site: Site | null): readonly string[] => [
  ...(group === null ? [] : [connectionGroupId(group)]),
  ...(site === null ? [] : [site.id]),
];

/** Since when, for findings without a date of their own: the first pass that found it, as long as every pass since did. */
export interface Sinces {
  since(reason: Finding['reason'], subjectId: string, atMost: Instant): Instant;
  /** Whether the pass before found it, or could not tell after one that did. */
  wasFound(reason: Finding['reason'], subjectId: string): boolean;
  /** This pass does not see enough to find it or to deny it: what was found stays so. */
  cannotTell(reason: Finding['reason'], subjectId: string): void;
  /** Those that were found in this pass, or stay so. */
  kept(): Record<string, Instant>;
  /** By `unjudgedKey`. */
  unjudged(): ReadonlySet<string>;
}

export function openSinces(before: Readonly<Record<string, Instant>>): Sinces {
  const kept: Record<string, Instant> = {};
  const unjudged = new Set<string>();
  return {
    since(reason, subjectId, atMost) {
      const key = `${subjectId} ${reason}`;
      const since = Math.min(before[key] ?? atMost, atMost);
      kept[key] = since;
      return since;
    },
    wasFound: (reason, subjectId) => before[`${subjectId} ${reason}`] !== undefined,
    cannotTell(reason, subjectId) {
      const key = `${subjectId} ${reason}`;
      const since = before[key];
      if (since !== undefined) kept[key] = since;
      unjudged.add(unjudgedKey(reason, subjectId));
    },
    kept: () => kept,
    unjudged: () => unjudged,
  };
}

/** Never the bare call: its reply shows the pre-shared keys on the screen. */
export const lookCommand = (connectionId: string): string =>
  `aws ec2 describe-vpn-connections --vpn-connection-ids ${connectionId} --query 'VpnConnections[].VgwTelemetry'`;

export const minute = (at: Instant): string => `${toIso(at).slice(0, 16).replace('T', ' ')} UTC`;

/** `1.4 GB`, `37 MB`, `0 B`: decimal, as networks count. */
export function bytesText(bytes: number): string {
  const units = ['B', 'kB', 'MB', 'GB', 'TB', 'PB'];
  const step = Math.min(units.length - 1, bytes < 1 ? 0 : Math.floor(Math.log10(bytes) / 3));
  return `${Number((bytes / 1_000 ** step).toPrecision(3))} ${units[step] ?? ''}`;
}

/** What AWS Health said of this connection lately. */
export const healthLines = (
  { connectionId }: ConnectionFact,
  health: readonly HealthNote[],
): readonly string[] =>
  health
    .filter(({ connectionIds }) => connectionIds.includes(connectionId))
    .map(({ code, at }) => `AWS Health, ${minute(at)}: ${code}`);
