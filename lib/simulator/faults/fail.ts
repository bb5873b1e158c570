/** Parses `--fail zone:a` into a scenario. */

import type { Fault } from '../faults.ts';
import type { Roles } from '../roles.ts';
import { type Scenario } from '../scenario/types.ts';
import { FIRST_FAULT_MS } from '../scenario.ts';

export type FailParsed =
  | { readonly ok: true; readonly scenario: Scenario }
  | { readonly ok: false; readonly why: string };

/**
 * KIND:NAME, where KIND is one of `FAILURES` and NAME a name or id in the account; `all` needs no NAME. The fault lasts
 * `lastsMs`; the scenario continues until the routes have failed back.
 */
export function parseFail(text: string, roles: Roles, lastsMs: number): FailParsed {
  const colon = text.indexOf(':');
  const kind = colon < 0 ? text : text.slice(0, colon);
  const target = colon < 0 ? '' : text.slice(colon + 1);
  const make = FAILURES.get(kind);
  if (make === undefined) {
    return {
      ok: false,
      why: `"${text}" fails nothing: write one of ${[...FAILURES.keys()].map((one) => (one === 'all' ? one : `${one}:NAME`)).join(', ')}`,
    };
  }
  const fault = make(target, roles);
  if (typeof fault === 'string') return { ok: false, why: `"${text}": ${fault}` };
  return {
    ok: true,
    scenario: {
      name: text,
      says: `${text} fails for ${lastsMs / 1_000} s.`,
      spellsIn: () => [{ fault, startMs: FIRST_FAULT_MS, endMs: FIRST_FAULT_MS + lastsMs }],
      lastsMs: FIRST_FAULT_MS + lastsMs + AFTER_MS,
    },
  };
}

/** The usual hold-down, and the time that failback and its notifications take. */
const AFTER_MS = 480_000;

type Make = (target: string, roles: Roles) => Fault | string;

const onAppliance =
  (make: (instanceId: string) => Fault): Make =>
  (target, { appliances }) => {
    const one = appliances.find(({ instanceId, name }) => target === instanceId || target === name);
    return one === undefined
      ? `there is no appliance "${target}": write one of ${appliances.map(({ name, instanceId }) => name || instanceId).join(', ')}`
      : make(one.instanceId);
  };

const FAILURES: ReadonlyMap<string, Make> = new Map<string, Make>([
  ['host', onAppliance((instanceId) => ({ kind: 'host-dead', instanceId }))],
  ['process', onAppliance((instanceId) => ({ kind: 'process-dead', instanceId }))],
  ['tunnel', onAppliance((instanceId) => ({ kind: 'tunnel-dead', instanceId }))],
  ['stop', onAppliance((instanceId) => ({ kind: 'stopped', instanceId }))],
  ['terminate', onAppliance((instanceId) => ({ kind: 'terminated', instanceId }))],
  ['interface', onAppliance((instanceId) => ({ kind: 'detached', instanceId }))],
  [
    'status',
    onAppliance((instanceId) => ({
      kind: 'impaired',
      instanceId,
      check: 'system',
      answers: false,
    })),
  ],
  ['zone', failZone],
  ['group', failGroup],
  ['vantage', failVantage],
  ['all', () => ({ kind: 'all-dead', group: null })],
]);

function failZone(target: string, { appliances }: Roles): Fault | string {
  const zones = [...new Set(appliances.map(({ zone }) => zone))];
  const zone = zones.find((one) => one === target || (target.length === 1 && one.endsWith(target)));
  return zone === undefined
    ? `no appliance is in a zone "${target}": write one of ${zones.join(', ')}`
    : { kind: 'zone-dead', zone, hidesInterfaces: false };
}

function failGroup(target: string, { snapshot, appliances }: Roles): Fault | string {
  const ids = new Set(appliances.map(({ instanceId }) => instanceId));
  const tags = snapshot.tags.filter(
    ({ key, resourceId }) => key === 'vpn-medic:group' && ids.has(resourceId),
  );
  const groups = [...new Set(tags.map(({ value }) => value))];
  return groups.includes(target)
    ? { kind: 'all-dead', group: target }
    : `there is no group "${target}": write one of ${groups.join(', ')}`;
}

function failVantage(target: string, { vantages }: Roles): Fault | string {
  return vantages.some(({ id }) => id === target)
    ? { kind: 'vantage-blind', vantageId: target }
    : `there is no vantage "${target}": write one of ${vantages.map(({ id }) => id).join(', ')}`;
}
