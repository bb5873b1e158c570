/** `vpn-medic doctor`: whether the deployed stack can do what it is for, examined part by part, and what only AWS can answer. Read only. */
import type { AwsClients } from './awsClients.ts';
import { examineStack } from './doctor/examine.ts';
import { writeDoctor } from './doctor/text.ts';
import type { ExamResult } from './doctor/types.ts';
import { print } from './output/print.ts';
import { CANNOT_TELL, type ExitCode, NEEDS_A_PERSON, type Terminal, WELL } from './terminal.ts';

export interface DoctorOptions {
  readonly region?: string;
  readonly stage?: string;
  readonly json?: boolean;
}

const EXITS: Readonly<Record<ExamResult, ExitCode>> = {
  well: WELL,
  wrong: NEEDS_A_PERSON,
  unknown: CANNOT_TELL,
};

/** @throws {Unable} when there is no such stack, or it cannot be read. */
export async function doctor(
  options: DoctorOptions,
  terminal: Terminal,
  clients: AwsClients,
  version: string,
): Promise<ExitCode> {
  const report = await examineStack(options, terminal, clients, version);
  print(terminal, options.json, report, writeDoctor(report));
  return EXITS[report.result];
}
