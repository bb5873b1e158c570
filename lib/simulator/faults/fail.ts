/** Parses `--fail zone:a` into a scenario. */

import type { Fault } from '../faults.ts';
import type { Roles } from '../roles.ts';
import { FIRST_FAULT_MS, type Scenario } from '../scenario.ts';

export type FailParsed =
  | { readonly ok: true; readonly scenario: Scenario }
  | { readonly ok: false; readonly why: string };

/**
 * WHAT:WHO, where WHAT is one of `FAILURES` and WHO a name or id in the account; `all` needs no WHO. It lasts
 * `lastsMs`, and runs on until the routes have failed back.
 */
export function parseFail(text: string, roles: Roles, lastsMs: number): FailParsed {
  const colon = text.indexOf(':');
  const what = colon < 0 ? text : text.slice(0, colon);
  const who = colon < 0 ? '' : text.slice(colon + 1);
  const make = FAILURES.get(what);
  if (make === undefined) {
    return {
      ok: false,
      why: `"${text}" fails nothing: write one of ${[...FAILURES.keys()].map((one) => (one === 'all' ? one : `${one}:NAME`)).join(', ')}`,
    };
  }
  const fault = make(who, roles);
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

type Make = (who: string, roles: Roles) => Fault | string;

const onAppliance =
  (make: (instanceId: string) => Fault): Make =>
  (who, { appliances }) => {
    const one = appliances.find(({ instanceId, name }) => who === instanceId || who === name);
    return one === undefined
      ? `there is no appliance "${who}": write one of ${appliances.map(({ name, instanceId }) => name || instanceId).join(', ')}`
      : make(one.instanceId);
  };

const FAILURES: ReadonlyMap<string, Make> = new Map<string, Make>([
  ['host', onAppliance((instanceId) => ({ kind: 'host-dead', instanceId }))],
  ['process', onAppliance((instanceId) => ({ kind: 'process-dead', instanceId }))],
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

function failZone(who: string, { appliances }: Roles): Fault | string {
  const zones = [...new Set(appliances.map(({ zone }) => zone))];
  const zone = zones.find((one) => one === who || (who.length === 1 && one.endsWith(who)));
  return zone === undefined
    ? `no appliance lives in a zone "${who}": write one of ${zones.join(', ')}`
    : { kind: 'zone-dead', zone, hidesInterfaces: false };
}

function failGroup(who: string, { snapshot, appliances }: Roles): Fault | string {
  const ids = new Set(appliances.map(({ instanceId }) => instanceId));
  const tags = snapshot.tags.filter(
    ({ key, resourceId }) => key === 'vpn-medic:group' && ids.has(resourceId),
  );
  const groups = [...new Set(tags.map(({ value }) => value))];
  return groups.includes(who)
    ? { kind: 'all-dead', group: who }
    : `there is no group "${who}": write one of ${groups.join(', ')}`;
}

function failVantage(who: string, { vantages }: Roles): Fault | string {
  return vantages.some(({ id }) => id === who)
    ? { kind: 'vantage-blind', vantageId: who }
    : `there is no vantage "${who}": write one of ${vantages.map(({ id }) => id).join(', ')}`;
}
