/** The images that instances were launched from, by their makers' words. */
import { DescribeImagesCommand, DescribeInstancesCommand } from '@aws-sdk/client-ec2';
import { known, type Reading } from '../../core/reading.ts';
import { call, everyPage, everyPart, listOf, pieces, reading } from '../call.ts';
import { type Ec2Context, FILTER_VALUES_MAX } from './context.ts';

/** Both by filter, never by id: an id that is gone would fail the whole call. */
export async function readImages(
  context: Ec2Context,
  instanceIds: readonly string[],
  signal: AbortSignal,
): Promise<Reading<ReadonlyMap<string, string>>> {
  const launched = await readLaunched(context, instanceIds, signal);
  if (!launched.known) return launched;
  const imageIds = launched.value.map(([, imageId]) => imageId);
  const described = await readTexts(context, imageIds, signal);
  if (!described.known) return described;
  const texts = new Map(described.value);
  return known(
    new Map(
      launched.value.flatMap(([instanceId, imageId]) => {
        const text = texts.get(imageId);
        return text === undefined ? [] : [[instanceId, text] as const];
      }),
    ),
    launched.at,
  );
}

type Pair = readonly [string, string];

const readLaunched = (
  context: Ec2Context,
  instanceIds: readonly string[],
  signal: AbortSignal,
): Promise<Reading<readonly Pair[]>> =>
  reading(context, 'DescribeInstances', () =>
    everyPart(pieces(instanceIds, FILTER_VALUES_MAX), (part) =>
      everyPage(
        (NextToken) =>
          call(context, 'DescribeInstances', signal, () =>
            context.client.send(
              new DescribeInstancesCommand({
                Filters: [{ Name: 'instance-id', Values: [...part] }],
                MaxResults: 1_000,
                NextToken,
              }),
              { abortSignal: signal },
            ),
          ),
        (page) =>
          listOf(page.Reservations)
            .flatMap(({ Instances }) => listOf(Instances))
            .flatMap(({ InstanceId, ImageId }): readonly Pair[] =>
              InstanceId && ImageId ? [[InstanceId, ImageId]] : [],
            ),
      ),
    ),
  );

const readTexts = (
  context: Ec2Context,
  imageIds: readonly string[],
  signal: AbortSignal,
): Promise<Reading<readonly Pair[]>> =>
  reading(context, 'DescribeImages', () =>
    everyPart(pieces(imageIds, FILTER_VALUES_MAX), (part) =>
      everyPage(
        (NextToken) =>
          call(context, 'DescribeImages', signal, () =>
            context.client.send(
              new DescribeImagesCommand({
                Filters: [{ Name: 'image-id', Values: [...part] }],
                IncludeDeprecated: true,
                MaxResults: 1_000,
                NextToken,
              }),
              { abortSignal: signal },
            ),
          ),
        (page) =>
          listOf(page.Images).flatMap(
            ({ ImageId, Name = '', Description = '' }): readonly Pair[] =>
              ImageId ? [[ImageId, `${Name} ${Description}`]] : [],
          ),
      ),
    ),
  );
