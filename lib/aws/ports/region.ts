/** What every poll of a region needs besides its own subject: memory, a voice and a log. */
import type { RegionPorts } from '../../incidents/ports.ts';
import { gatheredStore } from '../dynamoDb/batch.ts';
import { eventPort } from '../eventBridge.ts';
import { journalPort } from '../logger.ts';
import { noticePort } from '../sns.ts';
import type { AwsSettings } from './appliances.ts';

/** No network yet. */
export function awsRegionPorts(settings: Omit<AwsSettings, 'probeFunctions'>): RegionPorts {
  const { region, homeRegion, stateTable, eventBus = null, clock, onCall } = settings;
  return {
    region,
    clock,
    store: gatheredStore(homeRegion, stateTable, clock, onCall),
    notices: noticePort(settings, clock, onCall),
    events: eventPort(homeRegion, eventBus, clock, onCall),
    journal: journalPort(region, clock),
  };
}
