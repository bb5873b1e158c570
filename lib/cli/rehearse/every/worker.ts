/** A worker thread that plays every case it receives. */
import { parentPort, workerData } from 'node:worker_threads';
import type { CaseKind, FailureCase } from '../../../simulator/every/cases.ts';
import { playFailure, usualIncidents } from '../../../simulator/every/play.ts';
import { type AccountFacts, rolesIn } from '../../../simulator/roles.ts';

const facts: AccountFacts = workerData;
const roles = rolesIn(facts);
const usual = new Map<CaseKind, Promise<ReadonlySet<string>>>();

parentPort?.on('message', (failure: FailureCase) => {
  void play(failure);
});

async function play(failure: FailureCase): Promise<void> {
  const { kind } = failure;
  const known = usual.get(kind) ?? usualIncidents(roles, [kind]);
  usual.set(kind, known);
  parentPort?.postMessage(await playFailure(roles, failure, await known));
}
