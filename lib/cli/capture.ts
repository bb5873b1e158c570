/** `vpn-medic capture`: what AWS answers of one or more regions, read-only, as a capture; once, or again and again while something happens. */
import { randomBytes } from 'node:crypto';
import { openAnonymiser } from '../capture/anonymise.ts';
import { type Instant, toIso } from '../core/time.ts';
import { type CaptureSink, openSink } from './capture/file.ts';
import { type CrlBuckets, crlBucketsOf } from './capture/objects.ts';
import {
  type CapturedRegion,
  type ClientsWith,
  openCapturedRegion,
  PASS_MS_MAX,
} from './capture/region.ts';
import { parseDuration } from './duration.ts';
import type { PassOptions } from './observer.ts';
import { CANNOT_TELL, type ExitCode, type Terminal, Unable, WELL } from './terminal.ts';

export interface CaptureOptions
  extends Pick<PassOptions, 'region' | 'probes' | 'stage' | 'vantages'> {
  readonly anonymise?: boolean;
  /** `60s`: again and again; only what changed is written. */
  readonly every?: string;
  readonly for?: string;
  /** `eu-west-1,us-east-1`: one after the other, into one file. */
  readonly regions?: string;
  /** A new file; left out: standard output. */
  readonly out?: string;
  /** `INBOX,PUBLIC`: the CRL publisher's buckets, whose files are read too. */
  readonly crlBuckets?: string;
}

/** A replay of one look runs so long: what is wrong is detected and notified by then. */
const PLAYED_MS = 15 * 60_000;
const MINUTE_MS = 60_000;
const DAY_MS = 24 * 60 * MINUTE_MS;
const NO_ACCOUNT = '000000000000';

/**
 * `clientsWith`: the AWS clients, all of whose reads go through the hook.
 * @throws {Unable} for options that do not fit, and a file that exists.
 */
export async function capture(
  options: CaptureOptions,
  terminal: Terminal,
  clientsWith: ClientsWith,
  version: string,
): Promise<ExitCode> {
  const timing = timingOf(options);
  const buckets = bucketsOf(options);
  const { clock } = terminal;
  const regions = await openRegions(options, terminal, clientsWith);
  const [home] = regions;
  if (home === undefined) throw new Unable('no region is named');
  const caller = await home.caller(AbortSignal.timeout(PASS_MS_MAX));
  const account = caller.known ? caller.value.accountId : NO_ACCOUNT;
  const shown =
    options.anonymise === true ? openAnonymiser(account, randomBytes(KEY_BYTES)) : asItIs;
  const stop = new AbortController();
  if (timing !== null) terminal.onInterrupt?.(() => stop.abort());
  const sink = openSink(options.out, terminal);
  const write = openWriter(sink, (region) =>
    shown({ vpnMedicCapture: 1, account, region, medicVersion: version }),
  );
  write(home.region, []);
  const endsAt = clock.now() + (timing?.forMs ?? 0);
  let answerCount = 0;
  let at = clock.now();
  for (;;) {
    at = clock.now();
    for (const region of regions) {
      const ofBuckets = region === home ? buckets : null;
      const read = await region.look(ofBuckets, stop.signal);
      // What was cut off by the operator says nothing about the account.
      if (stop.signal.aborted) break;
      answerCount += read.counts.answers;
      write(region.region, read.fresh.map(shown));
      if (timing === null) continue;
      const what = `${read.fresh.length} lines written, ${read.counts.refusals} answers refused; Ctrl-C ends it`;
      terminal.err(`vpn-medic: ${region.region}: ${toIso(clock.now())}: ${what}\n`);
    }
    if (stop.signal.aborted || timing === null) break;
    const nextAt = at + timing.everyMs;
    if (nextAt > endsAt) break;
    await clock.sleep(Math.max(0, nextAt - clock.now()), stop.signal);
    if (stop.signal.aborted) break;
  }
  const end = endOf(timing === null ? at + PLAYED_MS : Math.max(clock.now(), at + MINUTE_MS));
  for (const { region } of regions) write(region, [end]);
  sink.close();
  return answerCount === 0 ? CANNOT_TELL : WELL;
}

/** Writes lines of a region; a header goes before those of another region than the line before. */
function openWriter(
  sink: CaptureSink,
  headerOf: (region: string) => object,
): (region: string, lines: readonly object[]) => void {
  let current: string | null = null;
  return (region, lines) => {
    if (current === null || (region !== current && lines.length > 0)) {
      sink.line(headerOf(region));
      current = region;
    }
    for (const one of lines) sink.line(one);
  };
}

/** @throws {Unable} for what is no region, and for one that is named twice. */
async function openRegions(
  { regions, ...options }: CaptureOptions,
  terminal: Terminal,
  clientsWith: ClientsWith,
): Promise<readonly CapturedRegion[]> {
  if (regions !== undefined && options.region !== undefined) {
    throw new Unable('--region and --regions exclude each other: leave one out');
  }
  const names = regions?.split(',').map((name) => name.trim()) ?? [options.region];
  if (new Set(names).size < names.length) {
    throw new Unable(`--regions ${regions}: a region is named twice`);
  }
  const opened: CapturedRegion[] = [];
  for (const [index, region] of names.entries()) {
    const of = names.length === 1 ? '' : ` (${index + 1} of ${names.length})`;
    const asked = region === undefined ? options : { ...options, region };
    opened.push(await openCapturedRegion(asked, terminal, clientsWith, of));
  }
  return opened;
}

const KEY_BYTES = 32;
const asItIs = <T extends object>(line: T): T => line;

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

const endOf = (at: Instant): object => ({
  at: toIso(at),
  service: 'medic',
  operation: 'End',
  input: {},
  output: {},
});
