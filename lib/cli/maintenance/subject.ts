/** What a person names, by id or by name, as the id that maintenance windows go by. */
import { stateId } from '../../appliances/state/stored.ts';
import type { Appliance } from '../../appliances/types/topology.ts';
import { readIncidents } from '../incidents/store.ts';
import { type OperatorRequest, readItem } from '../operatorRequest.ts';
import { observeWithoutProbes } from '../pass.ts';
import { Unable } from '../terminal.ts';

interface SubjectId {
  readonly id: string | null;
  /** False: nothing is called so, by id or by name. */
  readonly isKnown: boolean;
}

/** Windows go by ids: a name is looked up, in the incidents and then in the account, as every other command does. */
export async function idOf(request: OperatorRequest, asked: string | null): Promise<SubjectId> {
  if (asked === null || asked === request.region) return { id: asked, isKnown: true };
  const subjects = (await readIncidents(request)).map(({ incident }) => incident.subject);
  if (subjects.some(({ id, within }) => id === asked || (within ?? []).includes(asked))) {
    return { id: asked, isKnown: true };
  }
  const fleet = await fleetOf(request);
  const ids = fleet.flatMap(({ instanceId, group, zone }) => [instanceId, group, zone]);
  if (ids.includes(asked)) return { id: asked, isKnown: true };
  const byName = new Set([
    ...subjects.flatMap(({ id, name }) => (name === asked ? [id] : [])),
    ...fleet.flatMap(({ instanceId, name }) => (name === asked ? [instanceId] : [])),
  ]);
  const [only, ...others] = byName;
  if (others.length > 0) {
    throw new Unable(
      `${asked} is the name of several: name one by its id: ${[...byName].join(', ')}`,
    );
  }
  if (only !== undefined) return { id: only, isKnown: true };
  // Connections and endpoints that have no incident are known by what the leader remembers of them.
  const item = await readItem(request, stateId(request.region));
  const state = JSON.stringify(item?.body ?? null);
  return { id: asked, isKnown: state.includes(JSON.stringify(asked)) };
}

/** Empty where the caller may not read it: then names of appliances are not known. */
async function fleetOf(request: OperatorRequest): Promise<readonly Appliance[]> {
  try {
    return (await observeWithoutProbes(request)).world.topology.appliances;
  } catch (error) {
    if (error instanceof Unable) return [];
    throw error;
  }
}
