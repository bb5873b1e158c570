/** An account's network as one JSON file: written by `vpn-medic check --json`, read by a rehearsal. */
import * as v from 'valibot';
import type {
  InstanceFact,
  InterfaceFact,
  PrefixListFact,
  RouteTableFact,
  StatusFact,
  SubnetFact,
} from '../appliances/types/inventory.ts';
import type { TagFact } from '../core/tags.ts';
import { type Instant, parseInstant, toIso } from '../core/time.ts';

/** One region of one account at one instant. Complete: a failed read gives no snapshot. */
export interface Snapshot {
  readonly version: 1;
  readonly accountId: string;
  readonly region: string;
  readonly takenAt: Instant;
  readonly tags: readonly TagFact[];
  readonly instances: readonly InstanceFact[];
  readonly statuses: readonly StatusFact[];
  readonly interfaces: readonly InterfaceFact[];
  readonly subnets: readonly SubnetFact[];
  readonly routeTables: readonly RouteTableFact[];
  readonly prefixLists: readonly PrefixListFact[];
}

export type SnapshotParsed =
  | { readonly ok: true; readonly snapshot: Snapshot }
  /** One line for each fault: its place, what is wrong, what to write instead. */
  | { readonly ok: false; readonly faults: readonly string[] };

/** Parses a snapshot, or lists what is wrong with it. Unknown fields are ignored. */
export function parseSnapshot(text: string): SnapshotParsed {
  const json = parseJson(text);
  if (!json.ok) return { ok: false, faults: [`it is not JSON: ${json.why}. ${REMEDY}`] };
  const version: unknown = v.is(v.object({ version: v.unknown() }), json.value)
    ? json.value.version
    : undefined;
  if (version !== 1) {
    return {
      ok: false,
      faults: [`version: this program reads 1, not ${JSON.stringify(version)}. ${REMEDY}`],
    };
  }
  const parsed = v.safeParse(schema, json.value);
  if (!parsed.success)
    return { ok: false, faults: parsed.issues.slice(0, FAULTS_MAX).map(describeIssue) };
  const faults = contradictions(parsed.output);
  return faults.length === 0
    ? { ok: true, snapshot: parsed.output }
    : { ok: false, faults: faults.slice(0, FAULTS_MAX) };
}

/** The file's text: instants as ISO 8601, indented by two spaces. */
export function writeSnapshot(snapshot: Snapshot): string {
  const statuses = snapshot.statuses.map((status) => ({
    ...status,
    events: status.events.map((event) => ({
      ...event,
      notBefore: event.notBefore === null ? null : toIso(event.notBefore),
    })),
  }));
  return JSON.stringify({ ...snapshot, takenAt: toIso(snapshot.takenAt), statuses }, null, 2);
}

const FAULTS_MAX = 20;
const REMEDY = 'Write the file with: vpn-medic check --json';

const text = v.string();
const filled = v.pipe(v.string(), v.minLength(1, 'is empty: write its id or name'));
const texts = v.array(text);
const maybe = v.nullable(text);
const instant = v.pipe(
  v.string(),
  v.check(
    (written) => parseInstant(written) !== null,
    (issue) => `is no instant: "${issue.input}": write for example "2026-11-20T21:00:04.123Z"`,
  ),
  v.transform((written) => parseInstant(written) ?? 0),
);
const state = v.picklist([
  'pending',
  'running',
  'stopping',
  'stopped',
  'shutting-down',
  'terminated',
  'unknown',
]);
const check = v.picklist(['ok', 'impaired', 'insufficient-data', 'not-applicable', 'initializing']);

