/** One step of one repair, asked for by the watcher: the only function that may touch a machine. */
import middy from '@middy/core';
import { memoize } from '../lib/aws/memoize.ts';
import { repairPorts } from '../lib/aws/ports/repairs.ts';
import { systemClock } from '../lib/core/time.ts';
import { parseRepairOrder } from '../lib/repairs/order.ts';
import { repairStep, type StepAnswer } from '../lib/repairs/step.ts';
import { readSettings } from '../lib/settings.ts';

const portsOf = memoize(repairPorts);

async function repairAppliance(
  event: unknown,
  _context: unknown,
  { signal }: { readonly signal: AbortSignal },
): Promise<StepAnswer> {
  const { regions, homeRegion, stateTable, policy, repair } = readSettings();
  const order = parseRepairOrder(event, regions);
  const { sshFunction, sshUser } = repair;
  const { region } = order;
  const ports = portsOf({ region, homeRegion, stateTable, sshFunction, clock: systemClock });
  return repairStep(ports, order, { mode: policy.mode, sshUser }, signal);
}

export const handler = middy().handler(repairAppliance);
