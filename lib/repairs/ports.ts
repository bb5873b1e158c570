/** What only the repair function may do to an instance, and what it must know first. Types only. */

import type { Reading } from '../core/reading.ts';
import type { WriteAnswer } from '../core/routeWrite.ts';
import type { KeyFact, MachineObservation } from './types/machine.ts';
import type { ScalingGroup } from './types/scaling.ts';

export interface InstanceControlPort {
  /** Fresh, for a decision that cannot be taken back. */
  machine(instanceId: string, signal: AbortSignal): Promise<Reading<MachineObservation>>;
  /** By ARN. */
  key(kmsKeyArn: string, signal: AbortSignal): Promise<Reading<KeyFact>>;
  /** The console's text, the newest that the instance type allows; empty when it has printed nothing. */
  console(instanceId: string, signal: AbortSignal): Promise<Reading<string>>;
  /** How Systems Manager sees it now. */
  agent(instanceId: string, signal: AbortSignal): Promise<Reading<AgentObservation>>;
  /** Has the agent restart one service, by the document for its platform. */
  restartByAgent(run: AgentRun, signal: AbortSignal): Promise<AgentAnswer>;
  /** Has the agent look at the service, its tunnels and the far side, and change nothing: one line, or why there is none. */
  lookByAgent(run: AgentRun, signal: AbortSignal): Promise<string>;
  /** Logs in with a key made for this session only, and restarts one service. */
  restart(runScript: ScriptRun, signal: AbortSignal): Promise<ScriptAnswer>;
  reboot(instanceId: string, signal: AbortSignal): Promise<WriteAnswer>;
  stop(instanceId: string, isForced: boolean, signal: AbortSignal): Promise<WriteAnswer>;
  start(instanceId: string, signal: AbortSignal): Promise<WriteAnswer>;
  scalingGroup(name: string, signal: AbortSignal): Promise<Reading<ScalingGroup>>;
  /** Sets it unhealthy: its auto scaling group ends it and launches another. Not within the group's grace period. */
  replace(instanceId: string, group: string, signal: AbortSignal): Promise<WriteAnswer>;
}

export type AgentObservation =
  | { readonly kind: 'online'; readonly platform: AgentPlatform }
  /** It cannot be asked for anything now. `isManaged`: Systems Manager knows the instance. */
  | { readonly kind: 'offline'; readonly isManaged: boolean; readonly why: string };

export type AgentPlatform = 'linux' | 'windows';

export interface AgentRun {
  readonly instanceId: string;
  readonly platform: AgentPlatform;
  /** A validated unit, `strongswan.service`; on Windows its suffix is no part of the service's name. */
  readonly unit: string;
  /** An address behind the tunnel, pinged before and after; null: nothing is. */
  readonly peer: string | null;
}

export type AgentAnswer =
  | ScriptAnswer
  /** Nothing was asked of the agent, and may be the next time. */
  | { readonly kind: 'held'; readonly why: string; readonly evidence: readonly string[] };

export interface ScriptRun {
  readonly instanceId: string;
  readonly zone: string;
  /** Tried in this order until one connects. Never empty. */
  readonly addresses: readonly string[];
  readonly sshUser: string;
  /** A validated systemd unit. */
  readonly unit: string;
  /** SHA256 fingerprints of the accepted host keys. Never empty. */
  readonly hostKeys: readonly string[];
}

export type ScriptAnswer = {
  /** One line each, made safe. */
  readonly evidence: readonly string[];
  readonly why: string;
} & (
  | { readonly kind: 'done' }
  | { readonly kind: 'failed' }
  /** The host key was not proven; nothing was sent. */
  | { readonly kind: 'refused' }
);
