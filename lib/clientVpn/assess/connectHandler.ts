/** Errors of an endpoint's client connect handler. Pure. */
import { ENDPOINT_FINDINGS } from '../../core/findings/clientVpn.ts';
import { HOUR_MS } from '../state.ts';
import type { EndpointCheck } from '../types/check.ts';
import { ENDPOINT_METRICS, HANDLER_KEYS } from '../types/metrics.ts';

/** Errors of the handler itself, not its refusals. */
export const HANDLER_CHECK: EndpointCheck = {
  reasons: ['ConnectHandlerErrors'],
  judge({ fact, recent }, _past, isOpen, now) {
    const { handlerArn } = fact.settings;
    if (!fact.hasConnectHandler) return [];
    const asked = HANDLER_KEYS.filter((key) => recent[key] !== undefined);
    if (asked.length === 0) return null;
    const counts = asked.map((key) => ({
      name: ENDPOINT_METRICS[key].metricName,
      count: (recent[key] ?? [])
        .filter(({ at }) => now - at <= HOUR_MS)
        .reduce((sum, { value }) => sum + value, 0),
    }));
    const count = counts.reduce((sum, one) => sum + one.count, 0);
    if (count < (isOpen('ConnectHandlerErrors') ? 1 : ERRORS_MIN)) return [];
    return [
      {
        reason: 'ConnectHandlerErrors',
        severity: 'warning',
        summary: `The client connect handler failed ${count} times in the last hour: each was a user who could not connect.`,
        evidence: counts.filter((one) => one.count > 0).map((one) => `${one.name}: ${one.count}`),
        hint: ENDPOINT_FINDINGS.ConnectHandlerErrors.hint,
        ...(handlerArn === null ? {} : { dependsOn: [handlerArn] }),
      },
    ];
  },
};

/** In an hour; one or two are a slow start of the function. */
const ERRORS_MIN = 3;
