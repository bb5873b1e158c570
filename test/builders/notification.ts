/** A notice with something in every rendering. */
import type { Notification } from '../../lib/incidents/types.ts';

export const aNotification = (over: Partial<Notification> = {}): Notification => ({
  state: 'opened',
  incidentId: '123456789012/eu-west-1/i-1/ApplianceDown',
  subject: 'CRITICAL vpn-a is down',
  text: 'vpn-a in eu-west-1a does not answer.\nTwo routes moved.',
  sms: 'CRITICAL vpn-a is down.',
  json: '{"reason":"ApplianceDown"}',
  chat: '{"version":"1.0"}',
  pager: { subject: 'ALARM: "vpn-a"', json: '{"NewStateValue":"ALARM"}' },
  attributes: { severity: 'critical', group: '' },
  ...over,
});
