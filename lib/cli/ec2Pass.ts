/** A pass over the account without probes, for commands that need its resources. */
import type { OperatorRequest } from './operatorRequest.ts';
import { type Observation, observeOnce } from './pass.ts';
import { Unable } from './terminal.ts';

const PASS_MS_MAX = 60_000;

/** @throws {Unable} when a part of the account that matters everywhere cannot be read. */
export async function observeWithoutProbes({
  region,
  terminal,
  clients,
  store,
}: OperatorRequest): Promise<Observation> {
  const observerSetup = {
    region,
    clock: terminal.clock,
    ec2: await clients.ec2(region),
    probes: { vantages: async () => [], send: async () => {} },
    store,
    viewpoint: 'none',
  } as const;
  const observation = await observeOnce(observerSetup, AbortSignal.timeout(PASS_MS_MAX));
  const gap = observation.world.gaps.find(({ zone }) => zone === null);
  if (gap === undefined) return observation;
  throw new Unable(`${gap.what} of ${region} cannot be read: ${gap.why}`);
}
