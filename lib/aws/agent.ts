/** The agent of Systems Manager on an instance: how it is, and our two documents run by it. */
import { fromEnv } from '@aws-sdk/credential-provider-env';
import * as v from 'valibot';
import { parseJson } from '../core/json.ts';
import { known, type Reading } from '../core/reading.ts';
import { lastLines, safeLine } from '../core/safeLine.ts';
import { regionalAddress } from '../core/serviceAddress.ts';
import type { Clock } from '../core/time.ts';
import { answerOf, lookOf, serviceOf } from '../repairs/agent/output.ts';
import type {
  AgentAnswer,
  AgentObservation,
  AgentRun,
  InstanceControlPort,
} from '../repairs/ports.ts';
import { type CallContext, type CallResult, call, reading, Unreadable } from './call.ts';
import { type Fault, tellFault } from './errors.ts';
import { type CredentialSource, signedPost } from './signedPost.ts';

export interface AgentSettings {
  /** Where the instances are. */
  readonly region: string;
  /** Where the documents are: a command takes those of its own region only. */
  readonly homeRegion: string;
  /** Null: there are none. */
  readonly documents: string | null;
  /** Null: that of AWS. */
  readonly systemsManagerUrl: string | null;
  readonly clock: Clock;
  readonly credentials?: CredentialSource;
}

type Ask = (action: string, input: object, signal: AbortSignal) => Promise<CallResult<unknown>>;

export function agentPort(
  settings: AgentSettings,
): Pick<InstanceControlPort, 'agent' | 'restartByAgent' | 'lookByAgent'> {
  const { region, homeRegion, documents, systemsManagerUrl, clock } = settings;
  const { credentials = fromEnv() } = settings;
  const context: CallContext = { service: 'ssm', clock };
  const url = new URL('/', systemsManagerUrl ?? regionalAddress('ssm', region));
  const ask: Ask = (action, input, signal) =>
    call(context, action, signal, async () => {
      const body = JSON.stringify(input);
      const contentType = 'application/x-amz-json-1.1';
      const target = `AmazonSSM.${action}`;
      const post = { url, service: 'ssm', region, contentType, target, body };
      return parseJson(await signedPost(post, credentials, clock.now(), signal));
    });
  return {
    agent: async (instanceId, signal) => {
      if (documents === null || region !== homeRegion) {
        const where = documents === null ? 'this deployment has none' : `they are in ${homeRegion}`;
        const why = `the documents of repairs are missing here: ${where}`;
        return known(offline(false, why), clock.now());
      }
      return observe(context, ask, instanceId, signal);
    },
    restartByAgent: (run, signal) => restart(ask, clock, documents ?? '', run, signal),
    lookByAgent: (run, signal) => look(ask, clock, documents ?? '', run, signal),
  };
}

const offline = (isManaged: boolean, why: string): AgentObservation => ({
  kind: 'offline',
  isManaged,
  why,
});

/** @see https://docs.aws.amazon.com/systems-manager/latest/APIReference/API_InstanceInformation.html (read 2026-11-29) */
const Information = v.object({
  InstanceInformationList: v.array(
    v.object({
      InstanceId: v.string(),
      PingStatus: v.string(),
      PlatformType: v.optional(v.string(), ''),
    }),
  ),
});

const PLATFORMS: ReadonlyMap<string, AgentRun['platform']> = new Map([
  ['Linux', 'linux'],
  ['Windows', 'windows'],
]);

