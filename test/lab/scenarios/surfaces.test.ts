/**
 * Goal: with the deployed functions too, no surface contradicts another. Method: the built watcher and the built widget over
 * HTTP, the command line as a process, all of them read at the same moment of each scenario.
 */
import { expect, test } from '@jest/globals';
import { type AccountSpec, type ApplianceSpec, twoAppliances } from '../account/options.ts';
import { runCli } from '../cli.ts';
import { applianceOf, type Lab } from '../lab.ts';
import { until } from '../pause.ts';
import { inFixture } from './inAccount.ts';
import { invokeOnce } from './oneShot.ts';
import { movesOf, nextHopsOf, QUICK, untilCarriedBy, untilNotified } from './open.ts';

const MS_MAX = 400_000;
const DRAWN = { widgetContext: { width: 1_000, theme: 'light' } };

/** What each surface says of one appliance: `well`, `down` or `unsure`; plan names those that are down. */
interface Said {
  readonly check: string;
  readonly map: string;
  readonly widget: string;
  readonly plan: 'down' | 'not down';
}

const SURFACES = ['check', 'plan', 'incidents', 'map', 'widget', 'tile'] as const;

interface Read {
  readonly of: (name: string) => Said;
  /** Everything that people read, by surface. */
  readonly texts: Readonly<Record<(typeof SURFACES)[number], string>>;
  readonly exits: Readonly<Record<'check' | 'incidents' | 'map' | 'plan', number | null>>;
  /** Reasons of open incidents, as each surface lists them; the tile only those that are no information. */
  readonly open: Readonly<Record<'check' | 'incidents' | 'tile', readonly string[]>>;
}

/** From where no probe of the command's own is answered: what is known is the leader's. */
async function read(lab: Lab): Promise<Read> {
  const plan = ['plan', '--no-probes', '--fail', 'vpn-a'];
  const [check, text, incidents, listed, map, planned, planText, widget, tile] = await Promise.all([
    runCli(lab, ['check', '--no-probes', '--json']),
    runCli(lab, ['check', '--no-probes']),
    runCli(lab, ['incidents', '--json']),
    runCli(lab, ['incidents']),
    runCli(lab, ['map', '--no-probes']),
    runCli(lab, [...plan, '--json']),
    runCli(lab, plan),
    invokeOnce(lab, 'mapWidget', DRAWN),
    invokeOnce(lab, 'mapWidget', { ...DRAWN, show: 'state' }),
  ]);
  const report = JSON.parse(check.out);
  const open = JSON.parse(incidents.out).open;
  const drawn = String(widget);
  return {
    texts: {
      check: text.out,
      plan: planText.out,
      incidents: listed.out,
      map: map.out,
      widget: drawn,
      tile: String(tile),
    },
    exits: { check: check.exit, incidents: incidents.exit, map: map.exit, plan: planned.exit },
    open: {
      check: reasonsOf(report.incidents),
      incidents: reasonsOf(open),
      tile: [...String(tile).matchAll(/<\/span> [^<]*?\((\w+)\): /g)]
        .map(([, reason = '']) => reason)
        .toSorted(),
    },
    of: (name) => {
      const { instanceId } = applianceOf(lab, name);
      return {
        check: healthIn(report, instanceId) ?? 'not listed',
        map: healthOn(map.out, instanceId),
        widget: healthOn(drawn, instanceId),
        plan: JSON.parse(planned.out).downAlready.some(
          (one: { readonly instanceId: string }) => one.instanceId === instanceId,
        )
          ? 'down'
          : 'not down',
      };
    },
  };
}

/** Enough to wait for. */
interface Glance {
  readonly open: readonly string[];
  readonly exit: number | null;
  readonly health: (name: string) => string | undefined;
}

