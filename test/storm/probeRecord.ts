/** The probe results of each watcher, by vantage and probe. */
import type { ProbeCall } from '../../lib/simulator/callLog.ts';
import { UNHEARD_PROBE } from '../../lib/simulator/faults/effects.ts';
import type { Run } from './record.ts';

export interface ProbeRecord {
  /** Probes of one watcher (null: of all) at one vantage on one probe, ordered by when they were sent. */
  of(by: string | null, vantageId: string, key: string): readonly ProbeCall[];
  /** The probe clauses that an appliance began with, as target keys: every clause must hold, by one of its alternatives. */
  clauses(instanceId: string): readonly (readonly string[])[];
}

export function openProbeRecord(run: Run): ProbeRecord {
  const { log, network } = run.account;
  const pages = new Map<string, ProbeCall[]>();
  const note = (page: string, call: ProbeCall) => {
    const calls = pages.get(page) ?? [];
    calls.push(call);
    pages.set(page, calls);
  };
  for (const result of log.results) {
    const call = isOfOther(run, result) ? { ...result, answer: 'unknown' as const } : result;
    note(`${call.by} ${call.vantageId} ${call.key}`, call);
    note(`* ${call.vantageId} ${call.key}`, call);
  }
  for (const calls of pages.values()) calls.sort((a, b) => a.sentMs - b.sentMs);
  return {
    of: (by, vantageId, key) => pages.get(`${by ?? '*'} ${vantageId} ${key}`) ?? [],
    clauses: (instanceId) =>
      (
        network.tags
          .past(`${instanceId} vpn-medic:probe`)
          .find(({ value }) => value !== UNHEARD_PROBE)?.value ?? 'ike:500'
      )
        .split(' ')
        .map((clause) => clause.split('|').map((probe) => `${instanceId} ${probe}`)),
  };
}

/** An answer from a public address that is at another instance by then says nothing of the one that had it. */
function isOfOther(
  { account, options }: Run,
  { key, address, sentMs, answer }: ProbeCall,
): boolean {
  if (answer !== 'up') return false;
  return account.faults.spells.some(
    ({ fault, startMs, endMs }) =>
      fault.kind === 'address-moved' &&
      key.startsWith(`${fault.instanceId} `) &&
      startMs <= sentMs &&
      sentMs < endMs &&
      options.snapshot.interfaces.some((one) => one.publicIp === address),
  );
}

export interface Silence {
  readonly lastsMs: number;
  readonly fullCount: number;
}

/** The consecutive misses up to `atMs`; zero when the last probe was answered. */
export function silenceAt(
  calls: readonly ProbeCall[],
  atMs: number,
  fullTimeoutMs: number,
): Silence {
  const answered = calls.filter(({ doneMs, answer }) => doneMs <= atMs && answer !== 'unknown');
  const lastUp = answered.findLastIndex(({ answer }) => answer === 'up' || answer === 'closed');
  const misses = answered.slice(lastUp + 1);
  const [first] = misses;
  const last = misses.at(-1);
  if (first === undefined || last === undefined) return { lastsMs: 0, fullCount: 0 };
  const fullCount = misses.filter(
    ({ timeoutMs, tookMs }) => timeoutMs >= fullTimeoutMs || tookMs < timeoutMs,
  ).length;
  return { lastsMs: last.sentMs - first.sentMs, fullCount };
}

/** Answers to probes that were sent in this span and answered by its end. */
export const answersIn = (
  calls: readonly ProbeCall[],
  fromMs: number,
  toMs: number,
): readonly ProbeCall[] =>
  calls.filter(
    ({ answer, sentMs, doneMs }) => answer === 'up' && sentMs >= fromMs && doneMs <= toMs,
  );

export const missesIn = (
  calls: readonly ProbeCall[],
  fromMs: number,
  toMs: number,
): readonly ProbeCall[] =>
  calls.filter(
    ({ answer, sentMs, doneMs }) => answer === 'down' && sentMs >= fromMs && doneMs <= toMs,
  );
