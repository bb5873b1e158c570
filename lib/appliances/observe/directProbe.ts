/** The probe of the appliance itself beside a tag that names far sides alone. Pure. */
import { DEFAULT_PROBES } from '../../probe/clauses.ts';
import type { ProbeClause } from '../../probe/types.ts';
import type { Appliance, Topology } from '../types/topology.ts';
import { isBehindTunnel } from './targets.ts';

/**
 * The appliance, with the default probe added where every probe of its tag lies behind its tunnel. Such probes say nothing
 * where no vantage's subnet leads through it, and nothing while their far side is silent: without it a plain death is
 * then never seen.
 */
export function withDirectProbe(
  appliance: Appliance,
  topology: Pick<Topology, 'routes' | 'localCidrs' | 'prefixLists'>,
): Appliance {
  const probes = appliance.probes.flat();
  const isFar = ({ address }: (typeof probes)[number]) =>
    address !== null && isBehindTunnel(address, appliance, topology);
  return probes.length > 0 && probes.every(isFar)
    ? { ...appliance, probes: [...appliance.probes, ...IMPLIED] }
    : appliance;
}

const IMPLIED: readonly ProbeClause[] = DEFAULT_PROBES.map((clause) =>
  clause.map((probe) => ({ ...probe, isImplied: true })),
);
