/** pollConnections as the schedule invokes it: one invocation loops while there is a group or a gateway of last resort. */
import type { Lab } from '../lab.ts';
import { pause } from '../pause.ts';
import { startContainer } from './container.ts';
import { environmentOf } from './environment.ts';

/** While `during` runs the function is invoked again and again; then its invocation sees its time run out, and ends by itself. */
export async function whilePolling(lab: Lab, during: () => Promise<void>): Promise<void> {
  const container = await startContainer('pollConnections', {
    ...environmentOf('pollConnections', lab.gateway.url, lab.account, 'pollConnections', {
      HOLD_MS: '3000',
    }),
  });
  const done = new AbortController();
  const invoking = (async () => {
    while (!done.signal.aborted) {
      await container.invoke({}, INVOCATION_MS);
      await pause(BETWEEN_MS);
    }
  })();
  try {
    await Promise.race([during(), invoking]);
    done.abort();
    container.hurry();
    await invoking;
  } catch (error) {
    throw new Error(`the function said: ${container.log().slice(-4_000)}`, { cause: error });
  } finally {
    await container.kill();
  }
}

const INVOCATION_MS = 90_000;
/** A minute in a deployment. */
const BETWEEN_MS = 1_000;
