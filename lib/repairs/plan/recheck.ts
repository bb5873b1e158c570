/** The recheck right before a repair (S6): everything that a fresh read must still allow. Pure. */

import type { ScheduledEvent } from '../../appliances/types/inventory.ts';
import type { Appliance, Topology } from '../../appliances/types/topology.ts';
import type { Gap } from '../../appliances/types/world.ts';
import type { Reading } from '../../core/reading.ts';
import { counted } from '../../core/text.ts';
import { type Instant, toIso } from '../../core/time.ts';
import { isHeavy } from '../rules.ts';
import type { KeyFact, MachineObservation } from '../types/machine.ts';
import { IN_SERVICE, type ScalingGroup } from '../types/scaling.ts';
import { BOOT_GRACE_MS, type RepairPhase, stepOf } from '../types.ts';

export type Objection =
  | { readonly kind: 'held'; readonly why: string; readonly until: Instant | null }
  | { readonly kind: 'refused'; readonly why: string };

export interface LastLook {
  readonly phase: RepairPhase;
  readonly instanceId: string;
  readonly topology: Topology;
  readonly gaps: readonly Gap[];
  readonly machine: MachineObservation;
  readonly events: readonly ScheduledEvent[];
  /** Its auto scaling group; null: it is in none, or not asked about. */
  readonly scaling: Reading<ScalingGroup> | null;
  readonly mode: 'act' | 'observe';
  /** When this ladder first asked EC2 to start it; null: it did not. */
  readonly firstStartAt: Instant | null;
  /** ARNs of KMS keys that the role may grant to EC2; one that ends in `*` stands for all that begin so. */
  readonly kmsKeyArns: readonly string[];
  /** What KMS says of the keys of its encrypted volumes, by ARN; read before a stop only. */
  readonly keys: ReadonlyMap<string, Reading<KeyFact>>;
  readonly now: Instant;
}

/** Null: allowed. `held` may be tried again; `refused` would be refused again. */
export function objectionTo(look: LastLook): Objection | null {
  for (const check of CHECKS) {
    const objection = check(look);
    if (objection !== null) return objection;
  }
  return null;
}

type Check = (look: LastLook) => Objection | null;

const held = (why: string, until: Instant | null = null): Objection => ({
  kind: 'held',
  why,
  until,
});
const refused = (why: string): Objection => ({ kind: 'refused', why });

const applianceOf = ({ topology, instanceId }: LastLook): Appliance | undefined =>
  topology.appliances.find((one) => one.instanceId === instanceId);

const onlyObserves: Check = ({ mode }) =>
  mode === 'observe' ? held('this deployment only observes (VPN_MEDIC_MODE=observe)') : null;

const observationIsPartial: Check = (look) => {
  const zone = applianceOf(look)?.zone;
  const gap = look.gaps.find((one) => one.zone === null || one.zone === zone);
  return gap === undefined ? null : held(`${gap.what} cannot be read: ${gap.why}`);
};

/** What was stopped under the tag is started without it, too. */
const isAllowed: Check = (look) => {
  if (look.phase === 'start') return null;
  const steps = applianceOf(look)?.repair?.steps ?? [];
  return steps.includes(stepOf(look.phase))
    ? null
    : refused(`its tag vpn-medic:repair does not allow ${stepOf(look.phase)} now`);
};

const STATES = {
  restart: ['running'],
  reboot: ['running'],
  stop: ['running'],
  'force-stop': ['running', 'stopping'],
  start: ['stopped'],
  replace: ['running'],
} as const satisfies Record<RepairPhase, readonly MachineObservation['state'][]>;

const isInState: Check = ({ phase, machine }) => {
  const states: readonly MachineObservation['state'][] = STATES[phase];
  return states.includes(machine.state) ? null : held(`EC2 says ${machine.state}`);
};

const carriesNothing: Check = ({ phase, topology, instanceId }) => {
  if (phase === 'start') return null;
  const route = topology.routes.find((one) => isHeavy(one, instanceId));
  return route === undefined ? null : held(`${route.key} still leads through it`);
};

const hasBooted: Check = ({ phase, machine: { launchedAt }, now }) => {
  if (phase === 'start' || phase === 'force-stop' || launchedAt === null) return null;
  return now - launchedAt >= BOOT_GRACE_MS
    ? null
    : held(
        `it was started at ${toIso(launchedAt)} and may still be booting`,
        launchedAt + BOOT_GRACE_MS,
      );
};

const losesNothing: Check = ({ phase, machine }) => {
  if (phase !== 'stop' && phase !== 'force-stop') return null;
  if (machine.hasInstanceStore) return refused('a stop would empty its instance store');
  if (machine.fleetingPublicIp !== null) {
    return refused(
      `a stop would lose its public address ${machine.fleetingPublicIp}, which is no Elastic one`,
    );
  }
  return machine.isStopProtected ? refused('it is protected against being stopped') : null;
};

/**
 * EC2 attaches an encrypted volume at a start with a grant of the principal that starts it: without one the machine stays stopped. AWS's
 * own key for volumes gives that grant to every principal of its account that may use EBS.
 * @see https://docs.aws.amazon.com/kms/latest/developerguide/services-ebs.html (read 2026-11-29)
 */
