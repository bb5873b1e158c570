/** Probes as a capture recorded them: the newest answer of the same kind, address and port from the same vantage. */
import { isIP } from 'node:net';
import type { Answer, Fields } from '../capture/types.ts';
import type { EndpointProbePort } from '../clientVpn/ports.ts';
import { covers } from '../core/cidr.ts';
import type { Clock, Instant } from '../core/time.ts';
import type { ProbePort } from '../probe/ports.ts';
import type { ProbeResult, Vantage } from '../probe/types.ts';
import { MISSING, textOf } from './fields.ts';

interface Probed {
  readonly at: Instant;
  readonly kind: string;
  readonly address: string;
  readonly port: number;
  readonly vantage: string;
  readonly result: ProbeResult;
}

export interface RecordedProbes {
  readonly probes: ProbePort;
  readonly endpointProbes: EndpointProbePort;
}

/** `answers`: of the service `probe`, by time. `onMissing` is called with a probe that is not recorded. */
export function recordedProbes(
  answers: readonly Answer[],
  clock: Clock,
  onMissing: (probe: string) => void,
): RecordedProbes {
  const all = answers.map(probedOf);
  const byTarget = Map.groupBy(all, (one) => keyOf(one));
  const vantages = vantagesOf(all);
  const newest = (target: Omit<Probed, 'at' | 'result'>): ProbeResult => {
    const now = clock.now();
    const last = (byTarget.get(keyOf(target)) ?? []).findLast(({ at }) => at <= now);
    if (last === undefined) onMissing(`probe:${target.kind}`);
    return last?.result ?? UNRECORDED;
  };
  return {
    probes: {
      vantages: async () => vantages,
      async send({ vantageId, targets, timeoutMs }, onAnswer, signal) {
        const due = targets.map((target) => {
          const result = within(timeoutMs, newest({ ...target, vantage: vantageId }));
          const afterMs = result.kind === 'unknown' ? ANSWER_MS : result.tookMs;
          return { answer: { key: target.key, result }, afterMs };
        });
        let passedMs = 0;
        for (const { answer, afterMs } of due.toSorted((a, b) => a.afterMs - b.afterMs)) {
          if (afterMs > passedMs) await clock.sleep(afterMs - passedMs, signal);
          passedMs = Math.max(passedMs, afterMs);
          onAnswer(answer);
        }
      },
    },
    endpointProbes: {
      // From outside, by name: `*.cvpn-endpoint-…` is recorded under any first label.
      async send({ dnsName }) {
        const domain = dnsName.replace(/^\*\./, '');
        const now = clock.now();
        const last = all.findLast(
          ({ at, address }) =>
            at <= now && domain !== '' && (address === dnsName || address.endsWith(domain)),
        );
        if (last === undefined) onMissing('probe of an endpoint');
        return last?.result ?? UNRECORDED;
      },
    },
  };
}

const UNRECORDED: ProbeResult = {
  kind: 'unknown',
  why: `${MISSING}: the capture holds no answer of this probe`,
};
/** Of a probe that is answered. */
const ANSWER_MS = 5;
/** Where a capture names no vantage. */
const HERE = 'here';

function probedOf({ at, operation, input, result }: Answer): Probed {
  const { address, port, vantage } = input;
  return {
    at,
    kind: operation,
    address: textOf(address),
    port: Number(port),
    vantage: textOf(vantage) || HERE,
    result:
      result.kind === 'error'
        ? { kind: 'unknown', why: `${result.name}: ${result.message}` }
        : resultOf(result.output),
  };
}

/** As a probe with this timeout would have been answered: what is down, or comes later, is known when it is over. */
function within(timeoutMs: number, result: ProbeResult): ProbeResult {
  if (result.kind === 'down') return { ...result, tookMs: timeoutMs };
  return result.kind === 'up' && result.tookMs >= timeoutMs
    ? { kind: 'down', why: `no answer in ${timeoutMs} ms`, tookMs: timeoutMs }
    : result;
}

/** A miss whose reason says that the answer came late is that answer. */
const LATE = /\banswer(?:s|ed)? (?:in|after) (\d{1,5}) ms\b/;

function resultOf({ kind, why, tookMs }: Fields): ProbeResult {
  const words = textOf(why);
  if (kind === 'up') return { kind, tookMs: typeof tookMs === 'number' ? tookMs : ANSWER_MS };
  const lateMs = kind === 'down' ? LATE.exec(words)?.[1] : undefined;
  if (lateMs !== undefined) return { kind: 'up', tookMs: Number(lateMs) };
  if (kind === 'down') return { kind, why: words || 'no answer', tookMs: ANSWER_MS };
  return { kind: 'unknown', why: words || 'recorded as unknown' };
}

const keyOf = ({ kind, address, port, vantage }: Omit<Probed, 'at' | 'result'>): string =>
  JSON.stringify([kind, address, port, vantage]);

/** A vantage that reaches a private address is inside the VPC. Names are those of endpoints, which no vantage probes. */
function vantagesOf(all: readonly Probed[]): readonly Vantage[] {
  const addressed = all.filter(({ address }) => isIP(address) !== 0);
  const named = Map.groupBy(addressed, ({ vantage }) => vantage);
  if (named.size === 0) return [{ id: HERE, subnetIds: [], isInVpc: false }];
  return [...named].map(([id, probed]) => ({
    id,
    subnetIds: [],
    isInVpc: probed.some(({ address }) => PRIVATE.some((cidr) => covers(cidr, address))),
  }));
}

const PRIVATE = ['10.0.0.0/8', '172.16.0.0/12', '192.168.0.0/16', '100.64.0.0/10', 'fc00::/7'];
