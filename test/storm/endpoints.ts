/** A day of faults drawn from a seed over the simulated endpoints, polled as it is deployed, then a calm in which all must be over. */

import { DEFAULT_POLICY } from '../../lib/appliances/types/policy.ts';
import type { EndpointFact } from '../../lib/clientVpn/types/endpoint.ts';
import type { EndpointWorld } from '../../lib/clientVpn/types/world.ts';
import type { Finding } from '../../lib/core/finding.ts';
import type { Instant } from '../../lib/core/time.ts';
import { SimAccount } from '../../lib/simulator/account.ts';
import { defaultAccount } from '../../lib/simulator/defaults/account.ts';
import { DEFAULT_ENDPOINTS } from '../../lib/simulator/defaults/clientVpn.ts';
import { USUAL_DELAYS } from '../../lib/simulator/delays.ts';
import type { Fault } from '../../lib/simulator/faults.ts';
import type { MetricCall } from '../../lib/simulator/metrics.ts';
import { type Random, seededRandom } from '../../lib/simulator/random.ts';
import { poll } from '../../lib/watcher/poll.ts';
import { endpointStages } from '../../lib/watcher/scopes/endpoints.ts';

/** As in deploy/pollEndpoints.yml. */
const POLL_MS = 60_000;
const SPELL_MS = 300_000;
const HOUR_MS = 3_600_000;
// A Friday morning: two weeks of history reach back from it.
const START_AT = Date.UTC(2026, 10, 20, 6);

/** Each logs its users in by a directory too. */
const WITH_DIRECTORIES: readonly EndpointFact[] = DEFAULT_ENDPOINTS.map((fact) => ({
  ...fact,
  settings: { ...fact.settings, directoryIds: [`d-${fact.endpointId.slice(-10)}`] },
}));

export interface PollRecord {
  readonly from: Instant;
  readonly to: Instant;
  readonly world: EndpointWorld;
  readonly findings: readonly Finding[];
}

export interface Notified {
  readonly at: Instant;
  readonly state: string;
  readonly incidentId: string;
  /** Those that it covers beside its own. */
  readonly memberIds: readonly string[];
}

export interface Storm {
  readonly polls: readonly PollRecord[];
  readonly notified: readonly Notified[];
  /** All that went wrong, the state table and the topic too. */
  readonly spells: readonly {
    readonly fault: Fault;
    readonly startAt: Instant;
    readonly endAt: Instant;
  }[];
  readonly metricCalls: readonly MetricCall[];
  /** When the last fault was over. */
  readonly calmAt: Instant;
  readonly endAt: Instant;
}

export interface StormOptions {
  readonly stormHours: number;
  readonly calmHours: number;
  /** Faults of its own in place of drawn ones. */
  readonly faults?: readonly (readonly [Fault, fromMs: number, lastsMs: number])[];
  /** The product with another view of what EC2 answers, to see that the promises would notice. */
  readonly misread?: (fact: EndpointFact) => EndpointFact;
}

export async function storm(seed: number, options: StormOptions): Promise<Storm> {
  const random = seededRandom(`endpoints ${seed}`);
  const snapshot = defaultAccount(START_AT);
  const vantages = [{ id: 'here', subnetIds: [], isInVpc: false, closedTo: [] }];
  const account = new SimAccount({
    snapshot,
    seed,
    vantages,
    pace: USUAL_DELAYS,
    skewMsMax: 0,
    endpoints: WITH_DIRECTORIES,
  });
  const stormMs = options.stormHours * HOUR_MS;
  if (options.faults === undefined) {
    draw(random.fork('faults'), account, stormMs);
    drawAround(random.fork('surroundings'), account, stormMs);
  }
  for (const [fault, fromMs, lastsMs] of options.faults ?? []) {
    account.faults.add(fault, fromMs, fromMs + lastsMs);
  }
  const polls: PollRecord[] = [];
  const lifeMs = stormMs + options.calmHours * HOUR_MS;
  for (let atMs = POLL_MS; atMs <= lifeMs; atMs += POLL_MS) {
    // A rule fires up to seconds late.
    await account.clock.run(atMs + 100 * random.whole(0, 40));
    polls.push(await pollOnce(account, `poll-${atMs / POLL_MS}`, options.misread));
  }
  return {
    polls,
    notified: account.log.notifications
      .filter(({ answer }) => answer === 'published')
      .map(({ atMs, state, incidentId, memberIds }) => ({
        at: START_AT + atMs,
        state,
        incidentId,
        memberIds,
      })),
    spells: account.faults.spells.map(({ fault, startMs, endMs }) => ({
      fault,
      startAt: START_AT + startMs,
      endAt: START_AT + endMs,
    })),
    metricCalls: account.metrics.calls,
    calmAt: START_AT + stormMs,
    endAt: START_AT + lifeMs,
  };
}

