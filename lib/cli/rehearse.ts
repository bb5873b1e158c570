/** `vpn-medic rehearse`: fault scenarios in a simulated account. No AWS, no network; the same seed gives the same run. */

import { defaultAccount } from '../simulator/defaults/account.ts';
import { defaultVpn } from '../simulator/defaults/connections.ts';
import { DEFAULT_ENDPOINTS } from '../simulator/defaults/endpoints.ts';
import { parseFail } from '../simulator/faults/fail.ts';
import { rehearse as play } from '../simulator/rehearsal.ts';
import { type Roles, rolesOf } from '../simulator/roles.ts';
import type { Scenario } from '../simulator/scenario/types.ts';
import { SCENARIOS } from '../simulator/scenario.ts';
import type { Snapshot } from '../simulator/snapshot.ts';
import type { TimelineEvent } from '../simulator/timeline.ts';
import { print } from './output/print.ts';
import { render } from './output/textBlocks.ts';
import { observeOnce } from './pass.ts';
import {
  writeClosing,
  writeNetwork,
  writeOpening,
  writeScenarios,
  writeSummary,
  writeTimeline,
} from './rehearse/text.ts';
import type { FixtureParts, RehearsalReport, ScenarioReport } from './rehearse/types.ts';
import { readSnapshot } from './snapshot/file.ts';
import { snapshotObserverSetup } from './snapshot/ports.ts';
import { type ExitCode, NEEDS_A_PERSON, type Terminal, Unable, WELL } from './terminal.ts';

export interface RehearseOptions {
  readonly scenario?: readonly string[];
  readonly list?: boolean;
  readonly seed?: string;
  readonly fail?: readonly string[];
  readonly snapshot?: string;
  readonly json?: boolean;
  /** Every event of every scenario. */
  readonly verbose?: boolean;
  /** True: any free port. */
  readonly serve?: string | true;
}

/** @throws {Unable} for a scenario, a fault or a snapshot that does not exist. */
export async function rehearse(options: RehearseOptions, terminal: Terminal): Promise<ExitCode> {
  const isJson = options.json === true;
  if (options.list === true) {
    const scenarios = SCENARIOS.map(({ name, says }) => ({ name, says }));
    print(terminal, isJson, { version: 1, scenarios }, writeScenarios(SCENARIOS));
    return WELL;
  }
  const { seed = '1', snapshot } = options;
  const roles = rolesIn(
    snapshot === undefined ? defaultAccount(DAY_AT) : await readSnapshot(snapshot),
    snapshot,
  );
  if (options.serve !== undefined) {
    const { serve } = await import('./live.ts');
    return serve(roles, { seed, port: options.serve }, terminal);
  }
  const scenarios = chooseScenarios(options, roles);
  const say = (text: string) => {
    if (!isJson) terminal.out(text);
  };
  const { world } = await observeOnce(
    snapshotObserverSetup(roles.snapshot),
    new AbortController().signal,
  );
  const fixture = { seed, snapshot: snapshot ?? null, topology: world.topology };
  const isVerbose = options.verbose === true;
  say(render([...writeOpening(fixture), ...(isVerbose ? writeNetwork(fixture) : [])], terminal));
  const played: ScenarioReport[] = [];
  for (const scenario of scenarios) {
    const one = await playScenario(roles, scenario, seed);
    played.push(one);
    const isFirst = played.length === 1;
    if (isVerbose) say(render(writeTimeline(one, isFirst), terminal));
    else if (isFirst || one.crashes.length > 0) say(render(writeSummary(one), terminal));
  }
  const report: RehearsalReport = reportRehearsal(fixture, played);
  print(terminal, isJson, report, writeClosing(report, isVerbose));
  return report.result === 'well' ? WELL : NEEDS_A_PERSON;
}

/** A fixed day, so that the same seed prints the same text. */
const DAY_AT = 1_795_208_400_000; // 2026-11-20T21:00:00Z

