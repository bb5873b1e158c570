/** Accounts for tests: the default one with what a test wants otherwise, and ways to let them live. */

import { DEFAULT_POLICY, type Policy } from '../../lib/appliances/types/policy.ts';
import type { Tick } from '../../lib/appliances/types/tick.ts';
import { SimAccount } from '../../lib/simulator/account.ts';
import { defaultAccount } from '../../lib/simulator/defaults/account.ts';
import { type Delays, USUAL_DELAYS } from '../../lib/simulator/delays.ts';
import { AS_DEPLOYED, Deployment } from '../../lib/simulator/deployment.ts';
import type { VantageSetup } from '../../lib/simulator/probes.ts';
import type { Snapshot } from '../../lib/simulator/snapshot.ts';
import type { Safety } from '../../lib/watcher/pass.ts';

export const TAKEN_AT = Date.parse('2026-11-20T21:00:00Z');

export const HERE: VantageSetup = { id: 'here', subnetIds: [], isInVpc: false, closedTo: [] };

export interface Wanted {
  readonly snapshot?: Snapshot;
  readonly seed?: number | string;
  readonly vantages?: readonly VantageSetup[];
  readonly pace?: Delays;
}

export const someAccount = ({ snapshot, seed = 1, vantages, pace }: Wanted = {}): SimAccount =>
  new SimAccount({
    snapshot: snapshot ?? defaultAccount(TAKEN_AT),
    seed,
    vantages: vantages ?? [HERE],
    pace: pace ?? USUAL_DELAYS,
    skewMsMax: 0,
  });

export interface Deployed {
  readonly policy?: Policy;
  readonly safety?: Safety;
  readonly onTick?: (by: string, tick: Tick, observedMs: number) => void;
}

/** The product at work in the account, as serverless.yml deploys it. */
export function deploy(account: SimAccount, { policy, safety, onTick }: Deployed = {}): Deployment {
  const deployment = new Deployment(account, {
    seed: 1,
    policy: policy ?? DEFAULT_POLICY,
    ...AS_DEPLOYED,
    ...(safety === undefined ? {} : { safety }),
    ...(onTick === undefined ? {} : { onTick }),
  });
  deployment.start();
  return deployment;
}

/** The instance of that name. */
export function idOf({ network }: SimAccount, name: string): string {
  const instance = network.instances.all().find((one) => one.name === name);
  if (instance === undefined) throw new Error(`looking for ${name}: no such instance`);
  return instance.instanceId;
}

export function interfaceOf({ groundTruth }: SimAccount, instanceId: string): string {
  const link = groundTruth.linkOf(instanceId);
  if (link === null) throw new Error(`looking for the interface of ${instanceId}: it has none`);
  return link.interfaceId;
}

export function tableOf({ network }: SimAccount, name: string): string {
  const table = network.tables.all().find((one) => one.name === name);
  if (table === undefined) throw new Error(`looking for ${name}: no such table`);
  return table.tableId;
}

/** The answer that comes while virtual time passes. */
export async function soon<T>({ clock }: SimAccount, answer: Promise<T>, ms = 10_000): Promise<T> {
  let isOver = false;
  const watched = answer.finally(() => {
    isOver = true;
  });
  await clock.run(clock.monotonicMs() + ms, () => isOver);
  return watched;
}

export const NEVER_ABORTED = new AbortController().signal;
