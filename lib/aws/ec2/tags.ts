/** Tags by key, on any resource. */
import { DescribeTagsCommand, type TagDescription } from '@aws-sdk/client-ec2';
import { known, type Reading } from '../../core/reading.ts';
import type { TagFact } from '../../core/tags.ts';
import { call, everyPage, everyPart, listOf, pieces, reading } from '../call.ts';
import { READ_MS } from '../client.ts';
import { type Ec2Context, FILTER_VALUES_MAX } from './context.ts';

export async function readTags(
  context: Ec2Context,
  keys: readonly string[],
  signal: AbortSignal,
): Promise<Reading<readonly TagFact[]>> {
  // Without a key the filter would be empty, and EC2 would list every tag of the account.
  if (keys.length === 0) return known([], context.clock.now());
  return reading(context, 'DescribeTags', () =>
    everyPart(pieces(keys, FILTER_VALUES_MAX), (part) =>
      everyPage(
        (nextToken) =>
          call(context, 'DescribeTags', signal, () =>
            context.client.send(
              new DescribeTagsCommand({
                Filters: [{ Name: 'key', Values: [...part] }],
                MaxResults: 1_000,
                NextToken: nextToken,
              }),
              { abortSignal: signal, requestTimeout: READ_MS },
            ),
          ),
        (page) => listOf(page.Tags).flatMap(tagFact),
      ),
    ),
  );
}

function tagFact(tag: TagDescription): readonly TagFact[] {
  if (!tag.ResourceId || tag.Key === undefined) return [];
  return [
    {
      resourceId: tag.ResourceId,
      resourceType: tag.ResourceType ?? '',
      key: tag.Key,
      value: tag.Value ?? '',
    },
  ];
}
