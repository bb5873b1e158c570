/** An instance changed its state: one pass of the same loop, acting only on what EC2 itself confirms. */
import middy from '@middy/core';
import type { Context } from 'aws-lambda';
import { warmPorts } from '../lib/aws/ports.ts';
import { readSettings } from '../lib/config.ts';
import { accountOf, readStateChange } from '../lib/event.ts';
import type { Summary } from '../lib/minutes.ts';
import { once } from '../lib/once.ts';
import { systemClock } from '../lib/time.ts';

type Answer = Summary | { readonly version: 1; readonly ignored: string };

async function onInstanceChange(
  event: unknown,
  context: Context,
  { signal }: { readonly signal: AbortSignal },
): Promise<Answer> {
  const settings = readSettings();
  const accountId = accountOf(context);
  const reading = readStateChange(event, accountId, settings.regions);
  const [home = ''] = settings.regions;
  const region = reading.kind === 'look' ? reading.region : home;
  const ports = warmPorts({ ...settings, region, clock: systemClock });
  if (reading.kind === 'ignored') {
    ports.journal.write('warn', `Event ignored: ${reading.why}`, {});
    return { version: 1, ignored: reading.why };
  }
  const { summary } = await once(
    ports,
    { accountId, policy: settings.policy, speaks: true },
    signal,
  );
  return summary;
}

export const handler = middy().handler(onInstanceChange);
