/** What the documents of deploy/repairDocuments.cjs print, and what it says of the restart. Pure. */
import { isIP } from 'node:net';
import { lastLines, plainText, safeLine } from '../../core/safeLine.ts';
import type { AgentPlatform, AgentRun, ScriptAnswer } from '../ports.ts';
import { wordsOf } from '../ssh/service.ts';

/** One command of the script. */
export interface Section {
  /** `before state`, `the restart`, `after tunnels`. */
  readonly name: string;
  /** 124: it did not end within its time. */
  readonly exitCode: number;
  readonly output: string;
}

type Run = Pick<AgentRun, 'platform' | 'unit' | 'peer'>;

/** Only a line that begins with `#` ends a section, and only one that begins with `|` is output: other lines are no part of it. */
export function sectionsOf(printed: string): readonly Section[] {
  const sections: Section[] = [];
  let output: string[] = [];
  for (const line of plainText(printed).split(/\r?\n/)) {
    if (line.startsWith('|')) output.push(line.slice(1));
    const [, name, exitCode] =
      /^# ((?:before|after) (?:state|tunnels|ping)|the restart) (\d{1,3})$/.exec(line) ?? [];
    if (name === undefined) continue;
    sections.push({ name, exitCode: Number(exitCode), output: output.join('\n') });
    output = [];
  }
  return sections;
}

/** Null: the script has not got as far as the end of the restart. */
export function answerOf(printed: string, run: Run): ScriptAnswer | null {
  const sections = sectionsOf(printed);
  const section = (name: string) => sections.find((one) => one.name === name);
  const name = serviceOf(run);
  const evidence = (['before', 'after'] as const).flatMap((when) => {
    const seen = seenIn(sections, when, run);
    return seen === null ? [] : [`${when}: ${seen}`];
  });
  const restart = section('the restart');
  if (restart === undefined) return null;
  if (restart.exitCode === 124) {
    const why = `the restart of ${name} was asked for, and did not end within its time`;
    return { kind: 'done', why, evidence };
  }
  if (restart.exitCode !== 0) {
    const [said = 'without a word'] = lastLines(restart.output, 1);
    const why = `${name} could not be restarted (exit ${restart.exitCode}): ${said}`;
    return { kind: 'failed', why, evidence };
  }
  const after = section('after state');
  const state = after === undefined ? 'not asked about again' : stateOf(after);
  const isUp = after === undefined || UP.test(state);
  return { kind: isUp ? 'done' : 'failed', why: `${name} was restarted and is ${state}`, evidence };
}

/** Of a look that changed nothing; null: it printed no line of ours. */
export const lookOf = (printed: string, run: Run): string | null =>
  seenIn(sectionsOf(printed), 'before', run);

function seenIn(sections: readonly Section[], when: 'before' | 'after', run: Run): string | null {
  const seen = ['state', 'tunnels', 'ping'].flatMap((what) => {
    const one = sections.find(({ name }) => name === `${when} ${what}`);
    return one === undefined ? [] : [wordOf(what, one, run)];
  });
  return seen.length === 0 ? null : seen.join('; ');
}

/** As the document takes it. */
export const serviceOf = ({ unit }: Pick<AgentRun, 'unit'>): string =>
  unit.replace(/\.service$/, '');

/** systemd's words, and those of Windows; of a service that comes up too. */
const UP = /^(?:active|activating|reloading|Running|StartPending)$/;

const stateOf = ({ output }: Section): string => lastLines(output, 1)[0] ?? 'nothing';

function wordOf(what: string, section: Section, { platform, unit, peer }: Run): string {
  switch (what) {
    case 'tunnels':
      return tunnelsOf(section, platform, unit);
    case 'ping':
      return `ping of ${peer ?? 'nothing'} ${pingOf(section, platform)}`;
    default:
      return stateOf(section);
  }
}

function tunnelsOf({ exitCode, output }: Section, platform: AgentPlatform, unit: string): string {
  if (exitCode !== 0) return `tunnels unknown (${lastLines(output, 1)[0] ?? `exit ${exitCode}`})`;
  if (platform === 'linux') return wordsOf(unit).read(output) ?? 'tunnels unknown';
  const states = output.split('\n').filter((line) => line.startsWith('tunnel '));
  const connected = states.filter((line) => line.trim() === 'tunnel Connected').length;
  return `RRAS: ${connected} of ${states.length} site-to-site interfaces connected`;
}

function pingOf({ exitCode, output }: Section, platform: AgentPlatform): string {
  if (platform === 'windows') {
    return output.includes('True') ? 'answered' : exitCode === 0 ? 'not answered' : 'unknown';
  }
  const [, sent, received] = /(\d+) packets transmitted, (\d+) received/.exec(output) ?? [];
  return sent === undefined
    ? `unknown (${safeLine(lastLines(output, 1)[0] ?? `exit ${exitCode}`, 80)})`
    : `answered ${received} of ${sent}`;
}

/** The pattern of the document's parameter; null for what is no plain address. */
export const peerOf = (address: string | null): string | null =>
  address !== null && !address.includes('%') && isIP(address) !== 0 ? address : null;
