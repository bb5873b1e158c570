/** Writes docs/notices.md: every notice of every story, as people read it, and the first story's in all four forms. `npm run docs:notices`. */
import { readFile, writeFile } from 'node:fs/promises';
import { DEFAULT_POLICY } from '../../lib/appliances/types/policy.ts';
import type { Notice } from '../../lib/incidents/types.ts';
import { SimAccount } from '../../lib/simulator/account.ts';
import { defaultAccount } from '../../lib/simulator/defaults/account.ts';
import { USUAL_PACE } from '../../lib/simulator/delays.ts';
import { Deployment } from '../../lib/simulator/deployment.ts';
import { KIND_LUCK } from '../../lib/simulator/instanceControl.ts';
import { allowRepairs } from '../../lib/simulator/rehearsal.ts';
import { castOf } from '../../lib/simulator/roles.ts';
import { type NoticeStory, STORIES } from './stories.ts';

const PATH = new URL('../../docs/notices.md', import.meta.url);

/** What docs/notices.md has to hold now. */
export async function renderNotices(): Promise<string> {
  const parts: string[] = [HEAD];
  for (const [index, story] of STORIES.entries()) {
    const notices = await play(story);
    parts.push(
      `## ${story.title}`,
      ...notices.flatMap((notice) => [
        ...forPeople(notice),
        ...(index === 0 ? forOthers(notice) : []),
      ]),
    );
  }
  return `${parts.join('\n\n')}\n`;
}

export const readNotices = (): Promise<string> => readFile(PATH, 'utf8');

const HEAD = `# Notices

What people, programs, chat and pagers are told, story by story, each played in the simulated account (\`test/notices/stories.ts\`).
Written by \`npm run docs:notices\`; a test fails when this page is not what the code says.
The first story is shown in all four forms, the others as people read them. The machines' form is described by [notice.schema.json](notice.schema.json), every reason code by a section of the [runbook](runbook.md).`;

/** Every notice that was published, in order. */
async function play({ scenario, luck = KIND_LUCK }: NoticeStory): Promise<readonly Notice[]> {
  const cast = castOf(defaultAccount(Date.parse('2026-11-20T21:00:00Z')));
  const account = new SimAccount({
    snapshot: cast.snapshot,
    seed: 1,
    vantages: cast.vantages,
    pace: USUAL_PACE,
    skewMsMax: 0,
  });
  const notices: Notice[] = [];
  const deployment = new Deployment(account, {
    seed: 1,
    policy: DEFAULT_POLICY,
    everyMs: 60_000,
    lifeMs: 90_000,
    repairs: luck,
    onNotices: (_by, told) => notices.push(...told),
  });
  allowRepairs(account, cast, scenario);
  for (const { fault, startMs, endMs } of scenario.stage(cast) ?? []) {
    account.faults.add(fault, startMs, endMs);
  }
  deployment.start();
  await account.clock.run(scenario.lastsMs);
  deployment.stop();
  await account.clock.run(scenario.lastsMs + 5_000);
  // What this account has from its beginning is no part of any story.
  return notices.filter(({ attributes }) => attributes['reason'] !== 'TableNotTagged');
}

const forPeople = (notice: Notice): readonly string[] => [
  `### ${notice.subject}`,
  fenced('text', notice.text),
  `SMS: \`${notice.sms}\``,
];

const forOthers = (notice: Notice): readonly string[] => [
  folded('For programs', fenced('json', pretty(notice.json))),
  folded('For chat', fenced('json', pretty(notice.chat))),
  folded(`For pagers: ${notice.pager.subject}`, fenced('json', pretty(notice.pager.json))),
];

const fenced = (language: string, text: string): string =>
  ['```'.concat(language), text, '```'].join('\n');

const folded = (title: string, text: string): string =>
  `<details><summary>${title.replaceAll('<', '&lt;')}</summary>\n\n${text}\n\n</details>`;

const pretty = (json: string): string => JSON.stringify(JSON.parse(json), null, 2);

if (import.meta.main) await writeFile(PATH, await renderNotices());
