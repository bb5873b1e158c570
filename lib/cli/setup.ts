/** `vpn-medic setup`: proposes groups, tags, probes and rules for what looks like appliances; writes tags only with `--apply`. */
import { counted } from '../core/text.ts';
import { billOf } from '../cost/bill.ts';
import { DEFAULT_SETUP, usageOf } from '../cost/usage.ts';
import type { AwsClients } from './awsClients.ts';
import { isAgreed } from './operatorRequest.ts';
import { print } from './output/print.ts';
import { harmless } from './output/safeText.ts';
import { chooseRegion } from './region.ts';
import { readSetupFacts, type SetupFacts } from './setup/facts.ts';
import { linesOf, SETUP_FORMATS, type SetupFormat } from './setup/formats.ts';
import { proposalOf } from './setup/propose.ts';
import type { SetupReport } from './setup/report.ts';
import { probePlaceOf } from './setup/rules.ts';
import { writeSetup } from './setup/text.ts';
import type { Proposal } from './setup/types.ts';
import { CANNOT_TELL, type ExitCode, type Terminal, Unable, WELL } from './terminal.ts';

export interface SetupOptions {
  readonly region?: string;
  readonly format?: string;
  readonly apply?: boolean;
  readonly yes?: boolean;
  readonly json?: boolean;
}

/** Exit 1: nothing was found to propose, or a tag was refused. @throws {Unable} when the account cannot be read. */
export async function setup(
  options: SetupOptions,
  terminal: Terminal,
  clients: AwsClients,
): Promise<ExitCode> {
  const format = formatOf(options.format);
  const region = await chooseRegion(options.region, terminal.env, clients.profileRegion);
  const facts = await readSetupFacts(region, clients);
  const report = reportOf(region, facts, format);
  const isQuiet = options.json === true;
  if (!isQuiet) {
    print(terminal, false, report, writeSetup(report));
    terminal.out(`\n${report.lines.map(harmless).join('\n')}\n`);
  }
  const appliedCount =
    options.apply === true ? await apply(report.proposal, region, options, terminal, clients) : 0;
  if (isQuiet) print(terminal, true, { ...report, appliedCount }, []);
  else terminal.out(`\n${nextStep(report, appliedCount)}\n`);
  return isEmpty(report.proposal) ? CANNOT_TELL : WELL;
}

function formatOf(text: string = 'commands'): SetupFormat {
  const format = SETUP_FORMATS.find((one) => one === text);
  if (format === undefined) {
    throw new Unable(`--format ${text}: write ${SETUP_FORMATS.join(', ')}`);
  }
  return format;
}

function reportOf(region: string, facts: SetupFacts, format: SetupFormat): SetupReport {
  const proposal = proposalOf(facts);
  const probePlace = probePlaceOf(proposal.groups, facts);
  const { connectionCount, endpointCount, crlAddresses, notes } = facts;
  const bill = billOf(
    usageOf(
      {
        applianceCount: proposal.groups.reduce((sum, { members }) => sum + members.length, 0),
        connectionCount,
        tunnelCount: 2 * connectionCount,
        connectionGroupCount: proposal.connectionGroups.length,
        endpointCount,
        handlerCount: 0,
        federatedCount: 0,
        tableSeriesCount: 0,
      },
      DEFAULT_SETUP,
    ),
  );
  return {
    version: 1,
    region,
    proposal,
    probePlace,
    crlAddresses,
    connectionCount,
    endpointCount,
    monthlyUsd: bill.listUsd,
    monthlyUsdAfterFree: bill.afterFreeUsd,
    notes,
    lines: linesOf(format, { region, tags: proposal.tags, place: probePlace }),
    appliedCount: 0,
  };
}

const WRITE_MS_MAX = 60_000;

/** Tags alone: routes, rules and stacks are never touched. @throws {Unable} when one is refused, or there is no terminal to ask at. */
async function apply(
  { tags }: Proposal,
  region: string,
  options: SetupOptions,
  terminal: Terminal,
  clients: AwsClients,
): Promise<number> {
  if (tags.length === 0) return 0;
  const question = `Add ${counted(tags.length, 'tag')}, and nothing else?`;
  if (!(await isAgreed({ question }, options, terminal))) return 0;
  const discovery = await clients.discovery(region);
  const signal = AbortSignal.timeout(WRITE_MS_MAX);
  for (const [index, tag] of tags.entries()) {
    const refused = await discovery.tag(tag, signal);
    if (refused === null) continue;
    throw new Unable(
      `${counted(index, 'tag')} added, then ${tag.key} of ${tag.resourceId} was refused: ${refused}`,
    );
  }
  return tags.length;
}

function nextStep({ proposal, region }: SetupReport, appliedCount: number): string {
  if (isEmpty(proposal)) return 'Nothing was changed.';
  if (appliedCount > 0) {
    return `${counted(appliedCount, 'tag')} added. Next: vpn-medic check --region ${region}`;
  }
  return proposal.tags.length === 0
    ? `Every tag is there. Next: vpn-medic check --region ${region}`
    : `Nothing was changed. To add the tags, and nothing else: vpn-medic setup --region ${region} --apply`;
}

const isEmpty = ({ groups, connectionGroups }: Proposal): boolean =>
  groups.length === 0 && connectionGroups.length === 0;
