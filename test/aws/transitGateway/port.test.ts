/** Goal: what EC2 says of transit gateways comes as facts, whole or not at all, and a write says truthfully how it ended. Method: EC2 mocked, one answer after the other. */
import {
  DescribeTransitGatewayAttachmentsCommand,
  DescribeTransitGatewayRouteTablesCommand,
  EC2Client,
  ReplaceTransitGatewayRouteCommand,
  SearchTransitGatewayRoutesCommand,
  type TransitGatewayRoute,
} from '@aws-sdk/client-ec2';
import { beforeEach, describe, expect, test } from '@jest/globals';
import { mockClient } from 'aws-sdk-client-mock';
import { transitGatewayPort } from '../../../lib/aws/transitGateway/port.ts';
import { AT, clock, denied, ec2Error, throttled } from '../strict.ts';

const mock = mockClient(EC2Client);
beforeEach(() => {
  mock.reset();
  mock.onAnyCommand().rejects(new Error('unexpected call'));
});
const port = transitGatewayPort('eu-west-1', clock);
const { signal } = new AbortController();

const TABLE = { TransitGatewayRouteTableId: 'tgw-rtb-0a', TransitGatewayId: 'tgw-0a' };
const tagged = (...tags: readonly (readonly [string, string])[]) => ({
  ...TABLE,
  Tags: tags.map(([Key, Value]) => ({ Key, Value })),
});

describe('tables', () => {
  test('come with their tags, page by page; those without the tag are left out', async () => {
    mock
      .on(DescribeTransitGatewayRouteTablesCommand)
      .resolvesOnce({
        TransitGatewayRouteTables: [
          tagged(
            ['Name', 'spokes'],
            ['vpn-medic:group', 'core'],
            ['vpn-medic:preferred', 'vpn-0a'],
            ['vpn-medic:members', 'vpn-0a vpn-0b'],
            ['vpn-medic:ignore', 'later'],
          ),
        ],
        NextToken: 'more',
      })
      .resolves({
        TransitGatewayRouteTables: [
          { ...tagged(['vpn-medic:group', 'core']), TransitGatewayRouteTableId: 'tgw-rtb-0b' },
          { ...tagged(['vpn-medic:group', 'core']), State: 'deleting' },
          tagged(['Name', 'other']),
        ],
      });
    const none = { preferredTag: null, membersTag: null, ignored: null };
    expect(await port.tables(signal)).toEqual({
      known: true,
      at: AT,
      value: [
        {
          tableId: 'tgw-rtb-0a',
          name: 'spokes',
          transitGatewayId: 'tgw-0a',
          groupTag: 'core',
          preferredTag: 'vpn-0a',
          membersTag: 'vpn-0a vpn-0b',
          ignored: 'later',
        },
        {
          tableId: 'tgw-rtb-0b',
          name: 'tgw-rtb-0b',
          transitGatewayId: 'tgw-0a',
          groupTag: 'core',
          ...none,
        },
      ],
    });
  });
  test('denied: unknown, never empty', async () => {
    mock.on(DescribeTransitGatewayRouteTablesCommand).rejects(denied());
    expect(await port.tables(signal)).toMatchObject({
      known: false,
      why: expect.stringContaining('ec2:DescribeTransitGatewayRouteTables denied'),
    });
  });
});

