/** What every poll of a region needs besides its own subject: memory, a voice and a log. */
import type { RegionPorts } from '../ports.ts';
import { eventPort } from './events.ts';
import { journalPort } from './journal.ts';
import { noticePort } from './notices.ts';
import type { AwsSettings } from './ports.ts';
import { gatheredStore } from './storeGathered.ts';

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
