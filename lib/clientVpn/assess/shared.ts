/** What several endpoints may fail by at once: directories, certificates, connect handlers. Pure. */
import type { Finding } from '../../core/finding.ts';
import { compare } from '../../core/order.ts';
import { unjudgedKey } from '../../core/report.ts';
import type { EndpointFact } from '../types/endpoint.ts';
import type { EndpointObservation, EndpointWorld } from '../types/world.ts';
import { DIRECTORY_CHECK } from './directory.ts';
import { RENEWAL_CHECK, SERVER_CERTIFICATE_CHECK } from './serverCertificate.ts';

/** What another endpoint's turn has just shown to be well is well for those, too, whose turn has not come. */
export function notSeenWell(
  found: readonly Finding[],
  observations: readonly EndpointObservation[],
  unjudged: Set<string>,
): readonly Finding[] {
  const keys = new Set(found.map(({ reason, subject }) => unjudgedKey(reason, subject.id)));
  return found.filter(({ reason, subject }) => {
    const { id, dependsOn } = subject;
    const key = unjudgedKey(reason, id);
    if (dependsOn === undefined || !OF_SURROUNDINGS.has(reason) || !unjudged.has(key)) return true;
    const isSeenWell = observations.some(({ fact }) => {
      const other = unjudgedKey(reason, fact.endpointId);
      const isShared = dependsOn.every((one) => usedBy(fact).includes(one));
      return isShared && !unjudged.has(other) && !keys.has(other);
    });
    if (isSeenWell) unjudged.delete(key);
    return !isSeenWell;
  });
}

/** Of the thing itself; logins that fail at one endpoint say nothing of another. */
const OF_SURROUNDINGS: ReadonlySet<string> = new Set([
  ...DIRECTORY_CHECK.reasons,
  ...SERVER_CERTIFICATE_CHECK.reasons,
  ...RENEWAL_CHECK.reasons,
]);

/** The other endpoints that use what this one fails by. */
export function othersOn(
  ids: readonly string[] | undefined,
  ownId: string,
  { endpoints }: EndpointWorld,
): readonly string[] {
  const others = (endpoints ?? []).filter(
    ({ fact }) => fact.endpointId !== ownId && ids?.every((id) => usedBy(fact).includes(id)),
  );
  const names = others.map(({ fact }) => fact.name || fact.endpointId);
  return names.length === 0 ? [] : [`used by ${names.toSorted(compare).join(', ')}, too`];
}

const usedBy = ({ settings }: EndpointFact): readonly (string | null)[] => [
  settings.certificateArn,
  settings.handlerArn,
  ...settings.directoryIds,
];
