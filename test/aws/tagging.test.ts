/**
 * Goal: GetResources is asked as AWS documents it, page by page, and what it refuses is unknown. Method: a server on
 * loopback in AWS's place.
 */
import type { IncomingHttpHeaders } from 'node:http';
import { expect, test } from '@jest/globals';
import { watchTagPort } from '../../lib/aws/tagging.ts';
import { type Answer, localAws } from './localAws.ts';
import { clock } from './strict.ts';

const aws = localAws();
const headers: IncomingHttpHeaders[] = [];
const json =
  (body: object, status = 200): Answer =>
  (response, request) => {
    headers.push(request.headers);
    response.writeHead(status, { 'content-type': 'application/x-amz-json-1.1' });
    response.end(JSON.stringify(body));
  };
const { signal } = new AbortController();

const NLB = 'arn:aws:elasticloadbalancing:eu-west-1:111122223333:loadbalancer/net/radius/0b';
const TGW = 'arn:aws:ec2:eu-west-1:111122223333:transit-gateway/tgw-01';
const watched = () => watchTagPort('eu-west-1', clock).watched(signal);

test('resources of any service with their tags, from every page', async () => {
  const first = [{ ResourceARN: NLB, Tags: [{ Key: 'vpn-medic:watch', Value: '' }] }];
  const second = [
    {
      ResourceARN: TGW,
      Tags: [
        { Key: 'vpn-medic:watch', Value: 'yes' },
        { Key: 'vpn-medic:ignore', Value: 'a test' },
        { Key: 'vpn-medic:quiet', Value: 'Sat-Sun' },
      ],
    },
  ];
  aws.answers(
    json({ PaginationToken: 'more', ResourceTagMappingList: first }),
    json({ PaginationToken: '', ResourceTagMappingList: second }),
  );
  expect(await watched()).toMatchObject({
    known: true,
    value: [
      { arn: NLB, ignore: null, quiet: null },
      { arn: TGW, ignore: 'a test', quiet: 'Sat-Sun' },
    ],
  });
  const TagFilters = [{ Key: 'vpn-medic:watch' }];
  expect(aws.asked.map((body): unknown => JSON.parse(body))).toEqual([
    { TagFilters, ResourcesPerPage: 100 },
    { TagFilters, ResourcesPerPage: 100, PaginationToken: 'more' },
  ]);
  expect(headers.at(-1)).toMatchObject({
    'x-amz-target': 'ResourceGroupsTaggingAPI_20170126.GetResources',
    authorization: expect.stringContaining('/eu-west-1/tagging/aws4_request'),
  });
});

test('no resource is none; a refusal is unknown, with its reason', async () => {
  aws.answers(json({ ResourceTagMappingList: [] }));
  expect(await watched()).toMatchObject({ known: true, value: [] });
  aws.answers(json({ __type: 'AccessDeniedException', message: 'no' }, 400));
  expect(await watched()).toMatchObject({
    known: false,
    why: expect.stringContaining('tag:GetResources denied'),
  });
});

test.each([
  ['an answer without a list', {}],
  ['a list that is none', { ResourceTagMappingList: 'x' }],
  ['a resource without its ARN', { ResourceTagMappingList: [{ Tags: [] }] }],
])('%s is unknown', async (_, body) => {
  aws.answers(json(body));
  expect(await watched()).toMatchObject({ known: false });
});
