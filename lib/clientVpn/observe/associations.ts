/** The associations of endpoints: what would close an endpoint, or open one that was down, is read twice. */
import { isDeepStrictEqual } from 'node:util';
import { type Reading, unknown } from '../../core/reading.ts';
import type { Clock } from '../../core/time.ts';
import type { EndpointPort } from '../ports.ts';
import type { EndpointMemory } from '../state.ts';
import type { AssociationFact } from '../types/endpoint.ts';

type Answers = ReadonlyMap<string, Reading<readonly AssociationFact[]>>;

/** Two answers that agree are believed; of so many that all differ none is. */
const READS_MAX = 3;
const AGAIN_MS = 500;

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
): Promise<Answers> {
  const first = await endpoints.associations(endpointIds, signal);
  const heard = new Map([...first].map(([id, answer]) => [id, [answer]]));
  const settled = new Map(first);
  let open = endpointIds.filter((id) => isDoubtful(id, first.get(id), memory));
  for (let count = 1; open.length > 0 && count < READS_MAX; count += 1) {
    await clock.sleep(AGAIN_MS, signal);
    const next = await endpoints.associations(open, signal);
    const differing: string[] = [];
    for (const [id, answer] of next) {
      const before = heard.get(id) ?? [];
      heard.set(id, [...before, answer]);
      const isSettled = !answer.known || before.some((one) => isSame(one, answer));
      if (!isSettled) differing.push(id);
      settled.set(id, isSettled ? answer : unknown(DIFFERENT, answer.at));
    }
    open = differing;
  }
  return settled;
}

const DIFFERENT = 'EC2 gave different answers within a second';

function isDoubtful(
  id: string,
  answer: Reading<readonly AssociationFact[]> | undefined,
  { endpoints, findings }: EndpointMemory,
): boolean {
  const past = endpoints[id];
  if (past === undefined || answer?.known !== true) return false;
  const open = answer.value.filter(({ state }) => state === 'associated');
  const wasClosed = past.downSince !== null;
  if (open.length === 0 || wasClosed) return wasClosed !== (open.length === 0);
  const wasInOneZone = findings.some(
    ({ reason, subject }) => reason === 'EndpointSingleZone' && subject.id === id,
  );
  return new Set(open.flatMap((one) => one.zones)).size < 2 && !wasInOneZone;
}

const isSame = (
  one: Reading<readonly AssociationFact[]>,
  other: Reading<readonly AssociationFact[]>,
): boolean =>
  one.known &&
  other.known &&
  isDeepStrictEqual(
    new Map(one.value.map((fact) => [fact.associationId, fact.state])),
    new Map(other.value.map((fact) => [fact.associationId, fact.state])),
  );
