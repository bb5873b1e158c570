/** When a CRL is uploaded to the inbox, and every 15 minutes: judge, publish, import, verify. */
import { handlerOf } from '../lib/aws/handler.ts';
import { memoize } from '../lib/aws/memoize.ts';
import { crlPorts } from '../lib/aws/ports/crls.ts';
import { systemClock as clock } from '../lib/core/time.ts';
import { readPublisherSettings } from '../lib/settings.ts';
import { readCrlEvent } from '../lib/watcher/events/crl.ts';
import { publish } from '../lib/watcher/scopes/crls.ts';

const portsOf = memoize(crlPorts);

export const handler = handlerOf({
  settings: readPublisherSettings,
  parse: (event, { settings }) => readCrlEvent(event, settings.crl.bucket),
  run: (event, { settings, accountId, remainingMs, signal }) => {
    const { crl, policy } = settings;
    const options = {
      accountId: accountId ?? '',
      settings: { ...crl, mode: policy.mode },
      event,
      remainingMs,
    };
    return publish(portsOf({ ...settings, clock }), options, signal);
  },
});
