/** `vpn-medic ack GROUP`: lets go of routes that were pinned after flapping. The one command that writes. */
import * as v from 'valibot';
import type { Item, StorePort } from '../ports.ts';
import { toIso } from '../time.ts';
import type { Doors } from './doors.ts';
import { homeRegion, stateTable } from './eyesight.ts';
import { ink } from './ink.ts';
import { type Block, blank, count, line, render, table } from './paper.ts';
import { chooseRegion } from './region.ts';
import { harmlessJson } from './safeText.ts';
import { CANNOT_TELL, type ExitCode, type Terminal, Unable, WELL } from './terminal.ts';

export interface AckOptions {
  readonly region?: string;
  readonly stateTable?: string;
  readonly yes?: boolean;
  readonly json?: boolean;
}

/** Version 1: fields may be added, never renamed or taken away. */
interface AckReport {
  readonly version: 1;
  readonly group: string;
  readonly region: string;
  readonly isChanged: boolean;
  readonly cleared: readonly { readonly route: string; readonly pinnedAt: string }[];
}

/** @throws {Unable} when the state table cannot be used or does not know the group. */
export async function ack(
  group: string,
  options: AckOptions,
  terminal: Terminal,
  doors: Doors,
): Promise<ExitCode> {
  const name = stateTable(options.stateTable, terminal.env);
  if (name === null) {
    throw new Unable(
      "pins are kept in the stack's state table: set VPN_MEDIC_STATE_TABLE to its name, or add --state-table NAME",
    );
  }
  const region = await chooseRegion(options.region, terminal.env, doors.profileRegion);
  const store = await doors.store(homeRegion(terminal.env, region), name);
  const pinned = await readPins(store, region, group);
  const report = (isChanged: boolean): AckReport => ({
    version: 1,
    group,
    region,
    isChanged,
    cleared: isChanged ? pinned.routes.map(([route, at]) => ({ route, pinnedAt: toIso(at) })) : [],
  });
  if (pinned.routes.length === 0) {
    tell(terminal, options, report(false), [
      line(`Nothing is pinned in group ${group} (${region}).`),
    ]);
    return WELL;
  }
  if (options.json !== true) terminal.out(render(listPins(group, region, pinned), terminal));
  if (!(await isAgreed(options, terminal))) {
    terminal.out('Nothing was changed.\n');
    return CANNOT_TELL;
  }
  await clear(store, region, group, pinned);
  tell(terminal, options, report(true), [
    line([
      ink('good', `${count(pinned.routes.length, 'route')} unpinned.`),
      ' Each goes home by itself once its home has been well for long enough; until then it stays where it is.',
    ]),
  ]);
  return WELL;
}

const Group = v.looseObject({
  pinnedAts: v.record(v.string(), v.number()),
  failoverAts: v.record(v.string(), v.array(v.number())),
});

interface Pinned {
  readonly item: Item;
  readonly body: v.InferOutput<typeof Group>;
  /** Route key and since when, oldest first. */
  readonly routes: readonly (readonly [string, number])[];
}

const NONE = { pinnedAts: {}, failoverAts: {} };
const ASK_MS_MAX = 20_000;

async function readPins(store: StorePort, region: string, group: string): Promise<Pinned> {
  const id = `group#${region}#${group}`;
  const fleetId = `fleet#${region}`;
  const reading = await store.read([id, fleetId], AbortSignal.timeout(ASK_MS_MAX));
  if (!reading.known) throw new Unable(`the state table cannot be read: ${reading.why}`);
  const item = reading.value.find((one) => one.id === id);
  if (item === undefined) {
    const groups = groupsOf(reading.value.find((one) => one.id === fleetId)?.body);
    if (!groups.includes(group)) throw new Unable(unknownGroup(group, region, groups));
    return { item: { id, version: 0, body: null }, body: NONE, routes: [] };
  }
  const body = v.safeParse(Group, item.body);
  if (!body.success) {
    throw new Unable(
      `what the state table holds of group ${group} is not the watcher's; the watcher puts it right at the next failover`,
    );
  }
  const routes = Object.entries(body.output.pinnedAts).toSorted(([, a], [, b]) => a - b);
  return { item, body: body.output, routes };
}

const Fleet = v.object({
  appliances: v.record(v.string(), v.object({ group: v.string() })),
});

function groupsOf(body: unknown): readonly string[] {
  const fleet = v.safeParse(Fleet, body);
  if (!fleet.success) return [];
  return [...new Set(Object.values(fleet.output.appliances).map(({ group }) => group))].toSorted();
}

const unknownGroup = (group: string, region: string, groups: readonly string[]): string =>
  groups.length === 0
    ? `the watcher has kept nothing about ${region} in this table yet: see --region and the table's name`
    : `the watcher knows no group ${group} in ${region}: it knows ${groups.join(', ')}`;

const listPins = (group: string, region: string, { routes }: Pinned): readonly Block[] => [
  line(`Group ${group} (${region}) has ${count(routes.length, 'route')} pinned after flapping:`),
  table(
    ['TABLE', 'DESTINATION', 'PINNED SINCE'],
    routes.map(([key, at]) => {
      const [tableId = key, destination = ''] = key.split(' ');
      return [tableId, destination, toIso(at)];
    }),
  ),
  blank,
];

async function isAgreed({ yes, json }: AckOptions, terminal: Terminal): Promise<boolean> {
  if (yes === true) return true;
  const answer = json === true ? null : await terminal.ask('Let go of them? [y/N] ');
  if (answer === null) {
    throw new Unable('there is nobody to ask here: add --yes to let go of them');
  }
  return answer;
}

/** The pins go, and with them the failovers that made them: the next one is the first again. */
async function clear(
  store: StorePort,
  region: string,
  group: string,
  { item, body, routes }: Pinned,
): Promise<void> {
  const keys = new Set(routes.map(([key]) => key));
  const failoverAts = Object.fromEntries(
    Object.entries(body.failoverAts).filter(([key]) => !keys.has(key)),
  );
  const write = {
    id: item.id,
    overVersion: item.version,
    body: { ...body, failoverAts, pinnedAts: {} },
    expiresAt: null,
  };
  const answer = await store.write(write, AbortSignal.timeout(ASK_MS_MAX));
  switch (answer.kind) {
    case 'written':
      return;
    case 'conflict':
      throw new Unable(
        `group ${group} (${region}) changed while you looked: nothing was written; run it again to see what is pinned now`,
      );
    case 'failed':
      throw new Unable(`the state table cannot be written: ${answer.why}`);
    default:
      return answer satisfies never;
  }
}

const tell = (
  terminal: Terminal,
  { json }: AckOptions,
  report: AckReport,
  blocks: readonly Block[],
): void => terminal.out(json === true ? `${harmlessJson(report)}\n` : render(blocks, terminal));
