/** The CRLs of the deployment, as publishCrl would find them now: one read-only pass. */
import type { Finding } from '../../core/finding.ts';
import { unpacked } from '../../core/packed.ts';
import { assessCrls } from '../../crl/assess.ts';
import { observeCrls } from '../../crl/observe.ts';
import type { CrlObserver } from '../../crl/ports.ts';
import { CRL_RULES } from '../../crl/rules.ts';
import { recallCrls } from '../../crl/state.ts';
import type { AwsClients } from '../awsClients.ts';
import type { ObserverSetup } from '../pass.ts';
import { NOTHING_SEEN, type ScopeLook } from './scopeLook.ts';

/** The most that the parameter `crlMibMax` may allow: a smaller limit of the deployment is not known here. */
const OCTETS_MAX = 32 * 1024 * 1024;

/** Nothing where no bucket of CRLs is deployed; of another region than the deployment's, what concerns its endpoints. */
export async function readCrls(
  setup: ObserverSetup,
  clients: AwsClients,
  signal: AbortSignal,
): Promise<ScopeLook> {
  const { region, homeRegion, clock, store, crlBuckets = null } = setup;
  if (crlBuckets === null || store === null) return NOTHING_SEEN;
  const [buckets, endpoints, stored] = await Promise.all([
    clients.crlBuckets(homeRegion, crlBuckets),
    clients.crlEndpoints(region),
    store.read([`memory#crls#${homeRegion}`], signal),
  ]);
  const ports: CrlObserver = {
    region,
    clock,
    // The function marks an upload before it reads it; a look leaves no mark.
    store: { read: store.read, write: async () => ({ kind: 'failed', why: 'read only' }) },
    ...buckets,
    endpoints,
  };
  const memory = recallCrls(unpacked(stored.known ? (stored.value[0]?.body ?? null) : null));
  const scope = { accountId: '', announced: null, octetsMax: OCTETS_MAX, isKnownOnly: false };
  const world = await observeCrls(ports, memory, scope, signal);
  const settings = { octetsMax: OCTETS_MAX, importWindow: null, mode: 'observe' } as const;
  const pass = { event: null, settings, rules: CRL_RULES };
  const { findings: all } = assessCrls(world, memory, pass, clock.now());
  const isHere = ({ subject }: Finding) => region === homeRegion || subject.kind === 'endpoint';
  const findings = all.filter(isHere);
  const lost = findings.filter(({ reason }) => reason === 'CrlSightLost');
  return {
    findings: findings.filter((one) => !lost.includes(one)),
    ignored: new Map(
      (world.endpoints.known ? world.endpoints.value : []).flatMap(({ endpointId, ignore }) =>
        ignore === null ? [] : [[endpointId, ignore] as const],
      ),
    ),
    gaps: lost.map(
      ({ subject, evidence }) => `CRLs: the ${subject.name} cannot be read: ${evidence.join()}`,
    ),
  };
}
