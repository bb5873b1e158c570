/** What is attached to transit gateways, and the routes of their tables. */
import {
  DescribeTransitGatewayAttachmentsCommand,
  SearchTransitGatewayRoutesCommand,
  type TransitGateway,
  type TransitGatewayAttachment,
  type TransitGatewayRoute,
} from '@aws-sdk/client-ec2';
import { eachOf } from '../../core/eachOf.ts';
import type { Reading } from '../../core/reading.ts';
import { TAG } from '../../core/tags.ts';
import type {
  GatewayAttachment,
  TransitGatewayFact,
  TransitRoute,
  TransitRouteState,
} from '../../network/types.ts';
import { call, everyPage, listOf, reading, Unreadable } from '../call.ts';
import type { Ec2Context } from '../ec2/context.ts';
import { listTransitGateways } from '../ec2/transitGateways.ts';
import { tagOf } from '../tagOf.ts';

export const readAttachments = (
  context: Ec2Context,
  signal: AbortSignal,
): Promise<Reading<readonly GatewayAttachment[]>> =>
  reading(context, 'DescribeTransitGatewayAttachments', () =>
    everyPage(
      (NextToken) =>
        call(context, 'DescribeTransitGatewayAttachments', signal, () =>
          context.client.send(
            new DescribeTransitGatewayAttachmentsCommand({ MaxResults: PAGE_MAX, NextToken }),
            { abortSignal: signal },
          ),
        ),
      (page) => listOf(page.TransitGatewayAttachments).flatMap(attachmentFact),
    ),
  );

/** The most that these calls give in one page (EC2 API model, 2026-11). */
const PAGE_MAX = 1_000;

export const readTransitGateways = (
  context: Ec2Context,
  signal: AbortSignal,
): Promise<Reading<readonly TransitGatewayFact[]>> =>
  reading(context, 'DescribeTransitGateways', () =>
    listTransitGateways(context, gatewayFact, signal),
  );

function gatewayFact(raw: TransitGateway): readonly TransitGatewayFact[] {
  const { TransitGatewayId: gatewayId, Tags, State } = raw;
  const groupTag = tagOf(Tags, TAG.group);
  if (!gatewayId || State === 'deleted' || State === 'deleting') return [];
  return [
    {
      gatewayId,
      name: tagOf(Tags, 'Name') || gatewayId,
      ...(groupTag !== null && { groupTag }),
      ignored: tagOf(Tags, TAG.ignore),
    },
  ];
}

/** Each table has one call; further pages share what `callsMax` leaves. */
export async function readTransitRoutes(
  context: Ec2Context,
  tableIds: readonly string[],
  callsMax: number,
  signal: AbortSignal,
  states: readonly TransitRouteState[] = ['active'],
): Promise<ReadonlyMap<string, Reading<readonly TransitRoute[]>>> {
  const asked = tableIds.slice(0, callsMax);
  let pagesLeft = callsMax - asked.length;
  const read = (tableId: string) =>
    reading(context, 'SearchTransitGatewayRoutes', () =>
      everyPage(
        (NextToken) => {
          if (NextToken !== undefined) {
            if (pagesLeft === 0) throw new Unreadable(`${tableId} has more routes than are read`);
            pagesLeft -= 1;
          }
          return readPage(context, tableId, NextToken, states, signal);
        },
        (page) => {
          if (page.AdditionalRoutesAvailable === true && !page.NextToken) {
            throw new Unreadable(`${tableId} has more routes than one reply holds`);
          }
          return listOf(page.Routes).flatMap(routeFact);
        },
      ),
    );
  const readings = await eachOf(asked, TABLES_AT_ONCE, async (id) => [id, await read(id)] as const);
  return new Map(readings);
}

const TABLES_AT_ONCE = 10;

const readPage = (
  context: Ec2Context,
  TransitGatewayRouteTableId: string,
  NextToken: string | undefined,
  states: readonly TransitRouteState[],
  signal: AbortSignal,
) =>
  call(context, 'SearchTransitGatewayRoutes', signal, () =>
    context.client.send(
      new SearchTransitGatewayRoutesCommand({
        TransitGatewayRouteTableId,
        Filters: [{ Name: 'state', Values: [...states] }],
        MaxResults: PAGE_MAX,
        NextToken,
      }),
      { abortSignal: signal },
    ),
  );

function attachmentFact(raw: TransitGatewayAttachment): readonly GatewayAttachment[] {
  const { TransitGatewayAttachmentId: attachmentId, TransitGatewayId: transitGatewayId } = raw;
  if (!attachmentId || !transitGatewayId || raw.State !== 'available') return [];
  const { TransitGatewayRouteTableId: tableId, State: association } = raw.Association ?? {};
  return [
    {
      attachmentId,
      transitGatewayId,
      kind: raw.ResourceType ?? '',
      resourceId: raw.ResourceId ?? '',
      tableId: association === 'associated' ? (tableId ?? null) : null,
    },
  ];
}

const routeFact = (raw: TransitGatewayRoute): readonly TransitRoute[] =>
  raw.DestinationCidrBlock
    ? [
        {
          destination: raw.DestinationCidrBlock,
          ...(raw.State === 'blackhole' && { isBlackhole: true }),
          attachments: (raw.TransitGatewayAttachments ?? []).map(
            ({ ResourceType, ResourceId = '' }) => ({
              kind: ResourceType ?? '',
              // A VPN's may carry a tunnel's address: `vpn-0a1b2c3d(198.51.100.1)`.
              resourceId: ResourceId.replace(/\(.*$/, ''),
            }),
          ),
        },
      ]
    : [];
