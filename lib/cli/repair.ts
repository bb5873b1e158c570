/** `vpn-medic repair INSTANCE --step STEP`: one repair step now, within every limit but the pace between steps. */

import { REPAIR_STEPS, type RepairStep } from '../core/repairTags.ts';
import { describeMs, toIso } from '../core/time.ts';
import { withAttempts } from '../repairs/act.ts';
import { planRepairs } from '../repairs/plan.ts';
import { REPAIR_RULES } from '../repairs/rules.ts';
import {
  openRepairStateStore,
  type RepairState,
  type RepairStateStore,
  repairsWrite,
} from '../repairs/state.ts';
import type { DueRepair, HeldRepair } from '../repairs/types/plan.ts';
import {
  BOOT_GRACE_MS,
  firstPhaseOf,
  judgedAtOf,
  openLadderOf,
  type RepairResult,
} from '../repairs/types.ts';
import type { AwsClients } from './awsClients.ts';
import { homeRegion, openObserverSetup } from './observer.ts';
import {
  type ChangeOptions,
  carryOutIfAgreed,
  type OperatorRequest,
  openOperatorRequest,
  report,
} from './operatorRequest.ts';
import { type Block, line } from './output/textBlocks.ts';
import { type Observation, observeOnce, PASS_POLICY } from './pass.ts';
import { findTarget } from './pin/subject.ts';
import {
  CANNOT_TELL,
  type ExitCode,
  NEEDS_A_PERSON,
  type Terminal,
  Unable,
  WELL,
} from './terminal.ts';

export interface RepairOptions extends ChangeOptions {
  readonly step: string;
  readonly dryRun?: boolean;
  readonly function?: string;
}

const signal = () => AbortSignal.timeout(ASK_MS_MAX);
const ASK_MS_MAX = 20_000;
/** The repair function has 75 s, and some to start. */
const RESULT_MS_MAX = 90_000;

/** @throws {Unable} for a machine or a step that its tags do not allow, and when the table or the function cannot be used. */
export async function repair(
  word: string,
  options: RepairOptions,
  terminal: Terminal,
  clients: AwsClients,
): Promise<ExitCode> {
  const step = stepNamed(options.step);
  const request = await openOperatorRequest(options, terminal, clients);
  const functionName = options.function || request.repairFunction;
  if (functionName === null && options.dryRun !== true) {
    throw new Unable(
      'repairs are run by the deployed repair function: add --stage STAGE or --function NAME, or set VPN_MEDIC_REPAIR_FUNCTION',
    );
  }
  const setup = await openObserverSetup({ ...options, probes: true }, terminal, clients);
  const observation = await observeOnce(setup, AbortSignal.timeout(120_000));
  const stateStore = openRepairStateStore(request.store, terminal.clock, request.region);
  const due = dueOf(word, step, observation);
  const reading = await stateStore.read([due.instanceId], signal());
  if (!reading.known) throw new Unable(`the repair state cannot be read: ${reading.why}`);
  const repairState = reading.value;
  refuseWhileBusy(due, repairState, terminal.clock.now());
  const held = heldBy(due, observation, repairState, terminal.clock.now());
  const fields = { instance: due.instanceId, step, held: held === null ? null : held.brake };
  if (held !== null || options.dryRun === true) {
    const exit = report(
      request,
      options,
      { ...fields, isAsked: false },
      held === null ? wouldDo(due, step) : holds(held),
    );
    return held === null ? exit : NEEDS_A_PERSON;
  }
  const { attempts, ladders } = withAttempts(repairState.ladders, [due], terminal.clock.now());
  const attemptId = attempts[0]?.attempt.id ?? '';
  const exit = await carryOutIfAgreed(
    request,
    {
      command: 'repair',
      subject: due.instanceId,
      what: `${step} of ${due.name}`,
      says: wouldDo(due, step),
      question: `${step} of ${due.name}?`,
      write: () => [repairsWrite(request.region, { ...repairState, ladders })],
      done: [line(`Recorded as ${attemptId}.`)],
      report: { ...fields, isAsked: true, attempt: attemptId },
    },
    options,
  );
  if (exit === 'declined') return CANNOT_TELL;
  const port = await clients.repairs(homeRegion(terminal.env, request.region), functionName ?? '');
  const { region } = request;
  const { instanceId, phase } = due;
  const order = { version: 1, region, instanceId, attemptId, phase } as const;
  const answer = await port.start(order, signal());
  if (answer.kind === 'refused') throw new Unable(`it could not be started: ${answer.why}`);
  if (options.json === true) return exit;
  const result = await waitForResult(request, stateStore, due, attemptId);
  return result === WELL ? exit : result;
}

