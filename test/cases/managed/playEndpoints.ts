/** Plays sequences of looks at one Client VPN endpoint through whole polls, five minutes apart. */
import type { AssociationFact, EndpointFact } from '../../../lib/clientVpn/types/endpoint.ts';
import type { Finding } from '../../../lib/core/finding.ts';
import { known, type Reading, unknown } from '../../../lib/core/reading.ts';
import type { ProbeResult } from '../../../lib/probe/types.ts';
import { SimMetrics, type SimSeries } from '../../../lib/simulator/metrics.ts';
import { seededRandom } from '../../../lib/simulator/random.ts';
import { readLeaderView } from '../../../lib/watcher/leaderView.ts';
import { poll } from '../../../lib/watcher/poll.ts';
import { endpointStages } from '../../../lib/watcher/scopes/endpoints.ts';
import { anAssociation, anEndpoint, wellSurroundings } from '../../builders/endpoints.ts';
import { ACCOUNT } from '../../builders/facts.ts';
import { calm, somePorts } from '../../builders/ports.ts';

export interface Step {
  /** How many polls. */
  readonly polls?: number;
  /** From one to the next; five minutes unless said. */
  readonly everyMs?: number;
  readonly fact?: Partial<EndpointFact>;
  /** By state, in zones a, b, …; null: they cannot be read. */
  readonly associations?: readonly AssociationFact['state'][] | null;
  readonly says?: string;
  readonly probe?: ProbeResult['kind'];
  /** Items of the state table that are lost before it: whose id begins so. */
  readonly loses?: readonly string[];
  /** False: EC2's list lacks it. */
  readonly isListed?: boolean;
  /** `ActiveConnectionsCount`. */
  readonly active?: number;
  /** `CrlDaysToExpiry`. */
  readonly crlDays?: number;
}

const POLL_MS = 300_000;

export async function playEndpoint(steps: readonly Step[]) {
  const ports = somePorts();
  const { clock } = ports;
  let now: Step = {};
  const values: { at: number; step: Step }[] = [];
  const seriesOf = (
    metricName: string,
    valueOf: (step: Step) => number | undefined,
  ): SimSeries => ({
    namespace: 'AWS/ClientVPN',
    metricName,
    dimensions: { Endpoint: anEndpoint().endpointId },
    sample: (at) => {
      const before = values.findLast((one) => one.at <= at);
      return before === undefined ? null : (valueOf(before.step) ?? null);
    },
  });
  const metrics = new SimMetrics(seededRandom(1), () => [
    seriesOf('ActiveConnectionsCount', ({ active }) => active),
    seriesOf('CrlDaysToExpiry', ({ crlDays }) => crlDays),
  ]);
  const associations = (): Reading<readonly AssociationFact[]> => {
    const states =
      now.associations === undefined ? (['associated', 'associated'] as const) : now.associations;
    return states === null
      ? unknown('throttled', clock.now())
      : known(
          states.map((state, index) => ({
            ...anAssociation('ab'.charAt(index), state),
            stateMessage: state === 'association-failed' ? (now.says ?? '') : '',
          })),
          clock.now(),
        );
  };
  const observer = {
    ...ports,
    endpoints: {
      endpoints: async () =>
        known(now.isListed === false ? [] : [anEndpoint(now.fact)], clock.now()),
      associations: async (ids: readonly string[]) =>
        new Map(ids.map((id) => [id, associations()] as const)),
      sessions: async () => known([], clock.now()),
    },
    surroundings: wellSurroundings(clock),
    endpointProbes: {
      send: async (): Promise<ProbeResult> => {
        const kind = now.probe ?? 'up';
        return kind === 'up' ? { kind, tookMs: 20 } : { kind, why: 'no answer', tookMs: 2_500 };
      },
    },
    metrics: metrics.port({ clock, pass: async () => {} }),
  };
  const stages = endpointStages(observer, {
    accountId: ACCOUNT,
    regionCount: 1,
    policy: { fall: 1, probeIntervalMs: 0 },
  });
  const found: (readonly Finding[])[] = [];
  for (const step of steps) {
    now = step;
    for (const id of ports.store.rows.keys())
      if (step.loses?.some((start) => id.startsWith(start))) ports.store.rows.delete(id);
    for (let count = 0; count < (step.polls ?? 1); count += 1) {
      values.push({ at: clock.now(), step });
      const startedMs = clock.monotonicMs();
      // What is read twice waits in between.
      const polled = await clock.through(poll(observer, stages, 'act', calm()));
      found.push(polled?.findings ?? []);
      await clock.run(startedMs + (step.everyMs ?? POLL_MS));
    }
  }
  const { sent } = ports.notifications;
  const { store, region } = ports;
  const view = await readLeaderView(store, region, region, () => clock.now(), calm());
  const onMap = view?.verdicts.get(anEndpoint().endpointId)?.kind ?? null;
  return { found, sent, subjects: sent.map(({ subject }) => subject), onMap };
}
