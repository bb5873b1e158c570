/** One step of one repair, asked for by the watcher: the only function that may touch a machine. */
import middy from '@middy/core';
import { metricPort } from '../lib/aws/cloudWatch.ts';
import { instanceControlPort } from '../lib/aws/instanceControl.ts';
import { memoizedPorts } from '../lib/aws/ports/appliances.ts';
import { systemClock } from '../lib/core/time.ts';
import { parseRepairOrder } from '../lib/repairs/order.ts';
import { repairStep, type StepAnswer } from '../lib/repairs/step.ts';
import { readSettings } from '../lib/settings.ts';

async function repairAppliance(
  event: unknown,
  _context: unknown,
  { signal }: { readonly signal: AbortSignal },
): Promise<StepAnswer> {
  const settings = readSettings();
  const order = parseRepairOrder(event, settings.regions);
  const { region } = order;
  const { homeRegion, policy, repair } = settings;
  const clock = systemClock;
  const ports = {
    ...memoizedPorts({ ...settings, region, clock }),
    instanceControl: instanceControlPort({
      region,
      homeRegion,
      sshFunction: repair.sshFunction,
      clock,
    }),
    metrics: metricPort(region, clock),
  };
  return repairStep(ports, order, { mode: policy.mode, sshUser: repair.sshUser }, signal);
}

export const handler = middy().handler(repairAppliance);
