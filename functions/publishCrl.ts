/** A list comes into the inbox, and every hour: judge, publish, import, verify. */
import middy from '@middy/core';
import type { Context } from 'aws-lambda';
import { memoize } from '../lib/aws/memoize.ts';
import { crlPorts } from '../lib/aws/ports/crls.ts';
import { systemClock } from '../lib/core/time.ts';
import { readPublisherSettings } from '../lib/settings.ts';
import { readCrlEvent } from '../lib/watcher/events/crl.ts';
import { accountOf } from '../lib/watcher/events/instance.ts';
import { type PublishSummary, publish } from '../lib/watcher/scopes/crls.ts';

const portsOf = memoize(crlPorts);

async function publishCrl(
  event: unknown,
  context: Context,
  { signal }: { readonly signal: AbortSignal },
): Promise<PublishSummary> {
  const settings = readPublisherSettings();
  const { crl, policy } = settings;
  const ports = portsOf({ ...settings, clock: systemClock });
  const reading = readCrlEvent(event, crl.bucket);
  if (reading.kind === 'ignored') {
    ports.logger.write('warn', `Event ignored: ${reading.why}`, {});
    return { version: 1, ignored: reading.why };
  }
  const options = {
    accountId: accountOf(context) ?? '',
    settings: { ...crl, mode: policy.mode },
    event: reading,
    remainingMs: () => context.getRemainingTimeInMillis(),
  };
  return publish(ports, options, signal);
}

export const handler = middy().handler(publishCrl);
