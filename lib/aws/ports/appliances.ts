/** The AWS ports of the appliances scope of one region. */
import type { Ports } from '../../appliances/ports.ts';
import type { Clock } from '../../core/time.ts';
import type { CallHook } from '../client.ts';
import { storePort } from '../dynamoDb/store.ts';
import { ec2Port } from '../ec2/port.ts';
import { eventPort } from '../eventBridge.ts';
import { probePort } from '../lambda/probes.ts';
import { hookPort } from '../lifecycleHooks.ts';
import { loggerPort } from '../logger.ts';
import { memoize } from '../memoize.ts';
import { probeKeys } from '../probeKeys.ts';
import { notificationPort, type Topics } from '../sns.ts';

export interface AwsSettings extends Topics {
  /** The region that is watched. */
  readonly region: string;
  /** Where vpn-medic is deployed: region of the state table and the probe functions. */
  readonly homeRegion: string;
  /** Null: no state is kept. */
  readonly stateTable: string | null;
  /** Null or left out: no events go out. */
  readonly eventBus?: string | null;
  /** Lambda names; empty: probes leave from this process. */
  readonly probeFunctions: readonly string[];
  readonly clock: Clock;
  /** True: metrics of each appliance and tunnel as well. */
  readonly isMeasuredEach?: boolean;
  /** Null or absent: Auto Scaling at its own address. */
  readonly autoScalingUrl?: string | null;
  /** True: probes that leave from this process may be sent with keys, which its role may read. */
  readonly readsKeys?: boolean;
  /** For benchmarks that count calls. */
  readonly onCall?: CallHook;
}

/** No network yet; only the clients that the settings need are made. */
export function awsPorts(settings: AwsSettings): Ports {
  const { region, homeRegion, stateTable, probeFunctions, clock, onCall } = settings;
  return {
    region,
    clock,
    ec2: ec2Port(region, clock, onCall),
    probes: probePort(
      homeRegion,
      probeFunctions,
      clock,
      onCall,
      settings.readsKeys === true ? probeKeys(clock) : null,
    ),
    store: storePort(homeRegion, stateTable, clock, onCall),
    hooks: hookPort(region, settings.autoScalingUrl ?? null, clock),
    events: eventPort(homeRegion, settings.eventBus ?? null, clock, onCall),
    notifications: notificationPort(settings, clock, onCall),
    logger: loggerPort(region, clock, undefined, undefined, settings.isMeasuredEach === true),
  };
}

export const memoizedPorts = memoize((settings: Omit<AwsSettings, 'onCall'>) => awsPorts(settings));
