/** What every poll of a region needs besides its own subject: memory, a voice and a log. */
import type { RegionPorts } from '../ports.ts';
import { eventPort } from './events.ts';
import { journalPort } from './journal.ts';
import { noticePort } from './notices.ts';
import type { AwsSettings } from './ports.ts';
import { storePort } from './store.ts';

/** No network yet. */
export function awsRegionPorts({
  region,
  homeRegion,
  stateTable,
  alertsTopicArn,
  eventBus = null,
  clock,
  onCall,
}: Omit<AwsSettings, 'probeFunctions'>): RegionPorts {
  return {
    region,
    clock,
    store: storePort(homeRegion, stateTable, clock, onCall),
    notices: noticePort(alertsTopicArn, clock, onCall),
    events: eventPort(homeRegion, eventBus, clock, onCall),
    journal: journalPort(region, clock),
  };
}