async function glance(lab: Lab): Promise<Glance> {
  const [check, incidents] = await Promise.all([
    runCli(lab, ['check', '--no-probes', '--json']),
    runCli(lab, ['incidents', '--json']),
  ]);
  return {
    open: reasonsOf(JSON.parse(incidents.out).open),
    exit: incidents.exit,
    health: (name) => healthIn(JSON.parse(check.out), applianceOf(lab, name).instanceId),
  };
}

const reasonsOf = (all: readonly { readonly id: string }[]) =>
  all.map(({ id }) => id.split('/').at(-1) ?? '').toSorted();

interface Checked {
  readonly appliances: readonly { readonly instanceId: string; readonly health: string }[];
}

const healthIn = ({ appliances }: Checked, id: string): string | undefined =>
  appliances.find(({ instanceId }) => instanceId === id)?.health;

const READS_MAX = 3;

/**
 * All surfaces, read after two of them showed what is waited for. Each is a process of its own, seconds apart on a busy
 * machine: what changed in between is read again, and a contradiction that stays is returned.
 */
async function readOnce(lab: Lab, what: string, is: (glance: Glance) => boolean): Promise<Read> {
  await until(what, async () => (is(await glance(lab)) ? true : null));
  let last = await read(lab);
  for (let reads = 1; reads < READS_MAX && !isOneMoment(last); reads += 1) last = await read(lab);
  return last;
}

const isOneMoment = ({ of, open }: Read): boolean =>
  ['vpn-a', 'vpn-b'].map(of).every(({ check, map, widget }) => check === map && map === widget) &&
  open.check.join() === open.incidents.join();

const ACK_ARN = 'arn:aws:lambda:eu-west-1:123456789012:function:vpn-medic-prod-ackIncident';

/** The button of the first tile: the action's own JSON at the top, and the context of every call of a custom widget. */
async function pressAcknowledge(lab: Lab): Promise<string> {
  const own = { ACK_FUNCTION_ARN: ACK_ARN };
  const event = { ...DRAWN, show: 'state' };
  const tile = String(await invokeOnce(lab, 'mapWidget', event, own));
  const action = /<cwdb-action [^>]*endpoint="([^"]*)">([^<]*)<\/cwdb-action>/.exec(tile);
  expect(action?.[1]).toBe(ACK_ARN);
  const sent: unknown = JSON.parse((action?.[2] ?? '').replaceAll('&quot;', '"'));
  const widgetContext = {
    ...DRAWN.widgetContext,
    dashboardName: 'vpn-medic-prod-eu-west-1',
    forms: { all: { name: 'Ana', why: 'looking' } },
  };
  return String(await invokeOnce(lab, 'ackIncident', Object.assign({}, sent, { widgetContext })));
}

const healthOn = (html: string, id: string): string =>
  new RegExp(`class="(\\w+)" data-subject="appliance:${id}"`).exec(html)?.[1] ?? 'not drawn';

const all = (health: string): Said => ({
  check: health,
  map: health,
  widget: health,
  plan: health === 'down' ? 'down' : 'not down',
});

/** Each lists the same incidents. */
const expectOneList = ({ open }: Read) => {
  expect(open.check).toEqual(open.incidents);
  expect(open.tile).toEqual(open.incidents);
};

const expectEverywhere = ({ texts }: Read, words: string | RegExp) => {
  for (const [surface, text] of Object.entries(texts)) {
    expect([surface, typeof words === 'string' ? text.includes(words) : words.test(text)]).toEqual([
      surface,
      true,
    ]);
  }
};

