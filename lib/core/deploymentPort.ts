/** A deployed stack as its parts describe themselves, for `vpn-medic doctor`. Read only. Types only. */
import type { Reading } from './reading.ts';
import type { Instant } from './time.ts';

export interface DeploymentPort {
  /** Null: there is no such stack in this region. */
  resources(
    stackName: string,
    signal: AbortSignal,
  ): Promise<Reading<readonly StackResource[] | null>>;
  configuration(functionName: string, signal: AbortSignal): Promise<Reading<FunctionFacts>>;
  /** What the inline policies of a role allow; denials are left out. */
  grants(roleName: string, signal: AbortSignal): Promise<Reading<readonly Grant[]>>;
  /** What IAM would decide: the role's policies, its boundary and the organisation's together. Nothing is called. */
  simulate(simulation: Simulation, signal: AbortSignal): Promise<Reading<readonly Decision[]>>;
  subscriptions(topicArn: string, signal: AbortSignal): Promise<Reading<readonly Subscription[]>>;
  /** Those of `names` that exist. */
  alarms(names: readonly string[], signal: AbortSignal): Promise<Reading<readonly AlarmFacts[]>>;
  /** What a function answers to `event`, as JSON text. Only for functions that write nothing. */
  invoke(functionName: string, event: object, signal: AbortSignal): Promise<Reading<string>>;
  /** In AWS's own words: whether it has a list, or how it refuses to say. */
  exportAnswer(endpointId: string, signal: AbortSignal): Promise<string>;
  /** The newest log entries with `field`, of the last `withinMs`, newest first. */
  logged(
    functionName: string,
    field: string,
    withinMs: number,
    signal: AbortSignal,
  ): Promise<Reading<readonly LogEntry[]>>;
}

export interface StackResource {
  readonly logicalId: string;
  readonly physicalId: string;
  /** As CloudFormation names it: `AWS::IAM::Role`. */
  readonly type: string;
}

export interface FunctionFacts {
  readonly runtime: string;
  readonly memoryMb: number;
  /** As Lambda writes it: `Active`, `Pending`, `Inactive`, `Failed`. */
  readonly state: string;
  readonly roleArn: string;
  readonly environment: ReadonlyMap<string, string>;
}

/** One statement with the effect Allow. */
export interface Grant {
  readonly sid: string;
  readonly actions: readonly string[];
  readonly resources: readonly string[];
  /** By operator, then by key: the values. */
  readonly conditions: ReadonlyMap<string, ReadonlyMap<string, readonly string[]>>;
}

export interface Simulation {
  readonly roleArn: string;
  readonly actions: readonly string[];
  readonly resourceArn: string;
  readonly context: readonly ContextEntry[];
}

export interface ContextEntry {
  readonly key: string;
  readonly values: readonly string[];
  readonly type: 'string' | 'stringList' | 'boolean';
}

export interface Decision {
  readonly action: string;
  readonly isAllowed: boolean;
  /** False: a policy of the organisation denies it. */
  readonly isAllowedByOrganisation: boolean;
}

export interface Subscription {
  /** `email`, `https`, `sms`, `lambda`, … */
  readonly protocol: string;
  readonly isConfirmed: boolean;
}

export interface AlarmFacts {
  readonly name: string;
  readonly state: 'OK' | 'ALARM' | 'INSUFFICIENT_DATA' | 'unknown';
  /** Whether it sends anything when it goes off. */
  readonly isArmed: boolean;
  readonly why: string;
}

export interface LogEntry {
  readonly at: Instant;
  readonly body: unknown;
}
