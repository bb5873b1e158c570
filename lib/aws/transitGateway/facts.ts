/** Facts out of replies about transit gateways, field by field. */
import type {
  SearchTransitGatewayRoutesResult,
  TransitGatewayAttachment,
  TransitGatewayRoute,
  TransitGatewayRouteTable,
} from '@aws-sdk/client-ec2';
import { TAG } from '../../core/tags.ts';
import type {
  AttachmentFact,
  TransitRouteFact,
  TransitTableFact,
} from '../../transitGateway/types/transit.ts';
import { Unreadable } from '../call.ts';
import { tagOf } from '../tagOf.ts';

/**
 * The page itself, when nothing is left out of it.
 * @throws {Unreadable} when EC2 has more routes and no token for them.
 */
export function whole(
  page: SearchTransitGatewayRoutesResult,
  tableId: string,
): SearchTransitGatewayRoutesResult {
  if (page.AdditionalRoutesAvailable === true && !page.NextToken) {
    throw new Unreadable(`${tableId} has more static routes than one reply holds`);
  }
  return page;
}

export function tableFact(raw: TransitGatewayRouteTable): readonly TransitTableFact[] {
  const { TransitGatewayRouteTableId: tableId, TransitGatewayId: transitGatewayId } = raw;
  const groupTag = tagOf(raw.Tags, TAG.group);
  if (!tableId || !transitGatewayId || groupTag === null) return [];
  if (raw.State === 'deleting' || raw.State === 'deleted') return [];
  return [
    {
      tableId,
      name: tagOf(raw.Tags, 'Name') || tableId,
      transitGatewayId,
      groupTag,
      preferredTag: tagOf(raw.Tags, TAG.preferred),
      membersTag: tagOf(raw.Tags, TAG.members),
      ignored: tagOf(raw.Tags, TAG.ignore),
    },
  ];
}

/**
 * A reference to a prefix list is written by another call, and a route over more than one attachment is not static: the
 * first is left out, the second has no attachment of its own. A state that is not known must never lead to a write.
 */
export function routeFact(raw: TransitGatewayRoute): readonly TransitRouteFact[] {
  const { DestinationCidrBlock: destination, State: state } = raw;
  if (!destination || raw.PrefixListId || raw.Type !== 'static') return [];
  if (state !== 'active' && state !== 'blackhole') return [];
  const [first, ...others] = raw.TransitGatewayAttachments ?? [];
  const isOne = first?.TransitGatewayAttachmentId !== undefined && others.length === 0;
  return [
    {
      destination,
      attachment: isOne
        ? {
            attachmentId: first.TransitGatewayAttachmentId ?? '',
            resourceId: first.ResourceId ?? '',
            resourceType: first.ResourceType ?? '',
          }
        : null,
      isBlackhole: state === 'blackhole',
    },
  ];
}

export function attachmentFact(raw: TransitGatewayAttachment): readonly AttachmentFact[] {
  const {
    TransitGatewayAttachmentId: attachmentId,
    ResourceId: connectionId,
    TransitGatewayId: transitGatewayId,
  } = raw;
  if (!attachmentId || !connectionId || !transitGatewayId) return [];
  if (raw.State === 'deleted') return [];
  return [{ attachmentId, connectionId, transitGatewayId, stateWord: raw.State ?? 'nothing' }];
}
