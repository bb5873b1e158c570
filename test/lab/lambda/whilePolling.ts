/** One invocation of pollConnections, which loops while there is a group or a gateway of last resort. */
import type { Lab } from '../lab.ts';
import { startContainer } from './container.ts';
import { environmentOf } from './environment.ts';

/** While `during` runs the function does; then its invocation sees its time run out, and ends by itself. */
export async function whilePolling(lab: Lab, during: () => Promise<void>): Promise<void> {
  const container = await startContainer('pollConnections', {
    ...environmentOf('pollConnections', lab.gateway.url, lab.account, 'pollConnections', {
      HOLD_MS: '3000',
    }),
  });
  const invoked = container.invoke({}, 90_000);
  try {
    await during();
    container.hurry();
    await invoked;
  } catch (error) {
    throw new Error(`the function said: ${container.log().slice(-4_000)}`, { cause: error });
  } finally {
    await container.kill();
  }
}
