/** A transit gateway with attachments, route tables and their routes, as EC2 describes them. */
import type { Lists, MadeAnswer, Place } from './account.ts';
import type { Item } from './ids.ts';
import { daysBefore, idOf, type Tags, tagItems, tagList } from './ids.ts';

export interface MadeTransitGateway {
  readonly name: string;
  readonly attachments: readonly MadeAttachment[];
  readonly tables: readonly MadeTransitTable[];
}

interface MadeAttachment {
  readonly name: string;
  readonly type: 'vpc' | 'vpn' | 'direct-connect-gateway';
  readonly resourceId: string;
  /** The route table that its traffic looks up. */
  readonly table: string;
}

interface MadeTransitTable {
  readonly name: string;
  readonly tags?: Tags;
  readonly routes: readonly (readonly [
    cidr: string,
    attachments: readonly string[],
    type: 'static' | 'propagated',
  ])[];
}

const attachmentId = (name: string): string => idOf('tgw-attach', name);

export function transitGatewayLists(
  { account, region, at }: Place,
  { name, attachments, tables }: MadeTransitGateway,
): Lists {
  const TransitGatewayId = idOf('tgw', name);
  return {
    DescribeTransitGateways: [
      {
        TransitGatewayId,
        TransitGatewayArn: `arn:aws:ec2:${region}:${account}:transit-gateway/${TransitGatewayId}`,
        State: 'available',
        OwnerId: account,
        Description: name,
        CreationTime: daysBefore(at, 900),
        Options: { AmazonSideAsn: 64_512, VpnEcmpSupport: 'enable', DnsSupport: 'enable' },
        Tags: tagList({ Name: name }),
      },
    ],
    DescribeTransitGatewayAttachments: attachments.map((one) => ({
      TransitGatewayAttachmentId: attachmentId(one.name),
      TransitGatewayId,
      TransitGatewayOwnerId: account,
      ResourceOwnerId: account,
      ResourceType: one.type,
      ResourceId: one.resourceId,
      State: 'available',
      Association: { TransitGatewayRouteTableId: idOf('tgw-rtb', one.table), State: 'associated' },
      CreationTime: daysBefore(at, 800),
      Tags: tagList({ Name: one.name }),
    })),
    DescribeTransitGatewayRouteTables: tables.map((table) => ({
      TransitGatewayRouteTableId: idOf('tgw-rtb', table.name),
      TransitGatewayId,
      State: 'available',
      DefaultAssociationRouteTable: false,
      DefaultPropagationRouteTable: false,
      CreationTime: daysBefore(at, 800),
      Tags: tagList({ Name: table.name, ...table.tags }),
    })),
    DescribeTags: tables.flatMap((table) =>
      tagItems(idOf('tgw-rtb', table.name), 'transit-gateway-route-table', {
        Name: table.name,
        ...table.tags,
      }),
    ),
  };
}

export const transitGatewayAnswers = ({
  attachments,
  tables,
}: MadeTransitGateway): readonly MadeAnswer[] =>
  tables.flatMap((table) => {
    const input = { TransitGatewayRouteTableId: idOf('tgw-rtb', table.name) };
    const shown = (name: string): Item => {
      const one = attachments.find((each) => each.name === name);
      if (one === undefined) throw new Error(`no attachment ${name}`);
      return {
        TransitGatewayAttachmentId: attachmentId(name),
        ResourceId: one.resourceId,
        ResourceType: one.type,
      };
    };
    const own = attachments
      .filter((one) => one.table === table.name)
      .map(({ name }) => shown(name));
    const propagating = table.routes.flatMap(([, names, type]) =>
      type === 'propagated' ? names : [],
    );
    return [
      {
        operation: 'SearchTransitGatewayRoutes',
        input,
        output: {
          Routes: table.routes.map(([DestinationCidrBlock, names, Type]) => ({
            DestinationCidrBlock,
            TransitGatewayAttachments: names.map(shown),
            Type,
            State: 'active',
          })),
          AdditionalRoutesAvailable: false,
        },
      },
      {
        operation: 'GetTransitGatewayRouteTableAssociations',
        input,
        output: { Associations: own.map((one) => ({ ...one, State: 'associated' })) },
      },
      {
        operation: 'GetTransitGatewayRouteTablePropagations',
        input,
        output: {
          TransitGatewayRouteTablePropagations: [...new Set(propagating)].map((name) => ({
            ...shown(name),
            State: 'enabled',
          })),
        },
      },
    ];
  });
