/** The AWS ports of the CRLs scope. */

import type { Clock } from '../../core/time.ts';
import type { CrlPorts } from '../../crl/ports.ts';
import type { CallHook } from '../client.ts';
import { crlEndpointPort } from '../clientVpn/crls.ts';
import { storePort } from '../dynamoDb/store.ts';
import { eventPort } from '../eventBridge.ts';
import { loggerPort } from '../logger.ts';
import { sitePort } from '../publicSite.ts';
import { bucketPort } from '../s3/bucket.ts';
import { notificationPort, type Topics } from '../sns.ts';

export interface CrlAwsSettings extends Topics {
  /** Where we are deployed: functions, table, inbox and public bucket are there. */
  readonly homeRegion: string;
  /** Regions whose endpoints are watched. */
  readonly regions: readonly string[];
  readonly stateTable: string;
  readonly eventBus: string | null;
  readonly crl: {
    readonly bucket: string;
    readonly publicBucket: string;
    readonly replica: { readonly bucket: string; readonly region: string } | null;
    readonly publicUrl: string | null;
    readonly replicaUrl?: string | null;
  };
  readonly clock: Clock;
  readonly onCall?: CallHook;
}

/** No network yet. */
export function crlPorts(settings: CrlAwsSettings): CrlPorts {
  const { homeRegion, regions, stateTable, eventBus, crl, clock, onCall } = settings;
  const { replica, publicUrl, replicaUrl = null } = crl;
  return {
    region: homeRegion,
    clock,
    store: storePort(homeRegion, stateTable, clock, onCall),
    events: eventPort(homeRegion, eventBus, clock, onCall),
    notifications: notificationPort(settings, clock, onCall),
    logger: loggerPort(homeRegion, clock),
    source: bucketPort(crl.bucket, homeRegion, clock, onCall),
    stateStore: bucketPort(crl.publicBucket, homeRegion, clock, onCall),
    replica: replica === null ? null : bucketPort(replica.bucket, replica.region, clock, onCall),
    site: publicUrl === null ? null : sitePort(publicUrl, clock),
    replicaSite: replicaUrl === null ? null : sitePort(replicaUrl, clock),
    endpoints: crlEndpointPort(regions, clock, onCall),
  };
}
