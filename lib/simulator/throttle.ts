/** EC2's request throttling: one token bucket for each action, shared by everything in the account. */
import type { Ec2Action } from './faults.ts';

/**
 * Sizes and refills a second, as documented; our own reads carry a filter or an id list, which may count as the
 * small bucket of the three instance calls, so that is what they get.
 * @see https://docs.aws.amazon.com/ec2/latest/devguide/ec2-api-throttling.html (read 2026-11-20)
 */
const SIZES: Readonly<Record<Ec2Action, readonly [burst: number, perSecond: number]>> = {
  DescribeTags: [100, 20],
  DescribeInstances: [50, 10],
  DescribeInstanceStatus: [50, 10],
  DescribeNetworkInterfaces: [50, 10],
  DescribeSubnets: [100, 20],
  DescribeRouteTables: [100, 20],
  DescribeAddresses: [100, 20],
  GetManagedPrefixListEntries: [100, 20],
  ReplaceRoute: [50, 5],
};

export class Buckets {
  readonly #levels = new Map<Ec2Action, { readonly tokens: number; readonly atMs: number }>();

  /** False: `RequestLimitExceeded`, and nothing is taken. */
  take(action: Ec2Action, atMs: number): boolean {
    const [burst, perSecond] = SIZES[action];
    const last = this.#levels.get(action) ?? { tokens: burst, atMs };
    const tokens = Math.min(burst, last.tokens + ((atMs - last.atMs) / 1_000) * perSecond);
    const isServed = tokens >= 1;
    this.#levels.set(action, { tokens: isServed ? tokens - 1 : tokens, atMs });
    return isServed;
  }
}
