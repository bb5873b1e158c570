/** What of the VPCs cannot be judged now. Pure. */
import { isDeniedOnPurpose } from '../../core/denied.ts';
import { NETWORK_FINDINGS } from '../../core/findings/network.ts';
import type { NetworkFinding } from '../state.ts';
import type { NetworkWorld } from '../types.ts';
import { EVIDENCE_MAX, subjectOf } from './finding.ts';

export function unreadParts(world: NetworkWorld): readonly NetworkFinding[] {
  const { region } = world;
  const unread = unreadLines(world);
  const evidence = [
    ...unread,
    ...world.unreadTableIds.map((id) => `routes of ${id}: not asked, there are too many tables`),
  ];
  if (evidence.length === 0) return [];
  return [
    {
      reason: 'NetworkUnread',
      subject: subjectOf('region', `${region} network`, region),
      severity: 'info',
      summary: `A part of the networks of ${region} cannot be read: what was found there stays as it was, and nothing new is seen.`,
      evidence: evidence.slice(0, EVIDENCE_MAX),
      since: world.at,
      hint: unread.some((why) => isDeniedOnPurpose(why))
        ? 'The organisation denies it: an exception for the role of pollConnections (PollConnectionsRole) would have it judged.'
        : NETWORK_FINDINGS.NetworkUnread.hint,
    },
  ];
}

/** What AWS did not answer, one line each. */
export function unreadLines(world: NetworkWorld): readonly string[] {
  const { peerings, tables, gateways, privateLinks, attachments, directConnect } = world;
  const parts = {
    peerings,
    'route tables': tables,
    gateways,
    privateLinks,
    attachments,
    directConnect,
  };
  return [
    ...Object.entries(parts),
    ...[...world.transitTables].map(([id, routes]) => [`routes of ${id}`, routes] as const),
  ].flatMap(([what, reading]) => (reading.known ? [] : [`${what}: ${reading.why}`]));
}
