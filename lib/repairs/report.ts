/** What there is to tell of repairs: what was tried and came of it, what waits for which brake. Pure. */

import { withPlaces } from '../appliances/report/places.ts';
import type { World } from '../appliances/types/world.ts';
import type { Finding } from '../core/finding.ts';
import type { Deed, HeldDeed, Story } from '../core/report.ts';
import type { HeldRepair } from './types/plan.ts';
import { type Attempt, type Ladder, type Ladders, stepOf } from './types.ts';

/** `news`: ids of attempts whose result was not told before. */
export function repairStory(
  world: World,
  findings: readonly Finding[],
  ladders: Ladders,
  news: ReadonlySet<string>,
  held: readonly HeldRepair[],
): Story {
  return {
    accountId: world.accountId,
    region: world.region,
    findings: withPlaces(findings, world),
    ignored: new Map(world.topology.ignored),
    deeds: [...ladders].flatMap(([instanceId, all]) =>
      (all.at(-1)?.attempts ?? [])
        .filter(({ id, result }) => result !== null && news.has(id))
        .flatMap((attempt) => deedOf(instanceId, all.at(-1), attempt)),
    ),
    held: held.map(heldDeedOf),
    gone: new Set(
      [...world.signals].flatMap(([id, { state }]) =>
        state.known && (state.value === 'gone' || state.value === 'terminated') ? [id] : [],
      ),
    ),
  };
}

function deedOf(
  instanceId: string,
  ladder: Ladder | undefined,
  { id, phase, result }: Attempt,
): readonly Deed[] {
  if (result === null || ladder === undefined) return [];
  const step = stepOf(phase);
  return [
    {
      at: result.at,
      kind: phase,
      thing: 'repair',
      gist: `by ${step}`,
      summary: `${step}${step === phase || phase === 'restart' ? '' : ` (${phase})`} of ${ladder.name}`,
      concerns: [instanceId],
      // Whether it helped is not known yet: see `helpOf`.
      serves: [],
      outcome: OUTCOMES[result.kind],
      why: result.why,
      details: { instance: instanceId, phase, attempt: id, result: result.kind },
    },
  ];
}

/** Of each ladder that helped, the step that brought the appliance back; of one that is spent or under way nothing. */
export const helpOf = (ladders: Ladders): readonly Deed[] =>
  [...ladders].flatMap(([instanceId, all]) => {
    const last = all.at(-1);
    const attempt = last?.attempts.findLast(({ result }) => result?.kind === 'done');
    if (last?.end?.kind !== 'helped' || attempt === undefined) return [];
    const { at } = last.end;
    return deedOf(instanceId, last, attempt).map((deed) => ({ ...deed, at, serves: [instanceId] }));
  });

/** What was tried, for the appliance's own file and end: no news there, and not yet what healed it. */
export const asTried = (deed: Deed): Deed => ({ ...deed, isAgain: true });

/** In the story of the appliance itself, where it is no news: the repairs' own notice tells of it. */
export const asOldNews = (deed: Deed): Deed => ({ ...deed, concerns: [] });

const OUTCOMES = {
  done: 'done',
  failed: 'failed',
  refused: 'skipped',
  held: 'deferred',
} as const;

const heldDeedOf = ({ due, rule, brake, because, until }: HeldRepair): HeldDeed => ({
  kind: due.phase,
  thing: 'repair',
  summary: `${stepOf(due.phase)} of ${due.name} not started`,
  concerns: [due.instanceId],
  rule,
  because: `${brake}: ${because}`,
  until,
  details: { instance: due.instanceId, phase: due.phase, brake },
});
