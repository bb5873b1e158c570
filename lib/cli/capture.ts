/** `vpn-medic capture`: what AWS answers of a region, read-only, as a capture; once, or again and again while something happens. */
import { randomBytes } from 'node:crypto';
import type { CallHook } from '../aws/client.ts';
import { openAnonymiser } from '../capture/anonymise.ts';
import { type Instant, toIso } from '../core/time.ts';
import type { AwsClients } from './awsClients.ts';
import { openChanges } from './capture/changes.ts';
import { type CaptureSink, openSink } from './capture/file.ts';
import { type CrlBuckets, crlBucketsOf, readObjects } from './capture/objects.ts';
import { noPassMemory, readPass } from './capture/pass.ts';
import { openRecorder, type Recorder } from './capture/recorder.ts';
import { parseDuration } from './duration.ts';
import { openObserverSetup, type PassOptions } from './observer.ts';
import { harmless } from './output/safeText.ts';
import { CANNOT_TELL, type ExitCode, type Terminal, Unable, WELL } from './terminal.ts';

export interface CaptureOptions
  extends Pick<PassOptions, 'region' | 'probes' | 'stage' | 'vantages'> {
  readonly anonymise?: boolean;
  /** `60s`: again and again; only what changed is written. */
  readonly every?: string;
  readonly for?: string;
  /** A new file; left out: standard output. */
  readonly out?: string;
  /** `INBOX,PUBLIC`: the CRL publisher's buckets, whose files are read too. */
  readonly crlBuckets?: string;
}

const PASS_MS_MAX = 120_000;
/** A replay of one look runs so long: what is wrong is detected and notified by then. */
const PLAYED_MS = 15 * 60_000;
const MINUTE_MS = 60_000;
const DAY_MS = 24 * 60 * MINUTE_MS;
const NOBODY = '000000000000';

/**
 * `clientsWith`: the AWS clients, all of whose reads go through the hook.
 * @throws {Unable} for options that do not fit, and a file that exists.
 */
export async function capture(
  options: CaptureOptions,
  terminal: Terminal,
  clientsWith: (onCall: CallHook) => AwsClients,
  version: string,
): Promise<ExitCode> {
  const timing = timingOf(options);
  const buckets = bucketsOf(options);
  const { clock } = terminal;
  let recorder = openRecorder(clock.now());
  const clients = clientsWith((call, send) => recorder.onCall(call, send));
  const recorded: AwsClients = {
    ...clients,
    endpointReachability: async () => {
      const port = await clients.endpointReachability();
      return { send: (...probe) => recorder.endpointProbes(port).send(...probe) };
    },
  };
  const opened = await openObserverSetup(setupOptions(options), terminal, recorded);
  const { probes } = opened;
  const setup = {
    ...opened,
    // State is no part of a capture.
    store: null,
    probes: {
      vantages: probes.vantages,
      send: (...round: Parameters<typeof probes.send>) => recorder.probes(probes).send(...round),
    },
  };
  const { region } = setup;
  const caller = await (await recorded.identity(region)).caller(AbortSignal.timeout(PASS_MS_MAX));
  const account = caller.known ? caller.value.accountId : NOBODY;
  const shown =
    options.anonymise === true ? openAnonymiser(account, randomBytes(KEY_BYTES)) : asItIs;
  const sink = openSink(options.out, terminal);
  const stop = new AbortController();
  if (timing !== null) terminal.onInterrupt?.(() => stop.abort());
  sink.line(shown({ vpnMedicCapture: 1, account, region, medicVersion: version }));
  const write = writerOf(sink, shown);
  const endsAt = clock.now() + (timing?.forMs ?? 0);
  let memory = noPassMemory;
  let answerCount = 0;
  let at = clock.now();
  for (;;) {
    at = clock.now();
    recorder = openRecorder(at);
    const signal = AbortSignal.any([AbortSignal.timeout(PASS_MS_MAX), stop.signal]);
    const pass = {
      setup,
      clients: recorded,
      recorder,
      onRead: progressOf(recorder, region, terminal),
    };
    memory = await readPass(pass, memory, signal);
    if (buckets !== null) {
      const read = await readObjects(clients, setup.homeRegion, buckets, signal);
      if (read.kind === 'read') {
        for (const { bucket, key, bytes } of read.objects) recorder.object(bucket, key, bytes);
        pass.onRead('CRL buckets');
      } else terminal.err(`vpn-medic: the CRL buckets are left out: ${harmless(read.why)}\n`);
    }
    // What was cut off by the operator says nothing about the account.
    if (stop.signal.aborted) break;
    answerCount += recorder.counts.answers;
    const count = write(recorder);
    if (timing === null) break;
    const { refusals } = recorder.counts;
    const what = `${count} lines written, ${refusals} answers refused; Ctrl-C ends it`;
    terminal.err(`vpn-medic: ${region}: ${toIso(at)}: ${what}\n`);
    const nextAt = at + timing.everyMs;
    if (nextAt > endsAt) break;
    await clock.sleep(Math.max(0, nextAt - clock.now()), stop.signal);
    if (stop.signal.aborted) break;
  }
  sink.line(endOf(timing === null ? at + PLAYED_MS : Math.max(clock.now(), at + MINUTE_MS)));
  sink.close();
  return answerCount === 0 ? CANNOT_TELL : WELL;
}

const KEY_BYTES = 32;
const asItIs = <T extends object>(line: T): T => line;

/** A table that is named keeps the stack from being asked, which only `--vantages` needs. */
const setupOptions = (options: CaptureOptions): PassOptions =>
  options.vantages === true ? options : { ...options, stateTable: 'none' };

/** @throws {Unable} beside `--anonymise`. */
function bucketsOf({ crlBuckets, anonymise }: CaptureOptions): CrlBuckets | null {
  if (crlBuckets === undefined) return null;
  if (anonymise === true) {
    throw new Unable(
      '--crl-buckets and --anonymise exclude each other: a signed list names its authority',
    );
  }
  return crlBucketsOf(crlBuckets);
}

interface Timing {
  readonly everyMs: number;
  readonly forMs: number;
}

/** Null: one look. */
function timingOf({ every, for: length }: CaptureOptions): Timing | null {
  if (every === undefined) {
    if (length === undefined) return null;
    throw new Unable('--for says how long --every goes on: add --every 60s');
  }
  return {
    everyMs: parseDuration(every, DAY_MS, '--every'),
    forMs: parseDuration(length ?? '30m', DAY_MS),
  };
}

const progressOf =
  (recorder: Recorder, region: string, terminal: Terminal) =>
  (what: string): void => {
    const { answers, refusals } = recorder.counts;
    terminal.err(`vpn-medic: ${region}: ${what} read; ${answers} answers, ${refusals} refused\n`);
  };

/** Writes what a pass found new, and returns how many lines that were. */
function writerOf(sink: CaptureSink, shown: (line: object) => object): (pass: Recorder) => number {
  const isNew = openChanges();
  return (pass) => {
    const fresh = pass.lines().filter(isNew);
    for (const one of fresh) sink.line(shown(one));
    return fresh.length;
  };
}

const endOf = (at: Instant): object => ({
  at: toIso(at),
  service: 'medic',
  operation: 'End',
  input: {},
  output: {},
});
