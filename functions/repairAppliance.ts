/** One step of one repair, asked for by the watcher: the only function that may touch a machine. */
import { handlerOf } from '../lib/aws/handler.ts';
import { memoize } from '../lib/aws/memoize.ts';
import { repairPorts } from '../lib/aws/ports/repairs.ts';
import { systemClock as clock } from '../lib/core/time.ts';
import { parseRepairOrder } from '../lib/repairs/order.ts';
import { repairStep } from '../lib/repairs/step.ts';
import { readSettings } from '../lib/settings.ts';

const portsOf = memoize(repairPorts);

export const handler = handlerOf({
  settings: readSettings,
  parse: (event, { settings }) => parseRepairOrder(event, settings.regions),
  run: (order, { settings, signal }) => {
    const { homeRegion, stateTable, policy, repair } = settings;
    const { systemsManagerUrl, autoScalingUrl, kmsUrl } = settings;
    const { sshFunction, documents, sshUser, kmsKeyArns } = repair;
    const hands = { sshFunction, documents, systemsManagerUrl, autoScalingUrl, kmsUrl };
    const ports = portsOf({ region: order.region, homeRegion, stateTable, ...hands, clock });
    return repairStep(ports, order, { mode: policy.mode, sshUser, kmsKeyArns }, signal);
  },
});
