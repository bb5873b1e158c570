/** Parses `--fail zone:a` into a scenario. */

import { sitesOf } from '../../siteToSite/assess/sites.ts';
import type { ConnectionFact } from '../../siteToSite/types/connection.ts';
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
  const made = make(target, roles);
  if (typeof made === 'string') return { ok: false, why: `"${text}": ${made}` };
  const faults = [made].flat();
  const isPolled = POLLED.has(kind);
  const startMs = isPolled ? FIRST_POLLED_MS : FIRST_FAULT_MS;
  return {
    ok: true,
    scenario: {
      name: text,
      says: `${text} fails for ${lastsMs / 1_000} s.`,
      spellsIn: () => faults.map((fault) => ({ fault, startMs, endMs: startMs + lastsMs })),
      isPolled,
      lastsMs: startMs + lastsMs + AFTER_MS,
    },
  };
}

/** The usual hold-down, and the time that failback and its notifications take. */
const AFTER_MS = 480_000;

/** Connections are read once a minute where no group of them exists. */
const FIRST_POLLED_MS = 120_000;
const POLLED: ReadonlySet<string> = new Set(['connection', 'site']);

type Make = (target: string, roles: Roles) => Fault | readonly Fault[] | string;

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
  ['connection', failConnection],
  ['site', failSite],
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

function failConnection(target: string, { vpn }: Roles): readonly Fault[] | string {
  const one = vpn.connections.find(
    ({ connectionId, name }) => target === connectionId || target === name,
  );
  return one === undefined
    ? `there is no connection "${target}": write one of ${vpn.connections.map(({ name }) => name).join(', ')}`
    : tunnelsDown([one]);
}

function failSite(target: string, { vpn }: Roles): readonly Fault[] | string {
  const sites = sitesOf(vpn.connections, vpn.customerGateways);
  const site = sites.find(({ id, name }) => target === name || target === id);
  return site === undefined
    ? `there is no site "${target}": write one of ${sites.map(({ name }) => name).join(', ')}`
    : tunnelsDown(site.connections);
}

const tunnelsDown = (connections: readonly ConnectionFact[]): readonly Fault[] =>
  connections.flatMap(({ connectionId, tunnels }) =>
    tunnels.map(
      ({ outsideIp }): Fault => ({ kind: 'tunnel-down', connectionId, outsideIp, isBgp: false }),
    ),
  );
