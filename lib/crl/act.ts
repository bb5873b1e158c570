/** Carries out the plan: each file and each endpoint separately, so that one failure stops no other. */

import type { AskPause } from '../core/pause.ts';
import { importCrl } from './act/import.ts';
import { type PublishSteps, publishCrl } from './act/publish.ts';
import { replicateCrl } from './act/replicate.ts';
import type { CrlPorts } from './ports.ts';
import type { CrlAction, CrlOutcome, CrlPlan, Import, Publish } from './types/plan.ts';

/** What keeps a publication safe. Production does all of it; a test removes one and must see a failure. */
export const PUBLISH_STEPS: PublishSteps = {
  remembersFirst: true,
  putsOnlyOverSeen: true,
  asksPause: true,
};

export async function actCrls(
  ports: CrlPorts,
  plan: CrlPlan,
  askPause: AskPause,
  signal: AbortSignal,
  steps: PublishSteps,
): Promise<readonly CrlOutcome[]> {
  const of = <K extends CrlAction['kind']>(kind: K) =>
    plan.actions.filter(
      (action): action is Extract<CrlAction, { kind: K }> => action.kind === kind,
    );
  const ask: AskPause = steps.asksPause ? askPause : async () => null;
  const publishes = of('publish');
  const first = publishes.filter(({ afterFile }) => afterFile === null);
  const put = await Promise.all([
    ...first.map((action) => publishCrl(ports, action, ask, signal, steps)),
    ...of('replicate').map((action) => replicateCrl(ports, action, ask, signal)),
  ]);
  const names = new Set(put.filter(isPut).map(({ action }) => action.fileName));
  const deltas = await Promise.all(
    publishes
      .filter(({ afterFile }) => afterFile !== null)
      .map(async (action) =>
        names.has(action.afterFile ?? '')
          ? publishCrl(ports, action, ask, signal, steps)
          : afterNothing(action, ports.clock.now()),
      ),
  );
  const imports = await Promise.all(
    of('import').map(async (action) =>
      !action.isAfterPublish || names.has(action.fileName)
        ? importCrl(ports, action, ask, signal)
        : beforeNothing(action, ports.clock.now()),
    ),
  );
  return [...put, ...deltas, ...imports];
}

const isPut = ({ action, kind }: CrlOutcome): boolean =>
  action.kind === 'publish' && (kind === 'done' || kind === 'written');

const afterNothing = (action: Publish, at: number): CrlOutcome => ({
  action,
  at,
  kind: 'deferred',
  why: `${action.afterFile} was not published, and this one builds on it`,
  isReplicaBehind: false,
});

const beforeNothing = (action: Import, at: number): CrlOutcome => ({
  action,
  at,
  kind: 'deferred',
  why: `${action.fileName} was not published`,
  resetCount: null,
});