function stepNamed(text: string): RepairStep {
  const step = REPAIR_STEPS.find((one) => one === text);
  if (step !== undefined) return step;
  throw new Unable(`--step ${text}: no such step; steps: ${REPAIR_STEPS.join(', ')}`);
}

function dueOf(word: string, step: RepairStep, { world, assessment }: Observation): DueRepair {
  const appliance = findTarget(world.topology, word, world.region);
  const { instanceId, name, group, vpcId, zone, repair: candidate } = appliance;
  if (candidate?.steps.includes(step) !== true) {
    throw new Unable(
      `the tags of ${name} do not allow ${step}: add it to vpn-medic:repair${step === 'restart-service' ? ', with vpn-medic:service' : ''}`,
    );
  }
  const verdict = assessment.verdicts.get(instanceId);
  const isDown = verdict?.kind === 'down';
  return {
    instanceId,
    name,
    group,
    vpcId,
    zone,
    phase: firstPhaseOf(step),
    // The pace between steps is for automatic repairs; a person may try again.
    isNewLadder: false,
    allowed: candidate.steps,
    isEc2Confirmed: isDown && verdict.isEc2Confirmed,
    since: isDown ? verdict.since : world.at,
    because: isDown
      ? `${name} is down: ${verdict.why}`
      : `${name} is not down; requested by a person`,
  };
}

function refuseWhileBusy({ instanceId, name }: DueRepair, { ladders }: RepairState, now: number) {
  const last = openLadderOf(ladders, instanceId)?.attempts.at(-1);
  const isBusy = last !== undefined && last.result?.kind !== 'failed' && now < judgedAtOf(last);
  if (!isBusy) return;
  throw new Unable(
    `${name} is being repaired (${last.phase}): it is judged at ${toIso(judgedAtOf(last))}, and at most ${describeMs(BOOT_GRACE_MS)} after each step`,
  );
}

/** The lease does not apply to a person's request. */
const RULES = REPAIR_RULES.filter(({ brake }) => brake !== 'lease');

function heldBy(
  due: DueRepair,
  { world, assessment: { verdicts, findings } }: Observation,
  { ladders, windows, pause }: RepairState,
  now: number,
): HeldRepair | null {
  const policy = { ...PASS_POLICY, mode: 'act' } as const;
  const scene = { world, verdicts, findings, ladders, windows, pause, policy, now };
  return planRepairs([due], scene, RULES).held[0] ?? null;
}

const wouldDo = ({ name, instanceId, because }: DueRepair, step: RepairStep): readonly Block[] => [
  line(`${step} of ${name} (${instanceId}); ${because}.`),
];

const holds = ({ due, rule, brake, because, until }: HeldRepair): readonly Block[] => [
  line(
    `${due.name} (${due.instanceId}) is not repaired: ${brake} (${rule}): ${because}${until === null ? '' : `; until ${toIso(until)}`}.`,
  ),
];

async function waitForResult(
  { terminal }: OperatorRequest,
  stateStore: RepairStateStore,
  { instanceId }: DueRepair,
  attemptId: string,
): Promise<ExitCode> {
  const { clock } = terminal;
  const untilMs = clock.monotonicMs() + RESULT_MS_MAX;
  while (clock.monotonicMs() < untilMs) {
    await clock.sleep(1_000);
    const reading = await stateStore.read([instanceId], signal());
    const attempts = reading.known
      ? [...reading.value.ladders.values()].flat().flatMap((one) => one.attempts)
      : [];
    const result = attempts.find(({ id }) => id === attemptId)?.result;
    if (result != null) return tell(terminal, result);
  }
  terminal.out('No result from the repair function yet; a notification will have it.\n');
  return CANNOT_TELL;
}

function tell(terminal: Terminal, { kind, why, evidence, diagnosis }: RepairResult): ExitCode {
  terminal.out([`${kind}: ${why}`, ...evidence, ...diagnosis, ''].join('\n'));
  return kind === 'done' ? WELL : NEEDS_A_PERSON;
}
