/** `check --watch`: one look after another, until Ctrl-C. */
import { CANNOT_TELL, type ExitCode, type Terminal, Unable } from '../terminal.ts';

export interface WatchTiming {
  /** From the begin of a look to the begin of the next; a look that takes longer is followed at once. */
  readonly everyMs: number;
}

/**
 * The exit code of the last look that was finished. In a terminal each look replaces the one before, elsewhere they follow each
 * other. Only the first look may fail the command: later, a fault is one look's answer.
 */
export async function watchLooks(
  { everyMs }: WatchTiming,
  terminal: Terminal,
  look: (terminal: Terminal) => Promise<ExitCode>,
): Promise<ExitCode> {
  const { clock } = terminal;
  const stop = new AbortController();
  terminal.onInterrupt?.(() => stop.abort());
  const stopped = new Promise<null>((resolve) => {
    stop.signal.addEventListener('abort', () => resolve(null), { once: true });
  });
  let exit: ExitCode | null = null;
  while (!stop.signal.aborted) {
    const startedAtMs = clock.monotonicMs();
    const isFirst: boolean = exit === null;
    const ended: ExitCode | null = await Promise.race([lookOnce(look, terminal, isFirst), stopped]);
    if (ended === null) break;
    exit = ended;
    await clock.sleep(everyMs - (clock.monotonicMs() - startedAtMs), stop.signal);
  }
  return exit ?? CANNOT_TELL;
}

async function lookOnce(
  look: (terminal: Terminal) => Promise<ExitCode>,
  terminal: Terminal,
  isFirst: boolean,
): Promise<ExitCode> {
  const { redraw } = terminal;
  // The first look is printed as it comes; a later one replaces it whole, so that nothing flickers.
  if (isFirst || redraw === undefined) {
    return isFirst ? look(terminal) : answered(look, terminal);
  }
  let drawn = '';
  const { progress: _progress, ...quiet } = terminal;
  const exit = await answered(look, { ...quiet, out: (text) => void (drawn += text) });
  redraw(drawn);
  return exit;
}

async function answered(
  look: (terminal: Terminal) => Promise<ExitCode>,
  terminal: Terminal,
): Promise<ExitCode> {
  try {
    return await look(terminal);
  } catch (error) {
    if (!(error instanceof Unable)) throw error;
    terminal.out(`? Unknown: ${error.message}\n`);
    return CANNOT_TELL;
  }
}

const EVERY_S = 10;
const EVERY_S_MIN = 5;
const EVERY_S_MAX = 3_600;

/** `true`: without a number. @throws {Unable} for what is no number of seconds. */
export function watchTiming(asked: string | true): WatchTiming {
  if (asked === true) return { everyMs: EVERY_S * 1_000 };
  const everyS = /^\d{1,4}$/.test(asked) ? Number(asked) : Number.NaN;
  if (everyS >= EVERY_S_MIN && everyS <= EVERY_S_MAX) return { everyMs: everyS * 1_000 };
  throw new Unable(`--watch ${asked}: write seconds, ${EVERY_S_MIN} to ${EVERY_S_MAX}`);
}