/** A denial is an answer: this hand is none. Any other fault leaves it unknown. */
const observe = (
  context: CallContext,
  ask: Ask,
  instanceId: string,
  signal: AbortSignal,
): Promise<Reading<AgentObservation>> =>
  reading(
    context,
    'DescribeInstanceInformation',
    async (): Promise<CallResult<AgentObservation>> => {
      const Filters = [{ Key: 'InstanceIds', Values: [instanceId] }];
      const answer = await ask('DescribeInstanceInformation', { Filters }, signal);
      if (!answer.ok && answer.fault.kind === 'denied') {
        const why = tellFault(answer.fault, 'ssm:DescribeInstanceInformation');
        return { ok: true, value: offline(false, why) };
      }
      if (!answer.ok) return answer;
      const parsed = v.safeParse(Information, answer.value);
      if (!parsed.success) throw new Unreadable('it lists no instances');
      const [one] = parsed.output.InstanceInformationList.filter(
        ({ InstanceId }) => InstanceId === instanceId,
      );
      if (one === undefined) {
        return { ok: true, value: offline(false, 'Systems Manager does not manage it') };
      }
      const platform = PLATFORMS.get(one.PlatformType);
      if (platform === undefined) {
        return {
          ok: true,
          value: offline(true, `its platform is ${safeLine(one.PlatformType, 20)}`),
        };
      }
      return one.PingStatus === 'Online'
        ? { ok: true, value: { kind: 'online', platform } }
        : { ok: true, value: offline(true, `its agent is ${safeLine(one.PingStatus, 20)}`) };
    },
  );

/** The least that SendCommand takes: a command that no agent has begun by then never runs. */
const DELIVERY_S = 30;
const POLL_MS = 1_500;
/** Longer than the document's own limit and a delivery in good time. */
const RESTART_MS = 50_000;
/** A look takes 9 s at most; one that is late delays the repair that it is for. */
const LOOK_MS = 15_000;

const Sent = v.object({ Command: v.object({ CommandId: v.string() }) });

/** Never falls back to another hand. */
async function restart(
  ask: Ask,
  clock: Clock,
  documents: string,
  run: AgentRun,
  signal: AbortSignal,
): Promise<AgentAnswer> {
  const read = (value: unknown) => invocationAnswer(value, run);
  const ran = await command(ask, clock, documents, run, { work: 'restart', read }, signal);
  switch (ran.kind) {
    case 'ended':
      return ran.value;
    case 'unsent':
      return unsent(ran.fault, run);
    case 'unended':
      return asked(run, ran.why);
    default:
      return ran satisfies never;
  }
}

async function look(
  ask: Ask,
  clock: Clock,
  documents: string,
  run: AgentRun,
  signal: AbortSignal,
): Promise<string> {
  const ran = await command(ask, clock, documents, run, { work: 'look', read: endedOf }, signal);
  switch (ran.kind) {
    case 'ended':
      return (
        lookOf(ran.value.StandardOutputContent.slice(0, OUTPUT_CHARS_MAX), run) ??
        `unknown (Systems Manager: ${saidOf(ran.value)})`
      );
    case 'unsent':
      return `unknown (${tellFault(ran.fault, 'ssm:SendCommand')})`;
    case 'unended':
      return `unknown (no result of its agent: ${ran.why})`;
    default:
      return ran satisfies never;
  }
}

type Ran<T> =
  | { readonly kind: 'ended'; readonly value: T }
  | { readonly kind: 'unsent'; readonly fault: Fault }
  /** It may have been sent, and may still run. */
  | { readonly kind: 'unended'; readonly why: string };

