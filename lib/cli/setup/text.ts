/** The proposal for people. Pure. */
import { counted, shellQuoted } from '../../core/text.ts';
import { colour } from '../output/colour.ts';
import { type Block, blank, line, table, title } from '../output/textBlocks.ts';
import { summaryOf } from './propose.ts';
import type { SetupReport } from './report.ts';
import type { ProposedConnectionGroup } from './types.ts';

export function writeSetup(report: SetupReport): readonly Block[] {
  const { proposal, region } = report;
  return [
    title(`Proposal for ${region}: ${summaryOf(proposal)}`),
    ...(proposal.groups.length + proposal.connectionGroups.length === 0 ? nothingFound() : []),
    ...proposal.groups.flatMap((group) => [
      blank,
      line([`group ${group.name}`, colour('dim', ` in ${group.vpcId}`)]),
      table(
        ['APPLIANCE', 'ID', 'ZONE', 'IMAGE', 'PROBE', 'BECAUSE'],
        group.members.map(({ name, instanceId, zone, product, probe }) => [
          name,
          instanceId,
          zone,
          product ?? '-',
          probe.clause,
          BASIS[probe.basis],
        ]),
      ),
      ...group.tables.map(({ name, tableId, destinations }) =>
        line(`routes of ${name} (${tableId}): ${destinations.join(', ')}`, 2),
      ),
      ...group.lacks.map((lack) => line([colour('warn', 'lacks '), lack], 2)),
    ]),
    ...proposal.connectionGroups.flatMap(writeConnectionGroup),
    ...proposal.unclear.map((text) => line([colour('warn', 'note '), text])),
    ...(proposal.leftOut.length === 0 ? [] : [blank, line('Left out:')]),
    ...proposal.leftOut.map(({ name, why }) => line(`${name}: ${why}`, 2)),
    blank,
    line(
      `Watched without a tag: ${counted(report.connectionCount, 'connection')}, ${counted(report.endpointCount, 'Client VPN endpoint')}.`,
    ),
    ...report.crlAddresses.map(({ endpointId, address }) =>
      line(`CRL of the certificates of ${endpointId}: vpn-medic crl check ${shellQuoted(address)}`),
    ),
    line(
      `About ${report.monthlyUsd.toFixed(2)} USD a month at list prices, ${report.monthlyUsdAfterFree.toFixed(2)} after the free allowances: vpn-medic cost`,
    ),
    ...writeElsewhere(report),
    ...report.notes.map((note) => line([colour('warn', 'note '), note])),
    blank,
    line('To review and run, in this order:'),
  ];
}

/** The functions that probe from inside are in one VPC. */
function writeElsewhere({ proposal, probePlace }: SetupReport): readonly Block[] {
  const others = new Set(proposal.groups.map(({ vpcId }) => vpcId));
  others.delete(probePlace?.vpcId ?? '');
  return probePlace === null || others.size === 0
    ? []
    : [
        line([
          colour('warn', 'note '),
          `these probe subnets reach ${probePlace.vpcId} and what it is routed to; for appliances in ${[...others].join(', ')} see the line of their group in vpn-medic check`,
        ]),
      ];
}

const writeConnectionGroup = (group: ProposedConnectionGroup): readonly Block[] => [
  blank,
  line([`connection group ${group.name}`, colour('dim', ` on ${group.transitGatewayId}`)]),
  ...group.members.map(({ name, connectionId }) =>
    line(
      `${name} (${connectionId}) ${group.carrierIds.includes(connectionId) ? 'carries static routes' : 'stands by'}`,
      2,
    ),
  ),
  ...group.tables.map(({ tableId, destinations }) =>
    line(`routes of ${tableId}: ${destinations.join(', ')}`, 2),
  ),
];

const BASIS = {
  tag: 'its tag says so',
  rules: 'a security group opens the port',
  image: 'its image',
  key: 'a security group opens the port',
  none: 'no VPN port is open: the default',
} as const;

const nothingFound = (): readonly Block[] => [
  line('No running instance with source/destination check off has a route that leads to it.'),
  line(
    'An appliance forwards only with the check off: aws ec2 modify-instance-attribute --no-source-dest-check',
  ),
];
