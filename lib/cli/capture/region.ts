/** One region while it is captured: its clients, whose reads are recorded, and what the looks so far have written. */
import type { CallHook } from '../../aws/client.ts';
import type { Caller } from '../../core/identityPort.ts';
import type { Reading } from '../../core/reading.ts';
import type { AwsClients } from '../awsClients.ts';
import { openObserverSetup, type PassOptions } from '../observer.ts';
import { harmless } from '../output/safeText.ts';
import type { Terminal } from '../terminal.ts';
import { openChanges } from './changes.ts';
import { type CrlBuckets, readObjects } from './objects.ts';
import { noPassMemory, readPass } from './pass.ts';
import { type CaptureLine, type Counts, openRecorder, type Recorder } from './recorder.ts';

/** The AWS clients, all of whose reads go through the hook. */
export type ClientsWith = (onCall: CallHook) => AwsClients;

export interface CapturedRegion {
  readonly region: string;
  caller(signal: AbortSignal): Promise<Reading<Caller>>;
  /** One pass. */
  look(buckets: CrlBuckets | null, stop: AbortSignal): Promise<Look>;
}

interface Look {
  readonly counts: Counts;
  /** What the looks before did not say. */
  readonly fresh: readonly CaptureLine[];
}

/** Of one region. */
export const PASS_MS_MAX = 120_000;

/**
 * `of`: which of how many regions, for the progress.
 * @throws {Unable} for what is no region.
 */
export async function openCapturedRegion(
  options: PassOptions,
  terminal: Terminal,
  clientsWith: ClientsWith,
  of: string,
): Promise<CapturedRegion> {
  const { clock } = terminal;
  let recorder = openRecorder(clock.now());
  let memory = noPassMemory;
  const isNew = openChanges();
  const clients = clientsWith((call, send) => recorder.onCall(call, send));
  const recorded: AwsClients = {
    ...clients,
    endpointReachability: async () => {
      const port = await clients.endpointReachability();
      return { send: (...probe) => recorder.endpointProbes(port).send(...probe) };
    },
  };
  const opened = await openObserverSetup(setupOptions(options), terminal, recorded);
  const { probes, region, homeRegion } = opened;
  const setup = {
    ...opened,
    // State is no part of a capture.
    store: null,
    probes: {
      vantages: probes.vantages,
      send: (...round: Parameters<typeof probes.send>) => recorder.probes(probes).send(...round),
    },
  };
  return {
    region,
    caller: async (signal) => (await recorded.identity(region)).caller(signal),
    async look(buckets, stop) {
      recorder = openRecorder(clock.now());
      const signal = AbortSignal.any([AbortSignal.timeout(PASS_MS_MAX), stop]);
      const onRead = progressOf(recorder, `${region}${of}`, terminal);
      memory = await readPass({ setup, clients: recorded, recorder, onRead }, memory, signal);
      if (buckets !== null) {
        const read = await readObjects(clients, homeRegion, buckets, signal);
        if (read.kind === 'read') {
          for (const { bucket, key, bytes } of read.objects) recorder.object(bucket, key, bytes);
          onRead('CRL buckets');
        } else terminal.err(`vpn-medic: the CRL buckets are left out: ${harmless(read.why)}\n`);
      }
      const { counts } = recorder;
      return { counts, fresh: stop.aborted ? [] : recorder.lines().filter(isNew) };
    },
  };
}

/** A table that is named keeps the stack from being asked, which only `--vantages` needs. */
const setupOptions = (options: PassOptions): PassOptions =>
  options.vantages === true ? options : { ...options, stateTable: 'none' };

const progressOf =
  (recorder: Recorder, where: string, terminal: Terminal) =>
  (what: string): void => {
    const { answers, refusals } = recorder.counts;
    terminal.err(`vpn-medic: ${where}: ${what} read; ${answers} answers, ${refusals} refused\n`);
  };
