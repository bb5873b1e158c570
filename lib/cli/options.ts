/** Options that several commands have in common. */
import type { Command } from 'commander';
import type { AwsClients } from './awsClients.ts';
import type { ExitCode, Terminal } from './terminal.ts';

/** Runs a command that the command line has chosen, and keeps its exit code. */
export type Start = (command: () => Promise<ExitCode>) => Promise<void>;

/** Adds one command or several to the program, with their options and their help. */
export type AddCommands = (
  program: Command,
  terminal: Terminal,
  start: Start,
  clients: AwsClients,
) => void;

export const REGION = [
  '--region <name>',
  "the region (default: the environment's, else the profile's)",
] as const;
export const STATE_TABLE = [
  '--state-table <name>',
  "the stack's state table (default: VPN_MEDIC_STATE_TABLE, else the stack's output)",
] as const;
export const STAGE = [
  '--stage <name>',
  'the stage of the stack, whose outputs name the table and the functions (default: prod)',
] as const;
export const CAPTURE = [
  '--capture <file>',
  'read a file of vpn-medic capture instead of the account: no AWS',
] as const;
export const JSON_OPTION = ['--json', 'print JSON, version 1, for programs'] as const;
