/** What every poll of a region needs besides its own subject: memory, a voice and a log. */
import type { RegionPorts, StorePort } from '../ports.ts';
import { eventPort } from './events.ts';
import { journalPort } from './journal.ts';
import { noticePort } from './notices.ts';
import type { AwsSettings } from './ports.ts';

export type RegionSettings = Omit<AwsSettings, 'probeFunctions' | 'stateTable'>;

/** No network yet. `store`: one for all regions that are looked at together, since there is one table. */
export function awsRegionPorts(settings: RegionSettings, store: StorePort): RegionPorts {
  const { region, homeRegion, eventBus = null, clock, onCall } = settings;
  return {
    region,
    clock,
    store,
    notices: noticePort(settings, clock, onCall),
    events: eventPort(homeRegion, eventBus, clock, onCall),
    journal: journalPort(region, clock),
  };
}
