/** What every scope of a region needs besides its own subject: state table, notifications, events and log. */
import type { RegionPorts } from '../../incidents/ports.ts';
import { gatheredStore } from '../dynamoDb/batch.ts';
import { eventPort } from '../eventBridge.ts';
import { loggerPort } from '../logger.ts';
import { notificationPort } from '../sns.ts';
import type { AwsSettings } from './appliances.ts';

/** No network yet. */
export function awsRegionPorts(settings: Omit<AwsSettings, 'probeFunctions'>): RegionPorts {
  const { region, homeRegion, stateTable, eventBus = null, clock, onCall } = settings;
  return {
    region,
    clock,
    store: gatheredStore(homeRegion, stateTable, clock, onCall),
    notifications: notificationPort(settings, clock, onCall),
    events: eventPort(homeRegion, eventBus, clock, onCall),
    logger: loggerPort(region, clock, undefined, undefined, settings.isMeasuredEach === true),
  };
}
