/** A prober over doors in memory, in virtual time. */
import { evaluateProbes } from '../../lib/appliances/assess/probes.ts';
import { openProber, type Prober } from '../../lib/appliances/observe/probeLoop.ts';
import type { ApplianceMemory } from '../../lib/appliances/state.ts';
import { DEFAULT_POLICY } from '../../lib/appliances/types/policy.ts';
import type { VantageObservation } from '../../lib/appliances/types/world.ts';
import type { Vantage } from '../../lib/probe/types.ts';
import { NOW } from './facts.ts';
import { HERE, somePorts } from './ports.ts';
import { anAppliance, aWorld } from './world.ts';

export const A = 'i-a1 ike:500';
export const A1 = anAppliance('i-a1');
export const topologyOf = (...ids: readonly string[]) =>
  aWorld({ appliances: ids.map((id) => anAppliance(id)) }).topology;

export interface ProberSetting {
  readonly ids?: readonly string[];
  readonly vantages?: readonly Vantage[];
  readonly remembered?: ReadonlyMap<string, ApplianceMemory>;
  readonly onChange?: () => void;
  readonly onRipening?: (instanceIds: ReadonlySet<string>) => void;
}

export function aProber({
  ids = ['i-a1', 'i-b1', 'i-c1'],
  vantages = [HERE],
  remembered = new Map(),
  onChange = () => {},
  onRipening = () => {},
}: ProberSetting = {}) {
  const ports = somePorts({ vantages });
  const prober: Prober = openProber(ports, vantages, remembered, DEFAULT_POLICY, {
    onChange,
    onRipening,
  });
  prober.aim(topologyOf(...ids));
  const stopping = new AbortController();
  return {
    prober,
    probes: ports.probes,
    clock: ports.clock,
    start: () => void prober.run(stopping.signal),
    /** To an instant since the beginning. */
    until: (ms: number) => ports.clock.run(ms),
    stop: () => stopping.abort(),
    verdict: () =>
      evaluateProbes(A1, prober.observations(), DEFAULT_POLICY, ports.clock.now())[0]?.kind,
    observation: (): VantageObservation =>
      prober.observations()[0] ?? {
        vantage: HERE,
        histories: new Map(),
        rounds: [],
        unreachables: new Map(),
      },
  };
}

/** i-a1 is silent from `fromMs` on for `forMs`. */
export const silence = (fromMs: number, forMs: number) => (key: string, sentAt: number) =>
  key === A && sentAt >= NOW + fromMs && sentAt < NOW + fromMs + forMs
    ? ('silent' as const)
    : ({ kind: 'up', tookMs: 5 } as const);
