/** The SSH script for a sick instance: evidence, restart, is it active, evidence. Only the unit's name varies. */
import { lastLines } from '../../core/safeLine.ts';
import type { ScriptAnswer } from '../ports.ts';
import { isActiveCommand, restartCommand, type ServiceWords, wordsOf } from './service.ts';
import {
  LIMITS,
  type Limits,
  openSession,
  type Ran,
  type Session,
  type SshTarget,
} from './session.ts';
import type { ScriptRequest } from './wire.ts';

/** Limit of an evidence command: a hung daemon often hangs its own tool, and is restarted all the same. */
const LOOK_MS = 4_000;

/** At the first address that anything answers at: only silence and a closed target lead on to the next. */
export async function runScriptFirst(
  request: ScriptRequest,
  signal: AbortSignal,
  limits: Limits = LIMITS,
): Promise<ScriptAnswer> {
  const { addresses, port, user, privateKey, hostKeys, unit } = request;
  let answer: ScriptAnswer = { kind: 'failed', why: 'it has no address', evidence: [] };
  const whys: string[] = [];
  for (const host of addresses) {
    const met = await runScript({ host, port, user, privateKey, hostKeys }, unit, signal, limits);
    answer = met.answer;
    if (met.isReached) return answer;
    whys.push(`${host}: ${answer.why}`);
  }
  return { ...answer, why: whys.join('; ') || answer.why };
}

interface Met {
  readonly answer: ScriptAnswer;
  /** Something took the connection. */
  readonly isReached: boolean;
}

async function runScript(
  target: SshTarget,
  unit: string,
  signal: AbortSignal,
  limits: Limits,
): Promise<Met> {
  const opened = await openSession(target, limits, signal);
  if (opened.kind !== 'open') {
    const isReached = opened.kind === 'refused' || opened.isReached;
    return { answer: { kind: opened.kind, why: opened.why, evidence: [] }, isReached };
  }
  try {
    return { answer: await restart(opened.session, unit, limits), isReached: true };
  } finally {
    opened.session.close();
  }
}

async function restart(session: Session, unit: string, limits: Limits): Promise<ScriptAnswer> {
  const words = wordsOf(unit);
  const before = await look(session, words, 'before');
  const restarted = await session.run(restartCommand(unit), limits.runMs);
  if (restarted.kind !== 'ended') {
    // It was requested and may be under way: the probes judge whether it helped.
    return {
      kind: 'done',
      why: `the restart of ${unit} was asked for, and then ${wordOf(restarted)}`,
      evidence: before,
    };
  }
  if (restarted.code !== 0) {
    return { kind: 'failed', why: whyNot(unit, restarted), evidence: before };
  }
  const active = await session.run(isActiveCommand(unit), LOOK_MS);
  const state =
    active.kind === 'ended' ? (lastLines(active.out, 1)[0] ?? 'nothing') : wordOf(active);
  const after = await look(session, words, 'after');
  const evidence = [...before, `systemctl is-active: ${state}`, ...after];
  const isComing = /^(activating|reloading)$/.test(state);
  return active.kind === 'ended' && active.code !== 0 && !isComing
    ? { kind: 'failed', why: `${unit} was restarted and is ${state}`, evidence }
    : { kind: 'done', why: `${unit} was restarted and is ${state}`, evidence };
}

async function look(
  session: Session,
  { evidenceCommand, read }: ServiceWords,
  when: 'before' | 'after',
): Promise<readonly string[]> {
  if (evidenceCommand === null) return [];
  const ran = await session.run(evidenceCommand, LOOK_MS);
  const seen =
    ran.kind === 'ended' && ran.code === 0
      ? (read(ran.out) ?? 'nothing that could be read')
      : ran.kind === 'ended'
        ? (lastLines(ran.err, 1)[0] ?? `nothing (exit ${ran.code ?? 'by a signal'})`)
        : wordOf(ran);
  return [`${when}: ${seen}`];
}

function whyNot(unit: string, { code, err }: Extract<Ran, { readonly kind: 'ended' }>): string {
  const [said = 'without a word'] = lastLines(err, 1);
  if (said.startsWith('sudo: ')) return `sudo refused the restart of ${unit}: ${said}`;
  return `systemctl could not restart ${unit} (exit ${code ?? 'by a signal'}): ${said}`;
}

const wordOf = (ran: Exclude<Ran, { readonly kind: 'ended' }>): string =>
  ran.kind === 'lost' ? `the connection was lost (${ran.why})` : ran.why;