const comesBack: Check = ({ phase, machine: { encryptedVolumes }, kmsKeyArns, keys }) => {
  if (phase !== 'stop' && phase !== 'force-stop') return null;
  for (const { volumeId, kmsKeyArn } of encryptedVolumes) {
    const fact = keys.get(kmsKeyArn);
    const key = kmsKeyArn === '' ? 'a KMS key that EC2 does not name' : `the KMS key ${kmsKeyArn}`;
    const where = `it might not start again: its volume ${volumeId} is encrypted with ${key}`;
    if (fact?.known && !USABLE.has(fact.value.state)) {
      return refused(`${where}, which KMS calls ${fact.value.state}`);
    }
    const isListed = kmsKeyArns.some((one) => isNamedBy(one, kmsKeyArn));
    if (isListed || (fact?.known && fact.value.isAwsManaged)) continue;
    return refused(
      `${where}, which the repair role may not use; add the key's ARN to the parameter repairKmsKeyArns and let the key's policy allow it`,
    );
  }
  return null;
};

const USABLE: ReadonlySet<string> = new Set(['Enabled', 'Updating']);

const isNamedBy = (pattern: string, arn: string): boolean =>
  arn !== '' && (pattern.endsWith('*') ? arn.startsWith(pattern.slice(0, -1)) : arn === pattern);

/** A group takes an instance that is not running for unhealthy, and ends it. */
const isKeptByItsGroup: Check = ({ phase, instanceId, scaling }) => {
  if (phase !== 'stop' || scaling === null) return null;
  if (!scaling.known) return held(`its auto scaling group cannot be read: ${scaling.why}`);
  const { name, suspended, members } = scaling.value;
  const own = members.find((one) => one.instanceId === instanceId);
  const isSpared = suspended.some((one) => ENDING_PROCESSES.has(one));
  return own === undefined || own.lifecycle === 'Standby' || isSpared
    ? null
    : refused(
        `its auto scaling group ${name} would end it once it is stopped: allow the step replace instead, or suspend the process ReplaceUnhealthy of ${name}`,
      );
};

/** Without any of them a group ends no unhealthy instance. */
const ENDING_PROCESSES: ReadonlySet<string> = new Set([
  'HealthCheck',
  'ReplaceUnhealthy',
  'Terminate',
]);

/** Auto Scaling ends it at once, and only then launches another: as many as it needs must be there without it. */
const capacityAllows: Check = ({ phase, instanceId, scaling }) => {
  if (phase !== 'replace') return null;
  if (scaling === null) return refused('it is in no auto scaling group that could replace it');
  if (!scaling.known) return held(`its auto scaling group cannot be read: ${scaling.why}`);
  const { name, minSize, desiredCapacity, suspended, members } = scaling.value;
  const own = members.find((one) => one.instanceId === instanceId);
  if (own === undefined) return refused(`the auto scaling group ${name} does not have it`);
  const missing = suspended.find((one) => NEEDED_PROCESSES.has(one));
  if (missing !== undefined) return refused(`the process ${missing} of ${name} is suspended`);
  if (own.lifecycle !== IN_SERVICE) return held(`${name} calls it ${own.lifecycle}`);
  if (!own.isHealthy) return held(`${name} is about to replace it`);
  const others = members.filter((one) => one !== own);
  const changing = others.filter((one) => one.lifecycle !== IN_SERVICE || !one.isHealthy);
  if (changing.length > 0) {
    return held(`${counted(changing.length, 'other')} of ${name} not in service, or unhealthy`);
  }
  if (others.length < minSize - 1) {
    return held(`${name} has ${others.length} others in service, and needs ${minSize} in all`);
  }
  return others.length < desiredCapacity
    ? null
    : refused(`${name} wants ${desiredCapacity} and has them without it: nothing would replace it`);
};

/** @see https://docs.aws.amazon.com/autoscaling/ec2/userguide/as-suspend-resume-processes.html (read 2026-11-29) */
const NEEDED_PROCESSES: ReadonlySet<string> = new Set(['Launch', 'Terminate', 'ReplaceUnhealthy']);

/** A person, or the machine itself, stopped what a repair had started: it stays so. A start that EC2 gave up is tried again. */
const isOursToStart: Check = ({ phase, machine: { launchedAt, stateCode }, firstStartAt }) => {
  if (phase !== 'start' || firstStartAt === null || launchedAt === null) return null;
  // EC2's launch time is in whole seconds.
  const hasStarted = launchedAt > firstStartAt - 1_000;
  return hasStarted && STOPPED_ON_PURPOSE.test(stateCode)
    ? refused(`it was started at ${toIso(launchedAt)} and then stopped by others (${stateCode})`)
    : null;
};

/** @see https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_StateReason.html (read 2026-11-28) */
export const STOPPED_ON_PURPOSE =
  /^(?:Client\.(?:UserInitiated|InstanceInitiated)\w+|Server\.ScheduledStop)$/;

/** AWS itself is about to restart it, or does so now: nothing is done beside that. A retirement is what a stop-start cures. */
const awsIsNotAtIt: Check = ({ phase, events, now }) => {
  if (phase === 'start' || phase === 'restart') return null;
  const near = events.find(
    ({ code, notBefore }) =>
      /^(instance-reboot|system-reboot|system-maintenance)$/.test(code) &&
      (notBefore === null || notBefore - now < EVENT_NEAR_MS),
  );
  if (near === undefined) return null;
  const at = near.notBefore ?? now;
  return held(`AWS has scheduled ${near.code} for ${toIso(at)}`, Math.max(at, now) + BOOT_GRACE_MS);
};

const EVENT_NEAR_MS = 900_000;

const CHECKS: readonly Check[] = [
  onlyObserves,
  observationIsPartial,
  isAllowed,
  isInState,
  carriesNothing,
  awsIsNotAtIt,
  losesNothing,
  comesBack,
  isKeptByItsGroup,
  capacityAllows,
  isOursToStart,
  hasBooted,
];
