/**
 * Tags of resources of any service, by the Resource Groups Tagging API: load balancers, Direct Connect, health checks and
 * transit gateways in one list. The SDK's client of that API is not a dependency: its protocol is EventBridge's
 * (JSON 1.1), so that EventBridge's client sends its one operation, signed for its service.
 * @see https://docs.aws.amazon.com/resourcegroupstagging/latest/APIReference/API_GetResources.html (read 2026-11-29)
 */
import {
  EventBridgeClient,
  type EventBridgeClientConfig,
  type EventBridgeClientResolvedConfig,
  type ServiceInputTypes,
  type ServiceOutputTypes,
} from '@aws-sdk/client-eventbridge';
import { makeBuilder } from '@smithy/core/client';
import { getEndpointPlugin } from '@smithy/core/endpoints';
import * as v from 'valibot';
import { QUIET_TAG } from '../core/quiet.ts';
import { regionalAddress } from '../core/serviceAddress.ts';
import { TAG, WATCH_TAG } from '../core/tags.ts';
import type { Clock } from '../core/time.ts';
import type { WatchTagPort } from '../metrics/ports.ts';
import type { TaggedResource } from '../metrics/types.ts';
import { type CallContext, call, everyPage, reading, Unreadable } from './call.ts';
import { type CallHook, delays, hooked, READ_MS, type SchemaRef } from './client.ts';
import { tagOf } from './tagOf.ts';

/** Resources of `region`; global ones, such as health checks, are in us-east-1. */
export function watchTagPort(region: string, clock: Clock, onCall?: CallHook): WatchTagPort {
  const client = hooked(taggingClient(region), onCall);
  const context: CallContext = { service: 'tag', clock };
  const ask = async (PaginationToken: string | undefined, signal: AbortSignal) => {
    const input = { TagFilters: [{ Key: WATCH_TAG }], ResourcesPerPage: PAGE, PaginationToken };
    const answer = await call(context, 'GetResources', signal, () =>
      client.send(new GetResourcesCommand(input), { abortSignal: signal }),
    );
    return answer.ok ? ({ ok: true, value: pageOf(answer.value) } as const) : answer;
  };
  return {
    watched: (signal) =>
      reading(context, 'GetResources', () =>
        everyPage(
          (token) => ask(token, signal),
          ({ list }) => list.map(resourceOf),
        ),
      ),
  };
}

const PAGE = 100;

const Resource = v.object({
  ResourceARN: v.string(),
  Tags: v.optional(v.array(v.object({ Key: v.string(), Value: v.string() })), []),
});

const Page = v.object({
  PaginationToken: v.optional(v.string()),
  ResourceTagMappingList: v.array(Resource),
});

function pageOf(reply: unknown) {
  const page = v.safeParse(Page, reply);
  if (!page.success) throw new Unreadable('a list of resources without their ARNs');
  const { ResourceTagMappingList: list, PaginationToken: NextToken } = page.output;
  return { list, NextToken };
}

function resourceOf({ ResourceARN: arn, Tags }: v.InferOutput<typeof Resource>): TaggedResource {
  return { arn, ignore: tagOf(Tags, TAG.ignore), quiet: tagOf(Tags, QUIET_TAG) };
}

function taggingClient(region: string): EventBridgeClient {
  const settings: EventBridgeClientConfig & { readonly signingName: string } = {
    region,
    ...delays(READ_MS),
    serviceId: 'ResourceGroupsTaggingAPI',
    signingName: 'tagging',
    endpointProvider: ({ Endpoint }) => ({
      url: new URL(Endpoint ?? regionalAddress('tagging', region)),
    }),
    httpAuthSchemeProvider: () => [
      {
        schemeId: 'aws.auth#sigv4',
        signingProperties: { name: 'tagging', region },
        propertiesExtractor: (config: unknown, context: unknown) => ({
          signingProperties: { config, context },
        }),
      },
    ],
    protocolSettings: {
      defaultNamespace: NAMESPACE,
      errorTypeRegistries: [],
      version: '2017-01-26',
      serviceTarget: 'ResourceGroupsTaggingAPI_20170126',
    },
  };
  return new EventBridgeClient(settings);
}

const NAMESPACE = 'com.amazonaws.resourcegroupstaggingapi';

interface Input {
  readonly TagFilters: { Key: string }[];
  readonly ResourcesPerPage: number;
  readonly PaginationToken: string | undefined;
  /** EventBridge's own word for the token: without a field in common the client's types refuse the input. */
  readonly NextToken?: undefined;
}

type Output = Pick<ServiceOutputTypes, '$metadata'> & { readonly ResourceTagMappingList?: unknown };

/** Shapes as the SDK writes them: 3 a structure, 1 a list, 9 an operation; 0 a text, 1 a number. */
const tag: SchemaRef = [3, NAMESPACE, 'Tag', 0, ['Key', 'Value'], [0, 0]];
const resource: SchemaRef = [
  3,
  NAMESPACE,
  'ResourceTagMapping',
  0,
  ['ResourceARN', 'Tags'],
  [0, [1, NAMESPACE, 'TagList', 0, () => tag]],
];
const input: SchemaRef = [
  3,
  NAMESPACE,
  'GetResourcesInput',
  0,
  ['TagFilters', 'ResourcesPerPage', 'PaginationToken'],
  [[1, NAMESPACE, 'TagFilterList', 0, () => tag], 1, 0],
];
const output: SchemaRef = [
  3,
  NAMESPACE,
  'GetResourcesOutput',
  0,
  ['PaginationToken', 'ResourceTagMappingList'],
  [0, [1, NAMESPACE, 'ResourceTagMappingList', 0, () => resource]],
];

class GetResourcesCommand extends makeBuilder<
  EventBridgeClientResolvedConfig,
  ServiceInputTypes,
  ServiceOutputTypes
>(
  { Endpoint: { type: 'builtInParams', name: 'endpoint' } },
  'ResourceGroupsTaggingAPI',
  'ResourceGroupsTaggingAPIClient',
  getEndpointPlugin,
)<Input, Output>({}, () => [], 'GetResources', [9, NAMESPACE, 'GetResources', 0, input, output]) {}
