/** The order for one repair step, read strictly. */
import * as v from 'valibot';
import { REPAIR_PHASES, type RepairOrder } from './types.ts';

const Order = v.object({
  version: v.literal(1),
  region: v.string(),
  instanceId: v.pipe(v.string(), v.regex(/^i-[0-9a-f]+$/)),
  attemptId: v.pipe(v.string(), v.minLength(1), v.maxLength(200)),
  phase: v.picklist(REPAIR_PHASES),
});

/** @throws {Error} for what is no order, or of a region that is not ours. */
export function parseRepairOrder(event: unknown, regions: readonly string[]): RepairOrder {
  const parsed = v.safeParse(Order, event);
  if (!parsed.success) {
    const [issue] = parsed.issues;
    throw new Error(`reading a repair order: ${v.getDotPath(issue) ?? 'event'}: ${issue.message}`);
  }
  const { region } = parsed.output;
  if (regions.includes(region)) return parsed.output;
  throw new Error(`reading a repair order: it is of ${region}, ours are ${regions.join(', ')}`);
}