/** What `npm start` plays: one scenario of each kind. */
const TOUR: readonly string[] = [
  'process-dead',
  'host-dead',
  'zone-dead',
  'all-dead',
  'flapping',
  'blind-vantage',
  'throttled-api',
  'site-lost',
  'endpoints-dark',
  'list-expiring',
];

const FAIL_MS = 120_000;

function chooseScenarios({ scenario, fail }: RehearseOptions, roles: Roles): readonly Scenario[] {
  if (fail !== undefined) {
    if (scenario !== undefined) {
      throw new Unable('--scenario and --fail exclude each other: leave one out');
    }
    return [atOnce(fail.map((what) => failScenario(what, roles)))];
  }
  if (scenario === undefined) {
    return SCENARIOS.filter(
      ({ name, spellsIn }) => TOUR.includes(name) && spellsIn(roles) !== null,
    );
  }
  return scenario.flatMap((name) => (name === 'all' ? SCENARIOS : [named(name, roles)]));
}

function named(name: string, roles: Roles): Scenario {
  const scenario = SCENARIOS.find((one) => one.name === name);
  if (scenario === undefined) {
    throw new Unable(
      `--scenario ${name}: no such scenario; there are ${SCENARIOS.map((one) => one.name).join(', ')}, and all`,
    );
  }
  if (scenario.spellsIn(roles) === null) {
    throw new Unable(`--scenario ${name}: this network has none of the resources that it fails`);
  }
  return scenario;
}

function failScenario(what: string, roles: Roles): Scenario {
  // The word that `plan` uses.
  const parsed = parseFail(what.replace(/^instance:/, 'stop:'), roles, FAIL_MS);
  if (!parsed.ok) throw new Unable(`--fail ${what}: ${parsed.why}`);
  return { ...parsed.scenario, name: what };
}

function atOnce(scenarios: readonly Scenario[]): Scenario {
  const [only, ...others] = scenarios;
  if (only !== undefined && others.length === 0) return only;
  return {
    name: scenarios.map(({ name }) => name).join(' and '),
    says: `All of them fail at once for ${FAIL_MS / 1_000} s.`,
    spellsIn: (roles) => scenarios.flatMap(({ spellsIn }) => spellsIn(roles) ?? []),
    lastsMs: Math.max(...scenarios.map(({ lastsMs }) => lastsMs)),
  };
}

function rolesIn(snapshot: Snapshot, path: string | undefined): Roles {
  const tagged = new Set(
    snapshot.tags.flatMap(({ key, resourceId }) => (key === 'vpn-medic:group' ? [resourceId] : [])),
  );
  const hasAppliance = snapshot.instances.some(
    ({ instanceId, state }) => tagged.has(instanceId) && state === 'running',
  );
  if (!hasAppliance) {
    throw new Unable(
      `the snapshot ${path ?? ''} holds no running instance with the tag vpn-medic:group, so there is nothing to rehearse`,
    );
  }
  // A snapshot holds no connections and no endpoints: only the built-in account has scenarios about them.
  return path === undefined
    ? rolesOf(snapshot, defaultVpn(snapshot.takenAt), DEFAULT_ENDPOINTS)
    : rolesOf(snapshot);
}

async function playScenario(
  roles: Roles,
  scenario: Scenario,
  seed: string,
): Promise<ScenarioReport> {
  const events: TimelineEvent[] = [];
  const playing = play(roles, scenario, { seed });
  let step = await playing.next();
  while (step.done !== true) {
    events.push(step.value);
    step = await playing.next();
  }
  const { faults, ranMs, writeCount, notificationCount, crashes } = step.value;
  return {
    name: scenario.name,
    says: scenario.says,
    events,
    faults,
    ranMs,
    writeCount,
    notificationCount,
    crashes: crashes.map(({ by, error }) => `${by}: ${String(error)}`),
  };
}

export const reportRehearsal = (
  { seed, snapshot }: FixtureParts,
  scenarios: readonly ScenarioReport[],
): RehearsalReport => ({
  version: 1,
  seed,
  snapshot,
  result: scenarios.every(({ crashes }) => crashes.length === 0) ? 'well' : 'crashed',
  scenarios,
});
