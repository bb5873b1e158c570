/** A notification with something in every channel. */
import { alertsOf } from '../../lib/incidents/channels/alerts.ts';
import type { Notification } from '../../lib/incidents/types.ts';

export function aNotification(over: Partial<Notification> = {}): Notification {
  const texts = {
    state: 'opened' as const,
    incidentId: '123456789012/eu-west-1/i-1/ApplianceDown',
    subject: 'CRITICAL vpn-a is down',
    text: 'vpn-a in eu-west-1a does not answer.\nTwo routes moved.',
    sms: 'CRITICAL vpn-a is down.',
    json: '{"reason":"ApplianceDown"}',
    severity: 'critical' as const,
    attributes: { severity: 'critical', group: '' },
    ...over,
  };
  return {
    ...texts,
    messages: new Map([
      ['alerts', alertsOf(texts)],
      ['chat', { subject: null, body: '{"version":"1.0"}' }],
      ['pager', { subject: 'ALARM: "vpn-a"', body: '{"NewStateValue":"ALARM"}' }],
    ]),
  };
}
