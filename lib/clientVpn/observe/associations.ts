/** The associations of endpoints: what would close an endpoint, or open one that was down, is read twice. */
import { agreed } from '../../core/agreed.ts';
import { eachOf } from '../../core/eachOf.ts';
import { type Reading, unknown } from '../../core/reading.ts';
import type { Clock } from '../../core/time.ts';
import type { EndpointPort } from '../ports.ts';
import type { EndpointMemory } from '../state.ts';
import type { AssociationFact } from '../types/endpoint.ts';

type Answer = Reading<readonly AssociationFact[]>;

const AT_ONCE = 10;

/**
 * By endpoint id. One answer that lacks associations, or still has them, is no death and no recovery (S1, S13): an
 * endpoint that is known, and by this answer is closed, open again or in one zone, and was not before, is asked for until
 * two answers agree.
 */
export async function readAssociations(
  { endpoints, clock }: { readonly endpoints: EndpointPort; readonly clock: Clock },
  endpointIds: readonly string[],
  memory: EndpointMemory,
  signal: AbortSignal,
): Promise<ReadonlyMap<string, Answer>> {
  const all = await endpoints.associations(endpointIds, signal);
  const settled = await eachOf([...all], AT_ONCE, async ([id, first]) => {
    const again = async (): Promise<Answer> =>
      (await endpoints.associations([id], signal)).get(id) ?? unknown('EC2 left it out', first.at);
    const isExpected = (value: readonly AssociationFact[]) => !isDoubtful(id, value, memory);
    const answer = await agreed(first, again, { isExpected, gist }, clock, signal);
    return [id, answer] as const;
  });
  return new Map(settled);
}

const gist = (associations: readonly AssociationFact[]): unknown =>
  new Map(associations.map((fact) => [fact.associationId, fact.state]));

function isDoubtful(
  id: string,
  associations: readonly AssociationFact[],
  { endpoints, findings }: EndpointMemory,
): boolean {
  const past = endpoints[id];
  if (past === undefined) return false;
  const open = associations.filter(({ state }) => state === 'associated');
  const wasClosed = past.downSince !== null;
  if (open.length === 0 || wasClosed) return wasClosed !== (open.length === 0);
  const wasInOneZone = findings.some(
    ({ reason, subject }) => reason === 'EndpointSingleZone' && subject.id === id,
  );
  return new Set(open.flatMap((one) => one.zones)).size < 2 && !wasInOneZone;
}
