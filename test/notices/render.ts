/** Writes docs/notices.md: every notice of every story, as people read it, and the first story's in all four forms. `npm run docs:notices`. */
import { readFile, writeFile } from 'node:fs/promises';
import { DEFAULT_POLICY } from '../../lib/appliances/types/policy.ts';
import { messageOf } from '../../lib/incidents/channels.ts';
import type { Notification } from '../../lib/incidents/types.ts';
import { SimAccount } from '../../lib/simulator/account.ts';
import { defaultAccount } from '../../lib/simulator/defaults/account.ts';
import { USUAL_DELAYS } from '../../lib/simulator/delays.ts';
import { Deployment } from '../../lib/simulator/deployment.ts';
import { REPAIRS_HELP } from '../../lib/simulator/instanceControl.ts';
import { allowRepairs } from '../../lib/simulator/rehearsal.ts';
import { rolesOf } from '../../lib/simulator/roles.ts';
import { type NotificationStory, STORIES } from './stories.ts';

const PATH = new URL('../../docs/notices.md', import.meta.url);

/** What docs/notices.md has to hold now. */
export async function renderNotifications(): Promise<string> {
  const parts: string[] = [HEAD];
  for (const [index, report] of STORIES.entries()) {
    const notifications =
      'notifications' in report ? await report.notifications() : await play(report);
    parts.push(
      `## ${report.title}`,
      ...notifications.flatMap((notification) => [
        ...forPeople(notification),
        ...(index === 0 ? forOthers(notification) : []),
      ]),
    );
  }
  return `${parts.join('\n\n')}\n`;
}

export const readNotifications = (): Promise<string> => readFile(PATH, 'utf8');

const HEAD = `# Notices

What people, programs, chat and pagers are told, story by story, each played in the simulated account (\`test/notices/stories.ts\`).
Written by \`npm run docs:notices\`; a test fails when this page is not what the code says.
The first story is shown in all four forms, the others as people read them. The machines' form is described by [notice.schema.json](notice.schema.json), every reason code by a section of the [runbook](runbook.md).`;

/** Every notice that was published, in order. */
async function play({
  scenario,
  random = REPAIRS_HELP,
}: NotificationStory): Promise<readonly Notification[]> {
  const roles = rolesOf(defaultAccount(Date.parse('2026-11-20T21:00:00Z')));
  const account = new SimAccount({
    snapshot: roles.snapshot,
    seed: 1,
    vantages: roles.vantages,
    pace: USUAL_DELAYS,
    skewMsMax: 0,
  });
  const notifications: Notification[] = [];
  const deployment = new Deployment(account, {
    seed: 1,
    policy: DEFAULT_POLICY,
    everyMs: 60_000,
    lifeMs: 90_000,
    repairs: random,
    onNotifications: (_by, notified) => notifications.push(...notified),
  });
  allowRepairs(account, roles, scenario);
  for (const { fault, startMs, endMs } of scenario.spellsIn(roles) ?? []) {
    account.faults.add(fault, startMs, endMs);
  }
  deployment.start();
  await account.clock.run(scenario.lastsMs);
  deployment.stop();
  await account.clock.run(scenario.lastsMs + 5_000);
  // What this account has from its beginning is no part of any story.
  return notifications.filter(({ attributes }) => attributes['reason'] !== 'TableNotTagged');
}

const forPeople = (notification: Notification): readonly string[] => [
  `### ${notification.subject}`,
  fenced('text', notification.text),
  `SMS: \`${notification.sms}\``,
];

const forOthers = (notification: Notification): readonly string[] => [
  folded('For programs', fenced('json', pretty(notification.json))),
  folded('For chat', fenced('json', pretty(messageOf(notification, 'chat').body))),
  folded(
    `For pagers: ${messageOf(notification, 'pager').subject}`,
    fenced('json', pretty(messageOf(notification, 'pager').body)),
  ),
];

const fenced = (language: string, text: string): string =>
  ['```'.concat(language), text, '```'].join('\n');

const folded = (title: string, text: string): string =>
  `<details><summary>${title.replaceAll('<', '&lt;')}</summary>\n\n${text}\n\n</details>`;

const pretty = (json: string): string => JSON.stringify(JSON.parse(json), null, 2);

if (import.meta.main) await writeFile(PATH, await renderNotifications());