const schema = v.object({
  version: v.literal(1),
  accountId: v.pipe(
    v.string(),
    v.regex(/^\d{12}$/, 'is no account id: write its 12 digits as text'),
  ),
  region: filled,
  takenAt: instant,
  tags: v.array(v.object({ resourceId: filled, resourceType: filled, key: filled, value: text })),
  instances: v.array(
    v.object({
      instanceId: filled,
      name: text,
      accountId: text,
      vpcId: text,
      subnetId: text,
      zone: filled,
      state,
      privateIp: maybe,
      publicIp: maybe,
      ipv6s: texts,
      instanceProfile: v.exactOptional(maybe),
      autoScalingGroup: v.exactOptional(maybe),
    }),
  ),
  statuses: v.array(
    v.object({
      instanceId: filled,
      zone: filled,
      state,
      system: check,
      instance: check,
      attachedEbs: check,
      events: v.array(
        v.object({ code: filled, description: text, notBefore: v.nullable(instant) }),
      ),
    }),
  ),
  interfaces: v.array(
    v.object({
      interfaceId: filled,
      instanceId: maybe,
      vpcId: text,
      subnetId: text,
      zone: filled,
      status: v.picklist([
        'available',
        'associated',
        'attaching',
        'in-use',
        'detaching',
        'unknown',
      ]),
      attachment: v.picklist(['attaching', 'attached', 'detaching', 'detached', 'unknown']),
      deviceIndex: v.pipe(v.number(), v.integer('is no whole number'), v.minValue(0)),
      hasSourceDestCheck: v.boolean(),
      privateIp: maybe,
      publicIp: maybe,
      secondaryIps: v.exactOptional(v.array(v.object({ privateIp: filled, publicIp: maybe }))),
      ipv6s: texts,
    }),
  ),
  subnets: v.array(v.object({ subnetId: filled, vpcId: filled, zone: filled, cidrs: texts })),
  routeTables: v.array(
    v.object({
      tableId: filled,
      name: text,
      accountId: text,
      vpcId: filled,
      isMain: v.boolean(),
      subnetIds: texts,
      routes: v.array(
        v.object({
          destination: filled,
          interfaceId: maybe,
          otherTarget: maybe,
          origin: v.picklist(['created', 'table', 'propagated', 'advertised']),
          state: v.picklist(['active', 'blackhole', 'filtered']),
        }),
      ),
    }),
  ),
  prefixLists: v.array(v.object({ prefixListId: filled, cidrs: texts })),
});

function describeIssue(issue: v.InferIssue<typeof schema>): string {
  const path = issue.path?.map(({ key }) => key) ?? [];
  const where = path.reduce<string>(
    (so, key) => (typeof key === 'number' ? `${so}[${key}]` : `${so}.${String(key)}`),
    '',
  );
  const isOurs = issue.type === 'check' || issue.type === 'regex' || issue.type === 'min_length';
  const what = isOurs
    ? issue.message
    : `is ${issue.received}: write ${issue.expected ?? 'what check --json writes'}`;
  return `${where.replace(/^\./, '') || 'the file'}: ${what}`;
}

/** Duplicate ids, and references to resources that are not in the snapshot. */
function contradictions(snapshot: Snapshot): readonly string[] {
  const instanceIds = snapshot.instances.map(({ instanceId }) => instanceId);
  const subnetIds = snapshot.subnets.map(({ subnetId }) => subnetId);
  const tableIds = snapshot.routeTables.map(({ tableId }) => tableId);
  const interfaceIds = snapshot.interfaces.map(({ interfaceId }) => interfaceId);
  const listIds = snapshot.prefixLists.map(({ prefixListId }) => prefixListId);
  return [
    ...doubles('instances', instanceIds),
    ...doubles('interfaces', interfaceIds),
    ...doubles('subnets', subnetIds),
    ...doubles('routeTables', tableIds),
    ...doubles('prefixLists', listIds),
    ...snapshot.interfaces.flatMap(({ instanceId }, index) =>
      instanceId === null || instanceIds.includes(instanceId)
        ? []
        : [`interfaces[${index}].instanceId: ${instanceId} is not among instances: add it`],
    ),
    ...snapshot.routeTables.flatMap((table, index) => [
      ...table.subnetIds.flatMap((id, at) =>
        subnetIds.includes(id)
          ? []
          : [`routeTables[${index}].subnetIds[${at}]: ${id} is not among subnets: add it`],
      ),
      ...doubles(
        `routeTables[${index}].routes`,
        table.routes
          .filter(({ origin }) => origin !== 'propagated')
          .map(({ destination }) => destination),
      ),
    ]),
  ];
}

function doubles(where: string, ids: readonly string[]): readonly string[] {
  const twice = new Set(ids.filter((id, index) => ids.indexOf(id) !== index));
  return [...twice].map((id) => `${where}: ${id} is there twice: remove one`);
}

function parseJson(
  json: string,
): { readonly ok: true; readonly value: unknown } | { readonly ok: false; readonly why: string } {
  try {
    return { ok: true, value: JSON.parse(json) };
  } catch (error) {
    if (error instanceof SyntaxError) return { ok: false, why: error.message };
    throw error;
  }
}
