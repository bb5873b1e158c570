/** Prints what a command reports: as JSON for programs, else as text. */
import type { Terminal } from '../terminal.ts';
import { harmlessJson } from './safeText.ts';
import { type Block, render } from './textBlocks.ts';

export function print(
  terminal: Terminal,
  isJson: boolean | undefined,
  report: unknown,
  blocks: readonly Block[],
): void {
  terminal.out(isJson === true ? `${harmlessJson(report)}\n` : render(blocks, terminal));
}
