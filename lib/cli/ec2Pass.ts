/** A look at the account by EC2's word alone, for commands that have to know what is there: no probe, no wait. */
import type { OperatorRequest } from './operatorRequest.ts';
import { look, type Observation } from './pass.ts';
import { Unable } from './terminal.ts';

const LOOK_MS_MAX = 60_000;

/** @throws {Unable} when a part of the account that matters everywhere cannot be read. */
export async function lookQuietly({
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
  const observation = await look(observerSetup, AbortSignal.timeout(LOOK_MS_MAX));
  const gap = observation.world.gaps.find(({ zone }) => zone === null);
  if (gap === undefined) return observation;
  throw new Unable(`${gap.what} of ${region} cannot be read: ${gap.why}`);
}