describe('routes', () => {
  const attachment = {
    TransitGatewayAttachmentId: 'tgw-attach-0a',
    ResourceId: 'vpn-0a',
    ResourceType: 'vpn',
  } as const;
  const raw = (over: Partial<TransitGatewayRoute>): TransitGatewayRoute => ({
    DestinationCidrBlock: '10.0.0.0/8',
    Type: 'static',
    State: 'active',
    TransitGatewayAttachments: [attachment],
    ...over,
  });
  const read = async (...routes: readonly TransitGatewayRoute[]) => {
    mock.on(SearchTransitGatewayRoutesCommand).resolves({ Routes: [...routes] });
    const reading = await port.routes('tgw-rtb-0a', signal);
    return reading.known ? reading.value : reading.why;
  };
  const FACT = {
    destination: '10.0.0.0/8',
    attachment: { attachmentId: 'tgw-attach-0a', resourceId: 'vpn-0a', resourceType: 'vpn' },
    isBlackhole: false,
  };
  test('a static route knows its attachment', async () => {
    expect(await read(raw({}))).toEqual([FACT]);
    const [call] = mock.commandCalls(SearchTransitGatewayRoutesCommand);
    expect(call?.args[0].input).toMatchObject({
      TransitGatewayRouteTableId: 'tgw-rtb-0a',
      Filters: [{ Name: 'type', Values: ['static'] }, { Name: 'state' }],
    });
  });
  test.each<readonly [string, Partial<TransitGatewayRoute>]>([
    ['a propagated route', { Type: 'propagated' }],
    ['a reference to a prefix list', { PrefixListId: 'pl-0a' }],
    ['a state on its way', { State: 'pending' }],
    ['a route without a destination', { DestinationCidrBlock: undefined }],
  ])('%s is left out', async (_what, over) => {
    expect(await read(raw(over))).toEqual([]);
  });
  test('a blackhole may have no attachment; a route over two has none of its own', async () => {
    expect(await read(raw({ State: 'blackhole', TransitGatewayAttachments: [] }))).toEqual([
      { ...FACT, attachment: null, isBlackhole: true },
    ]);
    expect(await read(raw({ TransitGatewayAttachments: [attachment, attachment] }))).toEqual([
      { ...FACT, attachment: null },
    ]);
  });
  test('more routes than the answer holds: unknown, never a part', async () => {
    mock
      .on(SearchTransitGatewayRoutesCommand)
      .resolves({ Routes: [raw({})], AdditionalRoutesAvailable: true });
    expect(await port.routes('tgw-rtb-0a', signal)).toMatchObject({
      known: false,
      why: expect.stringContaining('more static routes'),
    });
  });
  test('more pages with a token are read', async () => {
    mock
      .on(SearchTransitGatewayRoutesCommand)
      .resolvesOnce({ Routes: [raw({})], AdditionalRoutesAvailable: true, NextToken: 'more' })
      .resolves({ Routes: [raw({ DestinationCidrBlock: '10.9.0.0/16' })] });
    const reading = await port.routes('tgw-rtb-0a', signal);
    expect(reading.known && reading.value.map(({ destination }) => destination)).toEqual([
      '10.0.0.0/8',
      '10.9.0.0/16',
    ]);
  });
});

describe('attachments', () => {
  test('are those of the connections that are asked for; deleted ones are absent', async () => {
    mock.on(DescribeTransitGatewayAttachmentsCommand).resolves({
      TransitGatewayAttachments: [
        {
          TransitGatewayAttachmentId: 'tgw-attach-0a',
          TransitGatewayId: 'tgw-0a',
          ResourceId: 'vpn-0a',
          State: 'available',
        },
        {
          TransitGatewayAttachmentId: 'tgw-attach-0b',
          TransitGatewayId: 'tgw-0a',
          ResourceId: 'vpn-0b',
          State: 'deleted',
        },
      ],
    });
    expect(await port.attachments(['vpn-0a', 'vpn-0b'], signal)).toEqual({
      known: true,
      at: AT,
      value: [
        {
          attachmentId: 'tgw-attach-0a',
          connectionId: 'vpn-0a',
          transitGatewayId: 'tgw-0a',
          stateWord: 'available',
        },
      ],
    });
    const [call] = mock.commandCalls(DescribeTransitGatewayAttachmentsCommand);
    expect(call?.args[0].input.Filters).toContainEqual({
      Name: 'resource-id',
      Values: ['vpn-0a', 'vpn-0b'],
    });
  });
  test('of none: EC2 is not asked', async () => {
    expect(await port.attachments([], signal)).toEqual({ known: true, at: AT, value: [] });
  });
});

describe('a write', () => {
  const write = {
    tableId: 'tgw-rtb-0a',
    destination: '10.0.0.0/8',
    attachmentId: 'tgw-attach-0b',
  };
  test('points one route at one attachment', async () => {
    mock.on(ReplaceTransitGatewayRouteCommand).resolves({});
    expect(await port.replaceRoute(write, signal)).toEqual({ kind: 'written' });
    const [call] = mock.commandCalls(ReplaceTransitGatewayRouteCommand);
    expect(call?.args[0].input).toEqual({
      TransitGatewayRouteTableId: 'tgw-rtb-0a',
      DestinationCidrBlock: '10.0.0.0/8',
      TransitGatewayAttachmentId: 'tgw-attach-0b',
    });
  });
  test.each([
    ['throttled', throttled()],
    ['refused', denied()],
    ['refused', ec2Error('InvalidRoute.NotFound')],
    ['unclear', ec2Error('InternalError', 'x', 500)],
    ['unclear', Object.assign(new Error('x'), { code: 'ECONNRESET' })],
  ])('%s', async (kind, error) => {
    mock.on(ReplaceTransitGatewayRouteCommand).rejects(error);
    expect(await port.replaceRoute(write, signal)).toMatchObject({ kind });
  });
});
