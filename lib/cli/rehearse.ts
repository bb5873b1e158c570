/** `vpn-medic rehearse`: fault scenarios in a simulated account. No AWS, no network; the same seed gives the same run. */

import type { Topology } from '../appliances/types/topology.ts';
import { defaultAccount } from '../simulator/defaults/account.ts';
import { DEFAULT_ENDPOINTS } from '../simulator/defaults/clientVpn.ts';
import { defaultVpn } from '../simulator/defaults/siteToSite.ts';
import { DEFAULT_TRANSIT, defaultVpnWithTransit } from '../simulator/defaults/transitGateway.ts';
import { NO_DIRECT_CONNECT } from '../simulator/directConnect.ts';
import { parseFail } from '../simulator/faults/fail.ts';
import { openFixture } from '../simulator/open.ts';
import { rehearse as play } from '../simulator/rehearsal.ts';
import { type AccountFacts, type Roles, rolesIn } from '../simulator/roles.ts';
import type { Scenario } from '../simulator/scenario/types.ts';
import { SCENARIOS } from '../simulator/scenario.ts';
import type { TimelineEvent } from '../simulator/timeline.ts';
import { NO_TRANSIT } from '../simulator/transitGateway.ts';
import { openCaptured } from './captured/account.ts';
import { type CapturedFacts, factsOf } from './captured/facts.ts';
import { print } from './output/print.ts';
import { harmless } from './output/safeText.ts';
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
import { type ExitCode, NEEDS_A_PERSON, type Terminal, Unable, WELL } from './terminal.ts';

export interface RehearseOptions {
  readonly scenario?: readonly string[];
  readonly list?: boolean;
  readonly seed?: string;
  readonly fail?: readonly string[];
  /** A file in place of the built-in account. */
  readonly capture?: string;
  /** Of a capture of several regions, which. */
  readonly region?: string;
  /** Fails each single thing, one after another. */
  readonly every?: boolean;
  /** With `every`: each two appliances at once, too. */
  readonly pairs?: boolean;
  /** With `every`: a file for a page. */
  readonly html?: string;
  readonly json?: boolean;
  /** Every event of every scenario. */
  readonly verbose?: boolean;
  /** True: any free port. */
  readonly serve?: string | true;
}

/** @throws {Unable} for a scenario, a fault or a capture that does not exist. */
export async function rehearse(options: RehearseOptions, terminal: Terminal): Promise<ExitCode> {
  const isJson = options.json === true;
  if (options.list === true) {
    const scenarios = SCENARIOS.map(({ name, says }) => ({ name, says }));
    print(terminal, isJson, { version: 1, scenarios }, writeScenarios(SCENARIOS));
    return WELL;
  }
  const { seed = '1', capture } = options;
  if (options.every !== true && (options.pairs === true || options.html !== undefined)) {
    throw new Unable('--pairs and --html belong to --every: add it');
  }
  const { facts, notes } = await accountOf(options);
  // The report of every failure holds them.
  for (const note of options.every === true ? [] : notes)
    terminal.err(`vpn-medic: ${harmless(note)}\n`);
  const roles = rolesWith(facts, capture);
  if (options.every === true) {
    const { every } = await import('./rehearse/every.ts');
    return every({ facts, notes }, options, terminal);
  }
  if (options.serve !== undefined) {
    const { serve } = await import('./rehearse/serve.ts');
    return serve(roles, { seed, port: options.serve }, terminal);
  }
  const scenarios = chooseScenarios(options, roles);
  const say = (text: string) => {
    if (!isJson) terminal.out(text);
  };
  const fixture = { seed, capture: capture ?? null, topology: await topologyOf(roles) };
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

/** What is played where nothing is asked for, as by `npm start`: one scenario of each kind that the account has. */
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
  const parsed = parseFail(faultWord(what, roles), roles, FAIL_MS);
  if (!parsed.ok) throw new Unable(`--fail ${what}: ${parsed.why}`);
  return { ...parsed.scenario, name: what };
}

/** The words that `plan` takes too: `instance:ID`, and an appliance, a zone or a connection without a word before it. */
function faultWord(what: string, { appliances, vpn }: Roles): string {
  if (what.startsWith('instance:')) return what.replace('instance:', 'stop:');
  if (what.includes(':')) return what;
  if (appliances.some(({ instanceId, name }) => what === instanceId || what === name)) {
    return `stop:${what}`;
  }
  const isZone = appliances.some(
    ({ zone }) => zone === what || (what.length === 1 && zone.endsWith(what)),
  );
  if (isZone) return `zone:${what}`;
  const isConnection = vpn.connections.some(
    ({ connectionId, name }) => what === connectionId || what === name,
  );
  return isConnection ? `connection:${what}` : what;
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

/** What the product sees of the account before anything fails. */
async function topologyOf(roles: Roles): Promise<Topology> {
  const { account, clock } = openFixture({ ...roles, standing: [] }, 'topology');
  const { ports } = account.start('topology');
  const { region } = ports;
  const setup = { ...ports, viewpoint: 'functions', homeRegion: region, store: null } as const;
  const observation = await clock.through(observeOnce(setup, new AbortController().signal));
  return observation.world.topology;
}

/** @throws {Unable} for a file that cannot be rehearsed. */
const accountOf = async ({
  capture,
  region,
  every,
}: Pick<RehearseOptions, 'capture' | 'region' | 'every'>): Promise<CapturedFacts> =>
  capture === undefined
    ? { facts: defaultFacts(DAY_AT, every === true), notes: [] }
    : factsOf(await openCaptured(capture, region === undefined ? {} : { region }));

/** `isPlain`: without a transit gateway. */
const defaultFacts = (takenAt: number, isPlain: boolean): AccountFacts => ({
  snapshot: defaultAccount(takenAt),
  vpn: isPlain ? defaultVpn(takenAt) : defaultVpnWithTransit(takenAt),
  transit: isPlain ? NO_TRANSIT : DEFAULT_TRANSIT,
  directConnect: NO_DIRECT_CONNECT,
  endpoints: DEFAULT_ENDPOINTS,
  endpointSetups: new Map(),
  standing: [],
});

function rolesWith(facts: AccountFacts, capture: string | undefined): Roles {
  const { snapshot, vpn, endpoints } = facts;
  const tagged = new Set(
    snapshot.tags.flatMap(({ key, resourceId }) => (key === 'vpn-medic:group' ? [resourceId] : [])),
  );
  const hasAppliance = snapshot.instances.some(
    ({ instanceId, state }) => tagged.has(instanceId) && state === 'running',
  );
  if (!hasAppliance && vpn.connections.length + endpoints.length === 0) {
    throw new Unable(
      `the capture ${capture ?? ''} holds no running instance with the tag vpn-medic:group, no connection and no endpoint, so there is nothing to rehearse`,
    );
  }
  return rolesIn(facts);
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
  { seed, capture }: FixtureParts,
  scenarios: readonly ScenarioReport[],
): RehearsalReport => ({
  version: 1,
  seed,
  capture,
  result: scenarios.every(({ crashes }) => crashes.length === 0) ? 'well' : 'crashed',
  scenarios,
});
