/** Attacks by whoever can write to the state table. Each answers null, or what it got. */
import { plan } from '../../lib/appliances/plan.ts';
import { handedOver, parseState, stateBody } from '../../lib/appliances/state/stored.ts';
import type { Memory } from '../../lib/appliances/state.ts';
import type { Verdict } from '../../lib/appliances/types/verdict.ts';
import { parsePins } from '../../lib/core/pin.ts';
import { parseStored } from '../../lib/core/storedText.ts';
import { pageIdOf } from '../../lib/incidents/store/page.ts';
import { NOW } from '../builders/facts.ts';
import { aNotifier, DOWN, DOWN_ID } from '../builders/notifier.ts';
import { aPin } from '../builders/pins.ts';
import { somePorts } from '../builders/ports.ts';
import {
  anAppliance,
  anAssessment,
  aRoute,
  aWorld,
  down,
  groupMemory,
  memoryOf,
  policyOf,
} from '../builders/world.ts';

const KEY = 'rtb-1 10.0.0.0/8';
const A = 'i-a1';
const B = 'i-b1';

/** Two members that were there first, and one that came later; the route leads to the first. */
const world = aWorld({
  appliances: [A, B, 'i-stranger'].map((id) => anAppliance(id)),
  routes: [aRoute(KEY, A)],
});
const founder = { how: 'founder', at: NOW - 86_400_000 } as const;
const own = (over: Partial<Memory> = {}): Memory =>
  memoryOf({
    admissions: new Map([['hq', { members: { [A]: founder, [B]: founder }, identities: [] }]]),
    ...over,
  });

const planned = (memory: Memory, verdicts: Readonly<Record<string, Verdict>> = {}, now = NOW) =>
  plan(world, anAssessment(world, verdicts), memory, policyOf(), now);

const PAGE = pageIdOf('eu-west-1', 'appliances', DOWN_ID);

/** As the leader reads pins out of the table. */
const pinsIn = (...pins: readonly ReturnType<typeof aPin>[]) =>
  parsePins(parseStored(JSON.stringify({ version: 1, pins }))) ?? [];

/** As a leader takes over what is stored. */
function takenOver(over: object): Memory {
  const body = JSON.parse(JSON.stringify(stateBody(own(), 7, NOW)));
  const read = parseState(parseStored(JSON.stringify({ ...body, ...over })), NOW);
  return read === null ? own() : handedOver(own(), read.memory);
}

type Attack = () => Promise<string | null>;

export const attacks: Readonly<Record<string, Attack>> = {
  async 'a forged pin to an instance that was never admitted'() {
    const { actions } = planned(own({ pins: pinsIn(aPin({ to: 'i-stranger' })) }));
    return actions.length === 0 ? null : `a well route moves to ${actions[0]?.to}`;
  },

  async 'a forged pin to a member that is dead'() {
    const { actions } = planned(own({ pins: pinsIn(aPin({ to: B })) }), { [B]: down() });
    return actions.length === 0 ? null : `a well route moves to the dead ${actions[0]?.to}`;
  },

  async 'a forged pin for ever'() {
    const until = NOW + 1e11;
    const pins = pinsIn(aPin({ to: B, until }));
    const { actions } = planned(own({ pins }), {}, NOW + 8 * 86_400_000);
    return actions.length === 0 ? null : 'it moves routes after more than a week';
  },

  async 'a forged pin from the far future'() {
    const pins = pinsIn(aPin({ to: B, at: NOW + 1e10, until: NOW + 1e11 }));
    const { actions } = planned(own({ pins }));
    return actions.length === 0 ? null : 'it holds for months';
  },

  async 'three invented failovers'() {
    const lie = groupMemory({
      failovers: { [KEY]: [NOW - 3, NOW - 2, NOW - 1] },
      lastTargets: { [KEY]: world.topology.routes[0]?.targetId ?? '' },
      pinnedAts: { [KEY]: NOW },
      flapCount: 100,
    });
    const { held } = planned(takenOver({ groups: { hq: lie } }), { [A]: down() });
    return held.length === 0 ? null : `the route stays on the dead: ${held[0]?.because}`;
  },

  async 'a page of incidents with a fencing token that no leader ever had'() {
    const ports = somePorts();
    ports.store.put(PAGE, { version: 2, token: 1e15, incidents: [] });
    await aNotifier(ports)([DOWN]);
    const next = await aNotifier(ports)([DOWN]);
    return next.length === 0 ? null : `each next leader notifies again: ${next.join()}`;
  },

  async 'a refusal that EC2 never gave, of a thousand tries'() {
    const write = {
      kind: 'failover',
      group: 'hq',
      toTargetId: 'eni-b1',
      fromTargetId: world.topology.routes[0]?.targetId ?? '',
      firstAt: NOW,
      writtenAt: NOW + 1e12,
      tryCount: 1_000,
      answer: 'refused',
      why: 'never',
      isOfTable: true,
    };
    const { held } = planned(
      takenOver({ pending: { [KEY]: write } }),
      { [A]: down() },
      NOW + 5_000,
    );
    return held.length === 0 ? null : `the route stays on the dead: ${held[0]?.because}`;
  },
};
