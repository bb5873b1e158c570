/** The AWS ports of one repair step: no notifications, no events, no probes. */
import type { Clock } from '../../core/time.ts';
import type { StepPorts } from '../../repairs/step.ts';
import { metricPort } from '../cloudWatch.ts';
import { storePort } from '../dynamoDb/store.ts';
import { ec2Port } from '../ec2/port.ts';
import { instanceControlPort } from '../instanceControl.ts';
import { loggerPort } from '../logger.ts';

export interface RepairAwsSettings {
  /** Where the instances are. */
  readonly region: string;
  /** Where we are deployed: the state table and the function that logs in are there. */
  readonly homeRegion: string;
  /** Null: no state is kept. */
  readonly stateTable: string | null;
  /** A function inside the VPC that logs in; null: logins leave from this process. */
  readonly sshFunction: string | null;
  /** Name of the Systems Manager documents, without `-linux` or `-windows`; null: there are none. */
  readonly documents: string | null;
  /** Null: that of AWS. */
  readonly systemsManagerUrl: string | null;
  /** Null: that of AWS. */
  readonly autoScalingUrl: string | null;
  /** Null: that of AWS. */
  readonly kmsUrl: string | null;
  readonly clock: Clock;
}

/** No network yet. */
export function repairPorts(settings: RepairAwsSettings): StepPorts {
  const { region, homeRegion, stateTable, clock } = settings;
  return {
    region,
    clock,
    ec2: ec2Port(region, clock),
    store: storePort(homeRegion, stateTable, clock),
    logger: loggerPort(region, clock),
    instanceControl: instanceControlPort(settings),
    metrics: metricPort(region, clock),
  };
}
