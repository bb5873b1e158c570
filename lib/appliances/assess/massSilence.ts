/** S3: whether so many members of a group or VPC fell silent within a minute that the observation itself is in doubt. Pure. */

import { compare } from '../../core/order.ts';
import type { Instant } from '../../core/time.ts';
import { isCertain, type Leave, type Leaves } from '../state/leave.ts';
import { isQuiet } from '../state/quietHours.ts';
import { type Appliance, vpcIdsOf } from '../types/topology.ts';
import type { Verdict, Verdicts } from '../types/verdict.ts';
import type { World } from '../types/world.ts';

export interface MassSilence {
  readonly scope: { readonly kind: 'group' | 'vpc'; readonly id: string };
  readonly silent: readonly Appliance[];
  /** Members that were well a minute before, the silent ones among them. */
  readonly wellCount: number;
  /** Ordered. */
  readonly zones: readonly string[];
  /** When the first of them fell silent. */
  readonly since: Instant;
}

/** A member that was well, and since when it is silent; null: it answers. */
interface Member {
  readonly appliance: Appliance;
  readonly silentSince: Instant | null;
  readonly isDown: boolean;
}

/** As Kubernetes' node lifecycle has it: 55 % and more than two, across zones. */
const MASS_COUNT_MIN = 3;
const MASS_SHARE_MIN = 0.55;

/** Silences that began within this are one event; a death that is older is a fact of its own. */
const MASS_MS = 60_000;

/** One for each group and each VPC that is in doubt; of two with the same silent members the group's alone. */
export function massSilences(
  world: World,
  verdicts: Verdicts,
  silentSinces: ReadonlyMap<string, Instant>,
  leaves: Leaves = new Map(),
): readonly MassSilence[] {
  const members = world.topology.appliances.flatMap((one) =>
    isEnding(leaves.get(one.instanceId)) || isQuiet(one, world.at)
      ? []
      : memberOf(one, world, verdicts, silentSinces),
  );
  const scopes = (kind: MassSilence['scope']['kind'], of: (one: Appliance) => readonly string[]) =>
    [...new Set(members.flatMap(({ appliance }) => of(appliance)))].toSorted(compare).flatMap(
      (id) =>
        massIn(
          { kind, id },
          members.filter(({ appliance }) => of(appliance).includes(id)),
        ) ?? [],
    );
  const found = [...scopes('group', ({ group }) => [group]), ...scopes('vpc', vpcIdsOf)];
  return found.filter(
    (one, at) =>
      !found.some(
        (other, otherAt) =>
          one !== other &&
          one.silent.every((silent) => other.silent.includes(silent)) &&
          (other.silent.length > one.silent.length || otherAt < at),
      ),
  );
}

/** Silence of what ends, or is drained, is expected. */
const isEnding = (leave: Leave | undefined): boolean => leave !== undefined && isCertain(leave);

/** None for a member that is no part of any share: not running, ignored, EC2's own word, or never an answer. */
function memberOf(
  appliance: Appliance,
  { signals, topology }: World,
  verdicts: Verdicts,
  silentSinces: ReadonlyMap<string, Instant>,
): readonly Member[] {
  const { instanceId } = appliance;
  const verdict = verdicts.get(instanceId);
  const state = signals.get(instanceId)?.state;
  if (verdict === undefined || topology.ignored.has(instanceId)) return [];
  if (state?.known === true && state.value !== 'running') return [];
  const silentSince = silentSinceOf(verdict, silentSinces.get(instanceId));
  if (silentSince === null && (verdict.kind !== 'up' || verdict.isByEc2Alone)) return [];
  if (verdict.kind === 'down' && verdict.isEc2Confirmed) return [];
  const isDown =
    verdict.kind === 'down' || (verdict.kind === 'up' && verdict.ipv6DownWhy !== undefined);
  return [{ appliance, silentSince, isDown }];
}

const silentSinceOf = (verdict: Verdict, silentSince: Instant | undefined): Instant | null =>
  silentSince ?? (verdict.kind === 'down' ? verdict.since : null);

function massIn(scope: MassSilence['scope'], members: readonly Member[]): MassSilence | null {
  const masses = members.flatMap(({ silentSince }) =>
    silentSince === null ? [] : (massEndingAt(silentSince, scope, members) ?? []),
  );
  return masses.toSorted((a, b) => b.silent.length - a.silent.length)[0] ?? null;
}

/** Of those that were well a minute before this silence began, those that fell silent with it. */
function massEndingAt(
  endsAt: Instant,
  scope: MassSilence['scope'],
  members: readonly Member[],
): MassSilence | null {
  const startsAt = endsAt - MASS_MS;
  const well = members.filter(({ silentSince }) => silentSince === null || silentSince > startsAt);
  const fallen = well.filter(({ silentSince }) => silentSince !== null && silentSince <= endsAt);
  const zones = [...new Set(fallen.map(({ appliance }) => appliance.zone))].toSorted(compare);
  // Silence alone may be the vantage's: at least one of them is down.
  if (!fallen.some(({ isDown }) => isDown)) return null;
  if (fallen.length < MASS_COUNT_MIN || fallen.length / well.length < MASS_SHARE_MIN) return null;
  if (zones.length < 2) return null;
  return {
    scope,
    silent: fallen.map(({ appliance }) => appliance),
    wellCount: well.length,
    zones,
    since: Math.min(...fallen.map(({ silentSince }) => silentSince ?? endsAt)),
  };
}
