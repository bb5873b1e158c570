/** Which series belong to a resource that is tagged `vpn-medic:watch`. Pure. */
import type { Subject } from '../core/finding.ts';
import type { MetricSeries } from '../core/metric.ts';
import type { TaggedResource } from './types.ts';

/** The tagged resources that a series' dimensions name; empty: its owner did not ask for it to be judged. */
export function watchersOf(
  { dimensions }: Pick<MetricSeries, 'dimensions'>,
  tagged: readonly TaggedResource[],
): readonly TaggedResource[] {
  const values = new Set(Object.values(dimensions));
  return tagged.filter(({ arn }) => namesOf(arn).some((name) => values.has(name)));
}

/**
 * As CloudWatch names it: `net/radius/0b` for `…:loadbalancer/net/radius/0b`, but `targetgroup/radius/0a` for
 * `…:targetgroup/radius/0a`; `dxcon-0a` for `…:dxcon/dxcon-0a`.
 */
function namesOf(arn: string): readonly string[] {
  const resource = resourceOf(arn);
  return [resource, resource.slice(resource.indexOf('/') + 1)];
}

/** `loadbalancer/net/radius/0b` */
export const resourceOf = (arn: string): string => arn.split(':').slice(5).join(':');

/** A tagged resource, by its ARN. */
export const watchedSubject = (arn: string, name: string, region: string): Subject => ({
  kind: 'metric',
  id: arn,
  name,
  group: null,
  zone: null,
  within: [region],
});
