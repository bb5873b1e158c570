/** Runs `capture` in this process, on a clock that only sleeping turns, and keeps what it writes. */

import type { ClientsWith } from '../../../lib/cli/capture/region.ts';
import { type CaptureOptions, capture } from '../../../lib/cli/capture.ts';
import type { ExitCode, Terminal } from '../../../lib/cli/terminal.ts';

export interface Taken {
  readonly out: string;
  readonly err: string;
  readonly exit: ExitCode;
}

/** `stopAt`: when Ctrl-C is pressed; left out: never. */
export async function takeCapture(
  options: CaptureOptions,
  clientsOn: (clock: Terminal['clock']) => ClientsWith,
  { at, stopAt = Number.POSITIVE_INFINITY }: { readonly at: number; readonly stopAt?: number },
): Promise<Taken> {
  const said = { out: '', err: '' };
  let now = at;
  let stop = (): void => {};
  const clock = {
    now: () => now,
    monotonicMs: () => now - at,
    sleep: async (ms: number) => {
      now += ms;
      if (now >= stopAt) stop();
    },
  };
  const terminal: Terminal = {
    env: {},
    columns: 100,
    hasColour: false,
    clock,
    out: (text) => {
      said.out += text;
    },
    err: (text) => {
      said.err += text;
    },
    ask: async () => null,
    onInterrupt: (asked) => {
      stop = asked;
    },
  };
  const exit = await capture(options, terminal, clientsOn(clock), '2.0.0');
  return { ...said, exit };
}
