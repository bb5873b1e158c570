/** The SNS topic, event bus and log of the simulated account. */
import * as v from 'valibot';
import type { LoggerPort } from '../core/ports.ts';
import type { NotificationPort } from '../incidents/ports.ts';
import type { Signature } from '../incidents/types.ts';
import type { Invocation } from './invocation.ts';
import type { Parts } from './parts.ts';

export function simNotifications(parts: Parts, self: Invocation): NotificationPort {
  const { clock, faults, log, random } = parts;
  let count = 0;
  return {
    signature: SIGNATURE,
    async publish({ state, incidentId, subject, json }, signal) {
      await self.pass(10 * random.notifications.whole(2, 6), signal);
      const isFailing = faults.isActive('notifications-failing') || signal.aborted;
      const answer = isFailing ? ('failed' as const) : ('published' as const);
      log.notifications.push({
        by: self.by,
        atMs: clock.monotonicMs(),
        state,
        incidentId,
        memberIds: membersOf(json),
        subject,
        answer,
      });
      if (isFailing) return { kind: 'failed', why: 'sns:Publish: no answer in 3 s' };
      count += 1;
      return { kind: 'published', messageId: `${self.by}-${count}` };
    },
  };
}

/** Incident ids in the JSON form of the notification. */
function membersOf(json: string): readonly string[] {
  const parsed = v.safeParse(Members, JSON.parse(json));
  return parsed.success ? parsed.output.members.map(({ incidentId }) => incidentId) : [];
}

const Members = v.object({ members: v.array(v.object({ incidentId: v.string() })) });

/** As of a deployment of this version without parameters of its own. */
export const SIGNATURE: Signature = {
  version: 'simulated',
  dashboard: 'vpn-medic',
  docsUrl: 'https://github.com/vpn-medic/vpn-medic/blob/v0.1.0/docs',
  accountName: null,
  stage: 'prod',
};

export function simulatedLogger({ clock, log }: Parts, self: Invocation): LoggerPort {
  const line = (
    level: 'info' | 'warn' | 'error' | 'metric',
    message: string,
    fields: Readonly<Record<string, unknown>>,
  ) => {
    if (self.isKilled) return;
    log.logger.push({ by: self.by, atMs: clock.monotonicMs(), level, message, fields });
  };
  return {
    write: line,
    measure: (metrics) => line('metric', '', metrics),
    measureEach: () => {},
  };
}
