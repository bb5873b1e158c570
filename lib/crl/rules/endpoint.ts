/** Whether a Client VPN endpoint can be given a CRL: an import cannot be taken back. Pure. */
import { ENDPOINT_ENTRIES_MAX } from '../types/policy.ts';
import type { Crl } from '../x509/parse.ts';

/** Null: it fits. */
export function endpointFault({ extensions, survey }: Crl): string | null {
  const point = extensions.distributionPoint;
  if (extensions.baseNumber !== null)
    return 'it is a delta, and an endpoint takes complete CRLs only';
  if (survey.count > ENDPOINT_ENTRIES_MAX)
    return `it has ${survey.count} entries, and an endpoint takes ${ENDPOINT_ENTRIES_MAX}`;
  if (point?.isAuthoritiesOnly || point?.isSomeReasonsOnly || point?.isAttributesOnly)
    return "its distribution point leaves out users' certificates or reasons";
  return null;
}
