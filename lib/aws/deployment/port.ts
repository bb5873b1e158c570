/** The parts of a deployed stack, read by one adapter a service. */
import type { DeploymentPort } from '../../core/deploymentPort.ts';
import type { Clock } from '../../core/time.ts';
import { readAlarms } from './alarms.ts';
import { readExportAnswer } from './exports.ts';
import { functionReads } from './functions.ts';
import { readLogged } from './logs.ts';
import { readResources } from './resources.ts';
import { roleReads } from './roles.ts';
import { readSubscriptions } from './topics.ts';

export const deploymentPort = (region: string, clock: Clock): DeploymentPort => ({
  resources: readResources(region, clock),
  subscriptions: readSubscriptions(region, clock),
  alarms: readAlarms(region, clock),
  exportAnswer: readExportAnswer(region, clock),
  logged: readLogged(region, clock),
  ...functionReads(region, clock),
  ...roleReads(region, clock),
});
