/** A look at the account by EC2's word alone, for commands that have to know what is there: no probe, no wait. */
import type { Desk } from './operatorRequest.ts';
import { look, type Sight } from './pass.ts';
import { Unable } from './terminal.ts';

const LOOK_MS_MAX = 60_000;

/** @throws {Unable} when a part of the account that matters everywhere cannot be read. */
export async function lookQuietly({ region, terminal, doors, store }: Desk): Promise<Sight> {
  const eyesight = {
    region,
    clock: terminal.clock,
    ec2: await doors.ec2(region),
    probes: { vantages: async () => [], knock: async () => {} },
    store,
    viewpoint: 'none',
  } as const;
  const sight = await look(eyesight, AbortSignal.timeout(LOOK_MS_MAX));
  const gap = sight.world.gaps.find(({ zone }) => zone === null);
  if (gap === undefined) return sight;
  throw new Unable(`${gap.what} of ${region} cannot be read: ${gap.why}`);
}