/** One attempt to send: it may not run twice because an answer was lost. `read`: null while it goes on. */
async function command<T>(
  ask: Ask,
  clock: Clock,
  documents: string,
  run: AgentRun,
  {
    work,
    read,
  }: { readonly work: 'restart' | 'look'; readonly read: (value: unknown) => T | null },
  signal: AbortSignal,
): Promise<Ran<T>> {
  const { instanceId, platform, peer } = run;
  const input = {
    DocumentName: `${documents}-${platform}`,
    InstanceIds: [instanceId],
    Parameters: { service: [serviceOf(run)], peer: [peer ?? 'none'], work: [work] },
    TimeoutSeconds: DELIVERY_S,
    Comment: work === 'restart' ? 'vpn-medic: restart-service' : 'vpn-medic: diagnosis',
  };
  const untilMs = clock.monotonicMs() + (work === 'restart' ? RESTART_MS : LOOK_MS);
  const sent = await ask('SendCommand', input, signal);
  if (!sent.ok) return { kind: 'unsent', fault: sent.fault };
  const parsed = v.safeParse(Sent, sent.value);
  if (!parsed.success) return { kind: 'unended', why: 'its answer names no command' };
  const { CommandId } = parsed.output.Command;
  let why = 'it has not ended';
  while (clock.monotonicMs() < untilMs && !signal.aborted) {
    await clock.sleep(POLL_MS, signal);
    const answer = await ask('GetCommandInvocation', { CommandId, InstanceId: instanceId }, signal);
    if (!answer.ok) {
      why = tellFault(answer.fault, 'ssm:GetCommandInvocation');
      continue;
    }
    const value = read(answer.value);
    if (value !== null) return { kind: 'ended', value };
    why = 'it has not ended';
  }
  return { kind: 'unended', why };
}

const asked = (run: AgentRun, why: string): AgentAnswer => ({
  kind: 'done',
  why: `the restart of ${serviceOf(run)} was asked of its agent, and its result is not known: ${why}`,
  evidence: [],
});

function unsent(fault: Fault, run: AgentRun): AgentAnswer {
  const fix = `the role may run the repair documents on instances tagged vpn-medic:repair`;
  const why = tellFault(fault, 'ssm:SendCommand', fix);
  switch (fault.kind) {
    case 'lost':
    case 'aborted':
      return asked(run, why);
    case 'throttled':
      return { kind: 'held', why, evidence: [] };
    case 'denied':
    case 'unidentified':
    case 'refused':
      // Its agent has gone since it was looked for: the next try uses the other hand.
      return { kind: fault.code === 'InvalidInstanceId' ? 'held' : 'failed', why, evidence: [] };
    default:
      return fault.kind satisfies never;
  }
}

/** @see https://docs.aws.amazon.com/systems-manager/latest/APIReference/API_GetCommandInvocation.html (read 2026-11-29) */
const Invocation = v.object({
  Status: v.string(),
  StatusDetails: v.optional(v.string(), ''),
  StandardOutputContent: v.optional(v.string(), ''),
  StandardErrorContent: v.optional(v.string(), ''),
});

const UNENDED: ReadonlySet<string> = new Set(['Pending', 'InProgress', 'Delayed', 'Cancelling']);

type Ended = v.InferOutput<typeof Invocation>;

/** Null: it goes on. */
function endedOf(value: unknown): Ended | null {
  const parsed = v.safeParse(Invocation, value);
  return !parsed.success || UNENDED.has(parsed.output.Status) ? null : parsed.output;
}

function invocationAnswer(value: unknown, run: AgentRun): AgentAnswer | null {
  const ended = endedOf(value);
  if (ended === null) return null;
  const answer = answerOf(ended.StandardOutputContent.slice(0, OUTPUT_CHARS_MAX), run);
  if (answer !== null) return answer;
  const details = detailsOf(ended);
  if (details === 'TimedOut' || details === 'ExecutionTimedOut') {
    return asked(run, 'the document did not end within its time');
  }
  const why = `Systems Manager could not restart ${serviceOf(run)}: ${saidOf(ended)}`;
  return { kind: 'failed', why, evidence: [] };
}

const detailsOf = ({ Status, StatusDetails }: Ended): string =>
  StatusDetails.replaceAll(' ', '') || Status;

function saidOf(ended: Ended): string {
  const [said] = lastLines(ended.StandardErrorContent.slice(0, OUTPUT_CHARS_MAX), 1);
  return `${safeLine(detailsOf(ended), 40)}${said === undefined ? '' : `, ${said}`}`;
}

/** AWS keeps 24,000 characters of a step's output. */
const OUTPUT_CHARS_MAX = 24_000;