async function pollOnce(
  account: SimAccount,
  by: string,
  misread: StormOptions['misread'] = (fact) => fact,
): Promise<PollRecord> {
  const { ports, invocation, endpointObserver } = account.start(by);
  const { region, clock } = ports;
  const { endpoints } = endpointObserver;
  const observer = {
    region,
    clock,
    ...endpointObserver,
    endpoints: {
      ...endpoints,
      endpoints: async (signal: AbortSignal) => {
        const reading = await endpoints.endpoints(signal);
        return reading.known ? { ...reading, value: reading.value.map(misread) } : reading;
      },
    },
  };
  const scope = { accountId: '111122223333', regionCount: 2, policy: DEFAULT_POLICY };
  const from = account.clock.now();
  let isOver = false;
  const running = poll(
    ports,
    endpointStages(observer, scope),
    'act',
    new AbortController().signal,
  ).finally(() => {
    isOver = true;
  });
  await account.clock.run(account.clock.monotonicMs() + POLL_MS - 1_000, () => isOver);
  const polled = await running;
  account.end(invocation);
  if (polled === null) throw new Error('another process leads the endpoints');
  const { world, findings } = polled;
  return { from, to: account.clock.now(), world, findings };
}

/** Faults of every kind, some of them together, none of them before an hour in which all is well. */
function draw(random: Random, account: SimAccount, stormMs: number): void {
  const ids = account.endpoints.facts.map(({ endpointId }) => endpointId);
  const count = random.whole(8, 18);
  for (let index = 0; index < count; index += 1) {
    const startMs = random.whole(HOUR_MS, stormMs - HOUR_MS);
    const endMs = Math.min(stormMs, startMs + random.whole(1, 24) * SPELL_MS);
    const fault = drawOne(random, random.pick(ids));
    account.faults.add(fault, startMs, endOf(fault, startMs, endMs, random));
  }
  // The state table and the topic have bad hours too.
  for (const fault of [
    { kind: 'store-unreachable' },
    { kind: 'store-flaky', chance: 0.3 },
    { kind: 'notifications-failing' },
  ] as const) {
    if (!random.chance(0.4)) continue;
    const startMs = random.whole(HOUR_MS, stormMs - HOUR_MS);
    account.faults.add(fault, startMs, Math.min(stormMs, startMs + random.whole(1, 8) * SPELL_MS));
  }
}

function endOf({ kind }: Fault, startMs: number, endMs: number, random: Random): number {
  // An id that was deleted does not come back.
  if (kind === 'endpoint-deleted') return Number.POSITIVE_INFINITY;
  // What EC2 leaves out for ten minutes on end is taken for gone.
  return kind === 'endpoint-unlisted'
    ? Math.min(endMs, startMs + random.whole(1, 8) * 60_000)
    : endMs;
}

/** What surrounds them: one fault of each kind at most, as long as it takes to be seen. */
function drawAround(random: Random, account: SimAccount, stormMs: number): void {
  const { facts } = account.endpoints;
  const endpointId = random.pick(facts.map((one) => one.endpointId));
  for (const fault of [
    { kind: 'directory-ill', endpointId, stage: random.pick(['Impaired', 'Inoperable'] as const) },
    { kind: 'certificate-old', endpointId, days: random.whole(-2, 25) },
    { kind: 'rules-revoked', endpointId },
    { kind: 'surroundings-unreadable' },
  ] satisfies readonly Fault[]) {
    if (!random.chance(0.5)) continue;
    const startMs = random.whole(HOUR_MS, stormMs - HOUR_MS);
    account.faults.add(fault, startMs, Math.min(stormMs, startMs + random.whole(6, 24) * SPELL_MS));
  }
}

const drawOne = (random: Random, endpointId: string): Fault =>
  random.pick<Fault>([
    { kind: 'endpoint-unreachable', endpointId },
    { kind: 'endpoint-unreachable', endpointId },
    { kind: 'associations-lost', endpointId, leaves: random.chance(0.5) ? 0 : 1 },
    { kind: 'users-gone', endpointId },
    { kind: 'logins-fail', endpointId },
    { kind: 'crl-old', endpointId, days: random.whole(-2, 7) },
    { kind: 'association-failed', endpointId },
    { kind: 'association-coming', endpointId },
    { kind: 'endpoint-pending', endpointId },
    { kind: 'endpoint-unlisted', endpointId },
    { kind: 'handler-fails', endpointId },
    { kind: 'endpoint-strange', endpointId },
    { kind: 'endpoint-deleted', endpointId },
    { kind: 'probe-dns-dead' },
    { kind: 'endpoints-unreadable' },
    { kind: 'associations-unreadable' },
    { kind: 'metrics-trouble', trouble: { throttledChance: 0.5 } },
    { kind: 'metrics-trouble', trouble: { partialChance: 0.3, absurdChance: 0.3 } },
  ]);