test(
  'dead, paused, healed, and then without a watcher: each moment is one and the same on every surface',
  inFixture(async ({ lab, a, watch }) => {
    const watcher = await watch();
    await a.kill();
    await untilCarriedBy(lab, 'vpn-b');
    await untilNotified(lab, 'ApplianceDown', applianceOf(lab, 'vpn-a').instanceId);
    const dead = await readOnce(lab, 'the death in the incidents', ({ open }) =>
      open.includes('ApplianceDown'),
    );
    expect(dead.of('vpn-a')).toEqual(all('down'));
    expect(dead.of('vpn-b')).toEqual(all('well'));
    expectOneList(dead);
    expectEverywhere(dead, '(mode act)');

    expect(await pressAcknowledge(lab)).toContain('Acknowledged: ApplianceDown of vpn-a');
    const listed = await runCli(lab, ['incidents']);
    expect(listed.out).toContain('acknowledged by "Ana" by dashboard vpn-medic-prod-eu-west-1');

    const paused = await runCli(lab, ['pause', '--for', '1h', '--why', 'CHG-7', '--yes']);
    expect(paused).toMatchObject({ exit: 0, err: '' });
    await a.revive();
    const held = await readOnce(
      lab,
      'vpn-a to be well',
      ({ health }) => health('vpn-a') === 'well',
    );
    expect(held.of('vpn-a')).toEqual(all('well'));
    expectEverywhere(held, 'CHG-7');
    expectOneList(held);
    // Up again, and its incident not ended yet: each list says so.
    for (const text of [held.texts.check, held.texts.incidents, held.texts.tile])
      expect(text.replaceAll(/\s+/g, ' ')).toContain('and ends when that lasts');
    expect(await nextHopsOf(lab)).toEqual(['vpn-b']);

    expect(await runCli(lab, ['resume', '--yes'])).toMatchObject({ exit: 0, err: '' });
    await untilCarriedBy(lab, 'vpn-a');
    await untilNotified(lab, 'ApplianceDown', '"resolved"');
    // An incident ends some looks after what it is about.
    const healed = await readOnce(
      lab,
      'the incidents to have ended',
      ({ open }) => open.length === 0,
    );
    expect([healed.of('vpn-a'), healed.of('vpn-b')]).toEqual([all('well'), all('well')]);
    expectOneList(healed);
    expect(healed.exits).toEqual({ check: 0, incidents: 0, map: 0, plan: 0 });
    for (const text of Object.values(healed.texts)) expect(text).not.toContain('CHG-7');

    await watcher.kill();
    const alone = await readOnce(lab, 'the last look to be 30 s old', ({ exit }) => exit === 1);
    expectEverywhere(alone, 'Not watched');
    expect(alone.exits).toEqual({ check: 1, incidents: 1, map: 1, plan: 1 });
    expect(alone.texts.plan).not.toContain('Nothing lost');
    // The widget's own probes are answered: its picture is one look. The others have no answer of their own.
    expect(alone.of('vpn-a')).toMatchObject({ check: 'unsure', map: 'unsure' });
    expect(alone.texts.incidents).not.toContain('Nothing is open.');
  }),
  MS_MAX,
);

/** The two, and one whose probe nobody has ever answered. */
const withUnproven = (probeA: string, probeB: string): AccountSpec => {
  const { groups } = twoAppliances({ probeA, probeB });
  const unproven: ApplianceSpec = { name: 'vpn-c', zone: 'c', probe: 'tcp:127.0.0.1:9' };
  return {
    groups: groups.map((one) => ({ ...one, appliances: [...one.appliances, unproven] })),
  };
};

test(
  'in observe mode the death is on every surface, so is the mode, what never answered is unknown, and no route moves',
  inFixture(
    async ({ lab, a, watch }) => {
      await watch({ ...QUICK, MODE: 'observe' });
      await a.kill();
      const dead = await readOnce(lab, 'the death in the incidents', ({ open }) =>
        open.includes('ApplianceDown'),
      );
      expect(dead.of('vpn-a')).toEqual(all('down'));
      expect(dead.of('vpn-c')).toEqual(all('unsure'));
      expectOneList(dead);
      expectEverywhere(dead, '(mode observe)');
      expect(dead.exits).toMatchObject({ check: 2, incidents: 2, plan: 2 });
      expect(dead.texts.plan).toContain('Lost already, before that');
      expect(movesOf(lab)).toEqual([]);
    },
    { account: withUnproven },
  ),
  MS_MAX,
);
